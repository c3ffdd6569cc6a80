import type { PlanItem } from '../../ports/plan.ts';
import { inParallel } from '../../streams/in-parallel.ts';
import { comparisonOf } from './model/compare-object.ts';
import { survivors, type ImportableContent, type Survey } from './model/package-against-target.ts';
import { objectsOf, type PackagedObject } from './model/package-content.ts';
import type { Type } from './model/types-and-relations.ts';
import type { Server } from './server.ts';

export interface Plan {
  readonly items: readonly PlanItem[];
  /** The counts, when the plan cannot name all objects. */
  readonly notes: readonly string[];
}

const mostItems = 4000;
/** So many objects are compared with those of the target. Each takes a request. */
const mostCompared = 4000;
const width = 8;

/**
 * What an import does to each object of the target, by its name. A dry run also compares the objects that both have.
 */
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
      if (there === undefined) return { ...item, action: 'overwrite', detail: 'not compared' };
      const { differs, keeps } = comparisonOf(type, object, there, { clears: content.kind === 'objects' });
      const parts = [
        ...(differs.length === 0 ? [] : [`other ${differs.slice(0, 5).join(', ')}`]),
        ...(keeps.length === 0 || emptied ? [] : [`keeps its ${keeps.join(', ')}, which the package has empty`]),
      ];
      const action = differs.length === 0 ? 'unchanged' : 'overwrite';
      return { ...item, action, ...(parts.length === 0 ? {} : { detail: parts.join('; ') }) };
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
