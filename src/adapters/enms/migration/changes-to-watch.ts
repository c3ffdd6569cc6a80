import { inParallel } from '../../../streams/in-parallel.ts';
import { comparisonOf } from '../model/compare-object.ts';
import type { ImportableContent, Survey } from '../model/package-against-target.ts';
import { decoded, isMap, itemsOf, objectsOf, type PackagedObject } from '../model/package-content.ts';
import { type Type, isType } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import { valueOf } from '../wire/yaml.ts';
import { isOfMigrations } from './folder-name.ts';
import type { MigrationFolder } from './migration-folder.ts';

/**
 * An object that an import changes, as `<type> <name>`. Only these objects show an import that creates and deletes
 * nothing: while none of them has changed, it has done nothing.
 */
export type Witness = string;

const mostWitnesses = 20;
/** So many objects are looked at to find witnesses. Each takes a request. */
const mostLookedAt = 2000;
const width = 8;

/** Some objects that differ between target and package. None when the import creates objects, because these show it. */
export async function witnessesOf(
  server: Server,
  content: ImportableContent,
  wanted: readonly Type[],
  found: Survey,
  signal: AbortSignal,
): Promise<readonly Witness[]> {
  for (const type of wanted) {
    const onTarget = await found.target.of(type, signal);
    for (const name of found.names.get(type) ?? []) if (!onTarget.has(name) && !isOfMigrations(name)) return [];
  }
  const witnesses: Witness[] = [];
  for (const type of wanted) {
    const share = Math.ceil(((found.names.get(type)?.size ?? 0) * wanted.length) / mostLookedAt);
    const sample = everyNth(objectsOf(content, type, signal), Math.max(1, share));
    const look = async (object: PackagedObject) => ({
      object,
      // The server writes only the password of the account that imports.
      differs:
        !(type === 'user' && object.name === server.account.username) &&
        !isOfMigrations(object.name) &&
        !(await isAsPackaged(server, type, object, signal)),
    });
    for await (const { object, differs } of inParallel(sample, width, look)) {
      if (differs) witnesses.push(`${type} ${object.name}`);
      if (witnesses.length === mostWitnesses) return witnesses;
    }
  }
  return witnesses;
}

/** The witnesses that are not as the files in the folder have them. */
export async function stillDiffering(
  server: Server,
  folder: MigrationFolder,
  witnesses: readonly Witness[],
  signal: AbortSignal,
): Promise<readonly Witness[]> {
  const types = new Set(witnesses.map((witness) => witness.slice(0, witness.indexOf(' '))));
  const differing: Witness[] = [];
  for (const type of types) {
    const bytes = isType(type) ? await folder.read(`${type}.yaml`, signal) : undefined;
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
  return there !== undefined && comparisonOf(type, object, there, { clears: false }).differs.length === 0;
}

async function* everyNth<Item>(items: AsyncIterable<Item>, step: number): AsyncIterable<Item> {
  let index = 0;
  for await (const item of items) if (index++ % step === 0) yield item;
}
