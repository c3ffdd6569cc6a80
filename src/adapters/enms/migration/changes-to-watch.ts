import { comparisonOf } from '../model/compare-object.ts';
import { decoded, isMap, itemsOf, type PackagedObject } from '../model/package-content.ts';
import { type Type, isType } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import { valueOf } from '../wire/yaml.ts';

/**
 * An object that an import changes, as `<type> <name>`. Only these objects show an import that creates and deletes
 * nothing: while none of them has changed, it has done nothing.
 */
export type Witness = string;

/** The witnesses that are not as the files of the import have them. */
export async function stillDiffering(
  server: Server,
  files: ReadonlyMap<string, Buffer>,
  witnesses: readonly Witness[],
  signal: AbortSignal,
): Promise<readonly Witness[]> {
  const types = new Set(witnesses.map((witness) => witness.slice(0, witness.indexOf(' '))));
  const differing: Witness[] = [];
  for (const type of types) {
    const bytes = isType(type) ? files.get(`${type}.yaml`) : undefined;
    if (!isType(type) || bytes === undefined) continue;
    for (const item of itemsOf(decoded(bytes), `${type}.yaml`)) {
      const value = valueOf(item);
      if (!isMap(value) || typeof value['name'] !== 'string') continue;
      const witness = `${type} ${value['name']}`;
      if (!witnesses.includes(witness)) continue;
      if (!(await isAsPackaged(server, type, { ...value, name: value['name'] }, signal))) differing.push(witness);
    }
  }
  return differing;
}

async function isAsPackaged(
  { rest }: Server,
  type: Type,
  object: PackagedObject,
  signal: AbortSignal,
): Promise<boolean> {
  const there = await rest.instance(type, object.name, signal);
  return there !== undefined && comparisonOf(type, object, there, { way: 'web', clears: false }).differs.length === 0;
}
