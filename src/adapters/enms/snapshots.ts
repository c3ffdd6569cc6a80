import { createHash } from 'node:crypto';
import { canonical } from '../../canonical.ts';
import type { Json } from '../../ports/journal.ts';
import type { Depth, Scope, SnapshotItem, Snapshots } from '../../ports/snapshot.ts';
import { inParallel } from '../../streams/in-parallel.ts';
import { listOf } from '../shared/option-values.ts';
import { removeAll } from '../shared/remove-all.ts';
import { isOfMigrations } from './migration/folder-name.ts';
import { carried, isDerived } from './model/carried-fields.ts';
import { relationOf, types, type Type } from './model/types-and-relations.ts';
import { objectReader, type ObjectReader } from './objects/object-reader.ts';
import type { Server } from './server.ts';
import { typesOf } from './way-and-types.ts';
import { isAddressable } from './wire/rest.ts';
import type { WireObject } from './wire/schemas.ts';

/** Lists that are asked for at once, and objects. */
const width = 4;
const objectsAtOnce = 8;
const freshMs = 10_000;

/** What the rows of a listing do not show of an import. */
export interface Closely {
  /** Objects, as `<type> <name>`, whose relations alone change. Each takes a request. */
  readonly related: readonly string[];
  /** Types whose objects were not all compared, so that their marks prove nothing. */
  readonly unmarked: readonly string[];
}

/** The scope of an import of these types. */
export function scopeOf(wanted: readonly Type[], { related, unmarked }: Closely): Scope {
  return { types: wanted, related, unmarked };
}

/**
 * The objects of types: a project is only a name in eNMS. A listing is one request for each type, which answers with all
 * rows. eNMS has no mark of change that an import keeps, so the mark is a digest of what a migration carries of the row.
 * When an object is overwritten with equal content, its mark stays. A plan calls such an object `unchanged`.
 */
export function createSnapshots(server: Server): Snapshots {
  const always = [
    'passwords, keys and other private values: the REST API does not give them',
    'configurations and operational data of devices, results and histories, and the content of files',
    'files of migrations, which come and go with every migration',
  ];
  return {
    blind: {
      listing: ['relations between objects, except where an import changes nothing else of an object', ...always],
      content: ['members of pools that compute their members', 'the layout of networks', ...always],
    },
    uncarried: ['is_active'],
    scopeOf: (_, options) =>
      Promise.resolve().then(() => scopeOf(typesOf(options) ?? types, { related: [], unmarked: [] })),
    take: (scope, depth, signal) => take(server, scope, depth, signal),
    remove: (_, items, signal) =>
      removeAll(items.map((item) => ({ item, remove: () => server.rest.remove(item.kind, item.name, signal) }))),
  };
}

async function* take(server: Server, scope: Scope, depth: Depth, signal: AbortSignal): AsyncIterable<SnapshotItem> {
  const wanted = typesOf(scope, 'types') ?? types;
  const related = new Set(listOf(scope, 'related'));
  const unmarked = listOf(scope, 'unmarked');
  const reader = objectReader(server);
  const lists = inParallel(wanted, width, async (type) => ({
    type,
    rows: await rowsOf(reader, type, depth === 'listing' ? atEnd(server, type) : undefined, signal),
  }));
  for await (const { type, rows } of lists) {
    const close = rows.filter(({ name }) => depth === 'content' || related.has(`${type} ${name}`)).length;
    const read = await reader.of(type, close, signal);
    const itemOf = async ({ name, row }: Named): Promise<SnapshotItem | undefined> => {
      const isClose = depth === 'content' || related.has(`${type} ${name}`);
      const object = isClose && isAddressable(name) ? await read(name, signal) : row;
      // It was deleted after the list was read.
      if (object === undefined) return undefined;
      const fields = fieldsOf(type, object);
      return {
        kind: type,
        name,
        ...(unmarked.includes(type) ? {} : { mark: digestOf(fields) }),
        ...(depth === 'listing' ? {} : { fields: withPlacesOf(type, object, fields) }),
      };
    };
    for await (const item of inParallel(rows, objectsAtOnce, itemOf)) if (item !== undefined) yield item;
  }
}

interface Named {
  readonly name: string;
  readonly row: WireObject;
}

async function rowsOf(
  reader: ObjectReader,
  type: Type,
  ended: readonly WireObject[] | undefined,
  signal: AbortSignal,
): Promise<readonly Named[]> {
  const rows = ended ?? (await reader.rows(type, signal)).values();
  return [...rows].flatMap((row) => {
    const name = row['name'];
    return typeof name !== 'string' || isOfMigrations(name) ? [] : [{ name, row }];
  });
}

/** The rows with which the look at an import that has just ended has begun already. */
function atEnd({ seen, clock }: Server, type: Type): readonly WireObject[] | undefined {
  const ended = seen.rows.get(type);
  seen.rows.delete(type);
  return ended !== undefined && clock.now().getTime() - ended.at.getTime() < freshMs ? ended.rows : undefined;
}

/**
 * What a migration carries. Whether a task is active is not carried, and stands here all the same: a task that arrives
 * or comes back inactive does not do what it did.
 */
function fieldsOf(type: Type, object: WireObject): Readonly<Record<string, Json>> {
  const active = type === 'task' && typeof object['is_active'] === 'boolean' ? { is_active: object['is_active'] } : {};
  const fields = Object.entries({ ...carried(type, object), ...active })
    .filter(([key]) => key !== 'name' && key !== 'creator' && !isDerived(type, key))
    .map(([key, value]) => {
      const isList = Array.isArray(value) && (relationOf(type, key) !== undefined || key === 'workflows');
      return [key, isList ? value.map(String).toSorted() : value] as const;
    });
  return Object.fromEntries(fields);
}

/** Without the places in drawings in which the object is not: a server keeps those for ever. */
function withPlacesOf(
  type: Type,
  object: WireObject,
  fields: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const { positions, ...others } = fields;
  const { workflows } = object;
  if (type !== 'service' || typeof positions !== 'object' || positions === null || !Array.isArray(workflows))
    return others;
  const own = Object.entries(positions).filter(([workflow]) => workflows.includes(workflow));
  return { ...others, positions: Object.fromEntries(own) };
}

function digestOf(fields: Readonly<Record<string, Json>>): string {
  return createHash('sha256').update(canonical(fields)).digest('hex').slice(0, 32);
}
