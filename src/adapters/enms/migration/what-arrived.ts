import { isMigratorError } from '../../../errors.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { decoded, isMap, itemsOf } from '../model/package-content.ts';
import { referencesOf, type Reference } from '../model/references.ts';
import { targetNames } from '../model/target-names.ts';
import type { Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import type { WireObject } from '../wire/schemas.ts';
import { valueOf } from '../wire/yaml.ts';
import { positionsOf } from '../objects/positions.ts';

/** Which objects of the files of an import the server has. */
export interface Arrival {
  readonly types: readonly TypeArrival[];
  /** Whether the relations are there. The server writes all of them together, so a few objects show it. */
  readonly related: boolean;
}

export interface TypeArrival {
  readonly type: Type;
  readonly packaged: number;
  readonly there: number;
  /** The number of all objects of this type on the server. */
  readonly total: number;
  /** The first names of objects that are not there. */
  readonly missing: readonly string[];
}

const mostMissing = 1000;
const samples = 3;
const listsAtOnce = 4;

/**
 * `ended`: the server has answered, so what is there now is the end. Otherwise a few objects are looked at too: without
 * that, `related` says nothing.
 */
export async function arrivalOf(
  server: Server,
  files: ReadonlyMap<string, Buffer>,
  wanted: readonly Type[],
  { ended }: { readonly ended: boolean },
  signal: AbortSignal,
): Promise<Arrival> {
  const target = targetNames(server);
  const packagedTypes = wanted.filter((type) => files.has(`${type}.yaml`));
  const rows = ended ? await namesAtEnd(server, packagedTypes, signal) : new Map<Type, ReadonlySet<string>>();
  const arrived: TypeArrival[] = [];
  let related = true;
  for (const type of wanted) {
    const bytes = files.get(`${type}.yaml`);
    if (bytes === undefined) continue;
    const onTarget = rows.get(type) ?? (await target.of(type, signal));
    const missing: string[] = [];
    let packaged = 0;
    let lost = 0;
    const sampled: Sample[] = [];
    for (const item of itemsOf(decoded(bytes), `${type}.yaml`)) {
      const value = valueOf(item);
      if (!isMap(value) || typeof value['name'] !== 'string') continue;
      packaged += 1;
      const object = { ...value, name: value['name'] };
      const references = !ended && sampled.length < samples ? referencesOf(type, object) : [];
      if (references.length > 0) sampled.push({ name: object.name, references });
      if (onTarget.has(object.name)) continue;
      lost += 1;
      if (missing.length < mostMissing) missing.push(object.name);
    }
    for (const sample of sampled) related &&= await isRelated(server, type, sample, signal);
    arrived.push({ type, packaged, there: packaged - lost, total: onTarget.size, missing });
  }
  return { types: arrived, related };
}

/**
 * The names on the server from its rows, which are kept for the listing that follows. Without the types whose rows the
 * server cannot give.
 */
async function namesAtEnd(
  server: Server,
  wanted: readonly Type[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Type, ReadonlySet<string>>> {
  const { rest, seen, clock } = server;
  const read = async (type: Type): Promise<readonly WireObject[] | undefined> => {
    try {
      const [rows, placed] = await Promise.all([rest.query(type, signal), positionsOf(server, type, signal)]);
      return rows.map(placed);
    } catch (error) {
      if (!isMigratorError(error, 'REMOTE_UNEXPECTED')) throw error;
      return undefined;
    }
  };
  const found = new Map<Type, ReadonlySet<string>>();
  const lists = inParallel(wanted, listsAtOnce, async (type) => ({ type, rows: await read(type) }));
  for await (const { type, rows } of lists) {
    if (rows === undefined) continue;
    seen.rows.set(type, { rows, at: clock.now() });
    found.set(type, new Set(rows.flatMap(({ name }) => (typeof name === 'string' ? [name] : []))));
  }
  return found;
}

interface Sample {
  readonly name: string;
  readonly references: readonly Reference[];
}

/** Whether one of the relations of an object is there. Lists lose the names that the target does not have. */
async function isRelated({ rest }: Server, type: Type, sample: Sample, signal: AbortSignal): Promise<boolean> {
  const object = await rest.instance(type, sample.name, signal);
  if (object === undefined) return false;
  return sample.references.some(({ key, names }) => {
    const value = object[key];
    const there: readonly unknown[] = Array.isArray(value) ? value : [value];
    return names.some((name) => there.includes(name));
  });
}

/** One line for each type: how many objects of the package are there. */
export function describeArrival({ types }: Arrival): readonly string[] {
  return types.map(
    ({ type, packaged, there, total }) => `${type}: ${there} of ${packaged} are there, the server has ${total}`,
  );
}
