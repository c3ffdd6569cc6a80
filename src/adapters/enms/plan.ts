import type { PlanItem } from '../../ports/plan.ts';
import { inParallel } from './in-parallel.ts';
import { relationOf, type Type } from './model.ts';
import { isComputed, isIncidental } from './object-shape.ts';
import { objectsOf, type PackagedObject } from './package-content.ts';
import type { Server } from './server.ts';
import { survivors, type ImportableContent, type Survey } from './survey.ts';
import type { WireObject } from './wire.ts';

export interface Plan {
  readonly items: readonly PlanItem[];
  /** Counts, when there is more than can be named. */
  readonly notes: readonly string[];
}

const mostItems = 4000;
/** Objects that are compared whole with those of the target; each is a request. */
const mostCompared = 4000;
const width = 8;

/** What an import does to the target, by name; a rehearsal also compares what both have. */
export async function planImport(
  server: Server,
  content: ImportableContent,
  wanted: readonly Type[],
  found: Survey,
  { emptied, compare }: { readonly emptied: boolean; readonly compare: boolean },
  signal: AbortSignal,
): Promise<Plan> {
  const items: PlanItem[] = [];
  const counts = new Map<string, number>();
  const add = (item: PlanItem): void => {
    const key = `${item.kind}: ${item.action}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (items.length < mostItems) items.push(item);
  };
  let compared = 0;
  for (const type of wanted) {
    const onTarget = await found.target.of(type, signal);
    const look = async (object: PackagedObject): Promise<PlanItem> => {
      const item = { kind: type, name: object.name };
      if (!onTarget.has(object.name)) return { ...item, action: 'create' };
      if (!compare) return { ...item, action: 'overwrite' };
      if (++compared > mostCompared) return { ...item, action: 'overwrite', detail: 'not compared' };
      const there = await server.rest.instance(type, object.name, signal);
      const differs = there === undefined ? undefined : differenceOf(type, object, there);
      if (differs === undefined) return { ...item, action: 'overwrite', detail: 'not compared' };
      return differs.length === 0
        ? { ...item, action: 'unchanged' }
        : { ...item, action: 'overwrite', detail: `other ${differs.slice(0, 5).join(', ')}` };
    };
    for await (const item of inParallel(objectsOf(content, type, signal), width, look)) add(item);
    if (!emptied) continue;
    const packaged = found.names.get(type);
    const staying = survivors(type, server.account);
    for (const name of onTarget) {
      if (packaged?.has(name) !== true) add({ kind: type, name, action: staying.includes(name) ? 'beside' : 'delete' });
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total <= mostItems) return { items, notes: [] };
  const lines = [...counts].map(([what, count]) => `${what} ${count}`);
  return { items, notes: [`the plan names ${mostItems} of ${total} objects; in all: ${lines.join(', ')}`] };
}

/** Keys in which both have a value, and not the same. What the REST API does not give cannot be compared. */
function differenceOf(type: Type, packaged: PackagedObject, there: WireObject): readonly string[] {
  return Object.entries(packaged).flatMap(([key, value]) => {
    if (isIncidental(type, key) || isComputed(type, key, packaged) || !Object.hasOwn(there, key)) return [];
    const sorted = relationOf(type, key) !== undefined;
    return canonical(value, sorted) === canonical(there[key], sorted) ? [] : [key];
  });
}

/** Relations are sets: their order says nothing. */
function canonical(value: unknown, sorted: boolean): string {
  if (Array.isArray(value)) {
    const parts = value.map((item) => canonical(item, false));
    return `[${(sorted ? parts.sort() : parts).join()}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, false)}`).join()}}`;
  }
  return JSON.stringify(value ?? null);
}
