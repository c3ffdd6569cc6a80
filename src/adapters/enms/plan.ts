import { MigratorError } from '../../errors.ts';
import type { PlanItem } from '../../ports/plan.ts';
import { inParallel } from '../../streams/in-parallel.ts';
import type { Witness } from './migration/changes-to-watch.ts';
import { isOfMigrations } from './migration/folder-name.ts';
import { comparisonOf } from './model/compare-object.ts';
import { subtypeOf, survivors, type ImportableContent, type Survey } from './model/package-against-target.ts';
import { objectsOf, type PackagedObject } from './model/package-content.ts';
import { relationOf, sharedServices, type Type } from './model/types-and-relations.ts';
import { objectReader, type ObjectReader } from './objects/object-reader.ts';
import type { Server } from './server.ts';
import type { Closely } from './snapshots.ts';
import type { WireObject } from './wire/schemas.ts';

export interface Plan {
  readonly items: readonly PlanItem[];
  /** The first objects that the import changes, as witnesses. None when it creates objects, because these show it. */
  readonly witnesses: readonly Witness[];
  /** What a listing of the target has to look at more closely. */
  readonly closely: Closely;
  /** Objects, as `<type> <name>`, that are on the target as the package has them, and that no import has to write. */
  readonly equal: ReadonlySet<string>;
  /** The types of which the import creates or overwrites something. */
  readonly writes: readonly Type[];
  /** The counts, when the plan cannot name all objects. */
  readonly notes: readonly string[];
}

const mostItems = 4000;
/**
 * So many objects are compared with those of the target one by one. Of a larger package the rows of the target are
 * compared, and only objects whose rows are equal are looked at one by one.
 */
const mostCompared = 4000;
const width = 8;
const mostWitnesses = 20;
const mostRelated = 200;
const mostLost = 5;

/**
 * What an import does to each object of the target, by its name. Objects that both have are compared. Files of earlier
 * migrations are left out.
 */
export async function planImport(
  server: Server,
  content: ImportableContent,
  wanted: readonly Type[],
  found: Survey,
  { emptied, way }: { readonly emptied: boolean; readonly way: string },
  signal: AbortSignal,
): Promise<Plan> {
  const items: PlanItem[] = [];
  const counts = new Map<string, number>();
  const named = new Set<PlanItem['action']>();
  const add = (item: PlanItem): void => {
    const key = `${item.kind}: ${item.action}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    // Somebody is asked about the actions, so each one is among the items.
    if (items.length < mostItems || !named.has(item.action)) items.push(item);
    named.add(item.action);
  };
  const witnesses: Witness[] = [];
  const related: string[] = [];
  const unmarked = new Set<Type>();
  const equal = new Set<string>();
  const size = [...found.names.values()].reduce((sum, names) => sum + names.size, 0);
  const reader = objectReader(server);
  /** Objects of which only a search shows what changes, or nothing does. */
  const unwatched = new Set<string>();
  const noteUnwatched = (type: Type, name: string, differs: readonly string[]): void => {
    if (differs.every((key) => key === 'positions')) unwatched.add(`${type} ${name}`);
  };
  const otherClass: string[] = [];
  const noteClass = (type: Type, object: PackagedObject, there: WireObject | undefined): void => {
    const [own, other] = [subtypeOf(type, object), there?.['type']];
    if (!emptied && typeof other === 'string' && own !== other)
      otherClass.push(`"${object.name}" is a ${other} on ${server.name}, and a ${own} in the package`);
  };
  let creates = false;
  let compared = 0;
  for (const type of wanted) {
    const onTarget = await found.target.of(type, signal);
    const isRelated = (key: string): boolean => relationOf(type, key) !== undefined;
    const shared = [...(found.names.get(type) ?? [])].filter((name) => onTarget.has(name)).length;
    const read = await reader.of(type, shared, signal);
    const rows = size <= mostCompared || onTarget.size === 0 ? undefined : await reader.rows(type, signal);
    const look = async (object: PackagedObject): Promise<PlanItem> => {
      const item = { kind: type, name: object.name };
      if (!onTarget.has(object.name)) return { ...item, action: 'create' };
      const row = rows?.get(object.name);
      noteClass(type, object, row);
      const ofRow = row === undefined ? [] : comparisonOf(type, object, row, { way, clears: false }).differs;
      const other = ofRow.filter((key) => !isRelated(key));
      if (other.length > 0) noteUnwatched(type, object.name, other);
      if (other.length > 0 && !(way === 'web' && survivors(type, server.account).includes(object.name)))
        return { ...item, action: 'overwrite', detail: `other ${other.slice(0, 5).join(', ')}` };
      const there = read.inBulk === true || ++compared <= mostCompared ? await read(object.name, signal) : undefined;
      if (there === undefined) {
        unmarked.add(type);
        return { ...item, action: 'overwrite', detail: row === undefined ? 'not compared' : 'relations not compared' };
      }
      if (row === undefined) noteClass(type, object, there);
      const clears = content.kind === 'objects';
      const first = comparisonOf(type, object, there, { way, clears });
      const readers =
        way === 'rest' && first.differs.includes('rbac_read') ? await forcedReaders(reader, signal) : undefined;
      const {
        differs: all,
        loses,
        hidden,
        keeps,
      } = readers === undefined ? first : comparisonOf(type, object, there, { way, clears, readers });
      if (all.length === 0 && keeps.length === 0) equal.add(`${type} ${object.name}`);
      const differs =
        way === 'web' && survivors(type, server.account).includes(object.name)
          ? all.filter((key) => isRelated(key) || key === 'positions')
          : all;
      if (differs.length === 0 && all.length > 0)
        return {
          ...item,
          action: 'keep',
          detail: `the server never imports its ${lost(all, [])}`,
          // No import can change them, so nothing is left to do.
          ...(sharedServices.includes(object.name) && type === 'service' ? { asked: true } : {}),
        };
      if (differs.length > 0 && differs.every(isRelated)) related.push(`${type} ${object.name}`);
      noteUnwatched(type, object.name, differs);
      const losing = (key: string): string => {
        const lost = loses[key] ?? [];
        const more = lost.length > mostLost ? ', …' : '';
        return lost.length === 0 ? key : `${key} (without ${lost.slice(0, mostLost).join(', ')}${more})`;
      };
      const unseen = survivors(type, server.account).includes(object.name) ? [] : hidden;
      const parts = [
        ...(differs.length === 0 ? [] : [`other ${differs.slice(0, 5).map(losing).join(', ')}`]),
        ...(differs.length < all.length ? [`the server never imports its ${lost(all, differs)}`] : []),
        ...(unseen.length === 0 ? [] : [`writes its ${unseen.join(', ')}, which cannot be compared`]),
        ...(keeps.length === 0 || emptied ? [] : [`keeps its ${keeps.join(', ')}, which the package has empty`]),
      ];
      const action = differs.length + unseen.length === 0 ? 'unchanged' : 'overwrite';
      return {
        ...item,
        action,
        ...(parts.length === 0 ? {} : { detail: parts.join('; ') }),
        ...(differs.length === 0 && unseen.length > 0 ? { unseen: true } : {}),
      };
    };
    for await (const item of inParallel(ownObjects(content, type, signal), width, look)) {
      add(item);
      creates ||= item.action === 'create';
      if (
        item.action === 'overwrite' &&
        !unwatched.has(`${type} ${item.name}`) &&
        item.detail?.endsWith('not compared') !== true &&
        witnesses.length < mostWitnesses
      )
        witnesses.push(`${type} ${item.name}`);
    }
    refuseOtherClass(otherClass);
    if (!emptied) continue;
    const packaged = found.names.get(type);
    const staying = survivors(type, server.account);
    for (const name of onTarget) {
      if (packaged?.has(name) !== true && !isOfMigrations(name))
        add({ kind: type, name, action: staying.includes(name) ? 'beside' : 'delete' });
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const writes = wanted.filter((type) => counts.has(`${type}: create`) || counts.has(`${type}: overwrite`));
  const shown = { items, writes, witnesses: creates ? [] : witnesses, closely: closelyOf(related, unmarked), equal };
  if (total <= mostItems) return { ...shown, notes: [] };
  const lines = [...counts].map(([what, count]) => `${what} ${count}`);
  return { ...shown, notes: [`the plan names ${mostItems} of ${total} objects; in all: ${lines.join(', ')}`] };
}

const lost = (all: readonly string[], written: readonly string[]): string =>
  all
    .filter((key) => !written.includes(key))
    .slice(0, 5)
    .join(', ');

/** CONFLICT: eNMS finds an object by its name, and never changes its class. Some classes it refuses half-way. */
function refuseOtherClass(found: readonly string[]): void {
  if (found.length === 0) return;
  const more = found.length > 10 ? `, and ${found.length - 10} more` : '';
  throw new MigratorError('CONFLICT', `${found.slice(0, 10).join('; ')}${more}`, {
    hint: 'rename or delete it on the target, or rename it on the source and export again',
    details: { count: found.length },
  });
}

/** Groups that get the right to read whatever is written over the REST API. */
async function forcedReaders(reader: ObjectReader, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const groups = await reader.rows('group', signal);
  return new Set([...groups].filter(([, row]) => row['force_read_access'] === true).map(([name]) => name));
}

async function* ownObjects(content: ImportableContent, type: Type, signal: AbortSignal): AsyncIterable<PackagedObject> {
  for await (const object of objectsOf(content, type, signal)) if (!isOfMigrations(object.name)) yield object;
}

/** A change of relations alone shows only in the object itself. When these are too many, their types have no mark. */
function closelyOf(related: readonly string[], unmarked: ReadonlySet<Type>): Closely {
  if (related.length <= mostRelated) return { related, unmarked: [...unmarked] };
  const types = related.map((text) => text.slice(0, text.indexOf(' ')));
  return { related: [], unmarked: [...new Set([...unmarked, ...types])] };
}
