import { canonical } from '../../../canonical.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { carried } from '../model/carried-fields.ts';
import { relations, types, type Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import { isAddressable } from '../wire/rest.ts';
import type { WireObject } from '../wire/schemas.ts';
import { positionsOf, type Placing } from './positions.ts';

/** Reads objects of one type whole: with their relations. Undefined for one that is not there. */
export type ReadObject = (name: string, signal: AbortSignal) => Promise<WireObject | undefined>;

export interface ObjectReader {
  /**
   * `count`: so many objects will be read. Of many, the rows of the type are read in one request, and the relations are
   * taken from the few objects at their other ends.
   */
  of(type: Type, count: number, signal: AbortSignal): Promise<ReadObject & { readonly inBulk?: true }>;
  /** The rows of a type by name, read once. They have all properties and positions, and no relations. */
  rows(type: Type, signal: AbortSignal): Promise<Rows>;
}

export type Rows = ReadonlyMap<string, WireObject>;

/** So few objects are read one by one. */
const few = 25;
const width = 8;

/** Types whose relations all show at their other ends: owners at users, rights at groups, gateways at gateways. */
const inBulk: readonly Type[] = ['user', 'device', 'file', 'link', 'workflow_edge'];

export function objectReader(server: Server): ObjectReader {
  const { rest, seen, progress } = server;
  const known = new Map<Type, Promise<Rows>>();
  const placings = new Map<Type, Promise<Placing>>();
  const places = (type: Type, signal: AbortSignal): Promise<Placing> => {
    const read = placings.get(type) ?? positionsOf(server, type, signal);
    placings.set(type, read);
    return read;
  };
  const rows = (type: Type, signal: AbortSignal): Promise<Rows> => {
    const before = known.get(type);
    if (before !== undefined) return before;
    const read = Promise.all([rest.query(type, signal), places(type, signal)]).then(([found, placed]) =>
      byName(found.map(placed)),
    );
    known.set(type, read);
    return read;
  };

  const one = (type: Type, count: number): ReadObject => {
    let done = 0;
    return async (name, signal) => {
      progress(`read ${done} of ${count} objects of the type ${type} from ${server.name}, one by one`);
      const [object, placed] = await Promise.all([rest.instance(type, name, signal), places(type, signal)]);
      done += 1;
      return object === undefined ? undefined : placed(object);
    };
  };

  const ends = new Map<Type, Promise<Rows>>();
  /** All objects of a type that holds relations of others. Read once. */
  const holders = (type: Type, signal: AbortSignal): Promise<Rows> => {
    const before = ends.get(type);
    if (before !== undefined) return before;
    const read = rows(type, signal).then(async (found) => whole(type, [...found.keys()], signal));
    ends.set(type, read);
    return read;
  };
  const whole = async (type: Type, names: readonly string[], signal: AbortSignal): Promise<Rows> => {
    const read = one(type, names.length);
    const objects: WireObject[] = [];
    for await (const object of inParallel(names, width, (name) => read(name, signal)))
      if (object !== undefined) objects.push(object);
    return byName(objects);
  };

  /** The whole objects of a type; undefined when it takes as many requests as to read them one by one. */
  const all = async (type: Type, count: number, signal: AbortSignal): Promise<Rows | undefined> => {
    const found = await rows(type, signal);
    const isHolder = (row: WireObject): boolean => type === 'device' && row['type'] === 'gateway';
    const gateways = [...found].filter(([, row]) => isHolder(row)).map(([name]) => name);
    const hasRights = 'owners' in relations[type];
    const others = hasRights ? (await rows('user', signal)).size + (await rows('group', signal)).size : 0;
    if (others + gateways.length > count / 2) return undefined;
    const users = hasRights ? await holders('user', signal) : undefined;
    const groups = hasRights ? await holders('group', signal) : undefined;
    const own = await whole(type, gateways, signal);
    const lists = new Map<string, NamesBy>();
    const fill = (key: string, from: Rows, as: string): boolean => {
      const names = namesBy(from, as);
      if (names !== undefined) lists.set(key, names);
      return names !== undefined;
    };
    for (const key of Object.keys(relations[type])) {
      if (relations[type][key]?.scalar === true || type === 'file' || key === 'devices') continue;
      const from = key === 'owners' ? users : key.startsWith('rbac_') ? groups : own;
      const as = key === 'owners' ? `user_${type}s` : key.startsWith('rbac_') ? `${key}_${type}s` : 'devices';
      // This server does not show the other ends.
      if (from === undefined || !fill(key, from, as)) return undefined;
    }
    const single = await scalars(type, rows, signal);
    const made = new Map<string, WireObject>();
    for (const [name, row] of found) {
      const given = Object.fromEntries([...lists].map(([key, names]) => [key, names.get(name) ?? []]));
      made.set(name, own.get(name) ?? { ...row, ...given, ...single(row) });
    }
    return made;
  };

  return {
    rows,
    of: async (type, count, signal) => {
      const singly = one(type, count);
      // Other accounts do not see all users and groups.
      if (count <= few || seen.admin !== true || !inBulk.includes(type)) return singly;
      const made = await all(type, count, signal);
      if (made === undefined || !(await isProved(type, made, singly, signal))) return singly;
      return Object.assign((name: string) => Promise.resolve(made.get(name)), { inBulk: true } as const);
    },
  };
}

/**
 * Whether objects that were put together are as the server gives them: the first and the last one of each subtype are read
 * for it. A server that has other relations, or properties, is then read one by one.
 */
async function isProved(type: Type, made: Rows, read: ReadObject, signal: AbortSignal): Promise<boolean> {
  const samples = new Map<unknown, string[]>();
  for (const [name, row] of made) samples.set(row['type'], [...(samples.get(row['type']) ?? [name]).slice(0, 1), name]);
  for (const name of new Set([...samples.values()].flat().filter(isAddressable))) {
    const there = await read(name, signal);
    if (there === undefined || text(type, there) !== text(type, made.get(name) ?? {})) return false;
  }
  return true;
}

function text(type: Type, object: WireObject): string {
  const fields = Object.entries(carried(type, object)).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.map(canonical).toSorted() : value,
  ]);
  return canonical(Object.fromEntries(fields));
}

type NamesBy = ReadonlyMap<string, readonly string[]>;

/** The names of the holders of each name in their lists; undefined when a holder shows no such list. */
function namesBy(holders: Rows, key: string): NamesBy | undefined {
  const names = new Map<string, string[]>();
  for (const [holder, object] of holders) {
    const held = object[key];
    if (!Array.isArray(held)) return undefined;
    for (const name of held) {
      const others = names.get(String(name));
      if (others === undefined) names.set(String(name), [holder]);
      else others.push(holder);
    }
  }
  return names;
}

/** The single names in a row: the server gives some of them as names, and some as numbers. */
async function scalars(
  type: Type,
  rows: ObjectReader['rows'],
  signal: AbortSignal,
): Promise<(row: WireObject) => WireObject> {
  const keys =
    type === 'file' ? [] : Object.keys(relations[type]).filter((key) => relations[type][key]?.scalar === true);
  const byNumber = new Map<string, ReadonlyMap<unknown, string>>();
  for (const key of keys) {
    const [to] = relations[type][key]?.to ?? types;
    const named = to === undefined ? [] : [...(await rows(to, signal))];
    byNumber.set(key, new Map(named.map(([name, row]) => [row['id'], name])));
  }
  return (row) =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const name = byNumber.get(key)?.get(row[`${key}_id`]);
        return name === undefined ? [] : [[key, name]];
      }),
    );
}

function byName(rows: readonly WireObject[]): Rows {
  return new Map(rows.flatMap((row) => (typeof row['name'] === 'string' ? [[row['name'], row]] : [])));
}
