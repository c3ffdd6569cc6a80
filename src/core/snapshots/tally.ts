import type { PlanItem } from '../../ports/plan.ts';
import type { Result, ResultAction } from './result.ts';

/** What a plan and a result count, in the order in which they are shown. */
export const countedActions = [
  'failed',
  'not-seen',
  'overwrite',
  'delete',
  'merge',
  'keep',
  'create',
  'unchanged',
  'beside',
] as const;
export type CountedAction = (typeof countedActions)[number];

/** How many things of a kind are planned, and how many the target shows as done. */
export interface Count {
  readonly kind: string;
  readonly action: CountedAction;
  /** Undefined when no plan speaks of this kind, and for what nobody plans: `failed`, `not-seen`, `merge`. */
  readonly planned?: number | undefined;
  /** Undefined when nothing was done, such as in a dry run, and when nobody can tell. */
  readonly done?: number | undefined;
}

const asPlanned: Readonly<Record<ResultAction, CountedAction>> = {
  created: 'create',
  overwritten: 'overwrite',
  merged: 'merge',
  unchanged: 'unchanged',
  skipped: 'keep',
  deleted: 'delete',
  failed: 'failed',
  'not-seen': 'not-seen',
};

/** Counts by kind and action: of a plan, of a result, or of both. Kinds are in the order in which the plan names them. */
export function tally(plan: readonly PlanItem[], result: Result | undefined): readonly Count[] {
  const planned = new Numbers();
  for (const { kind, action } of plan) planned.add(kind, action);
  const done = result === undefined ? undefined : doneOf(plan, planned, result);
  const tells = done !== undefined && (result?.basis === 'seen' || !done.isEmpty());
  const kinds = new Set([...planned.kinds(), ...(done?.kinds() ?? [])]);
  return [...kinds].flatMap((kind) =>
    countedActions.flatMap((action): readonly Count[] => {
      const [wanted, was] = [planned.of(kind, action), done?.of(kind, action) ?? 0];
      if (wanted === 0 && was === 0) return [];
      const isPlanned = planned.has(kind) && !['failed', 'not-seen', 'merge'].includes(action);
      return [{ kind, action, ...(isPlanned ? { planned: wanted } : {}), ...(tells ? { done: was } : {}) }];
    }),
  );
}

function doneOf(plan: readonly PlanItem[], planned: Numbers, { basis, items, unchanged }: Result): Numbers {
  const done = new Numbers();
  for (const { kind, action } of items) done.add(kind, asPlanned[action]);
  for (const [kind, count] of Object.entries(unchanged)) done.add(kind, 'unchanged', count);
  // A result names what has changed. What the target alone has stays, unless it has vanished.
  if (basis === 'seen') {
    const vanished = new Set(
      items.filter(({ action }) => action === 'deleted').map(({ kind, name }) => JSON.stringify([kind, name])),
    );
    for (const { kind, name, action } of plan)
      if (action === 'beside' && !vanished.has(JSON.stringify([kind, name]))) done.add(kind, 'beside');
  }
  // A thing that was to be kept was kept, also where a look shows that it is equal.
  for (const kind of planned.kinds()) {
    const equal = done.of(kind, 'unchanged') - planned.of(kind, 'unchanged');
    const kept = Math.min(equal, planned.of(kind, 'keep') - done.of(kind, 'keep'));
    if (kept <= 0) continue;
    done.add(kind, 'unchanged', -kept);
    done.add(kind, 'keep', kept);
  }
  return done;
}

/** Numbers by kind and action. */
class Numbers {
  readonly #counts = new Map<string, Map<CountedAction, number>>();

  add(kind: string, action: CountedAction, count = 1): void {
    if (count === 0) return;
    const ofKind = this.#counts.get(kind) ?? new Map<CountedAction, number>();
    this.#counts.set(kind, ofKind.set(action, (ofKind.get(action) ?? 0) + count));
  }

  of(kind: string, action: CountedAction): number {
    return this.#counts.get(kind)?.get(action) ?? 0;
  }

  has(kind: string): boolean {
    return this.#counts.has(kind);
  }

  kinds(): Iterable<string> {
    return this.#counts.keys();
  }

  isEmpty(): boolean {
    return this.#counts.size === 0;
  }
}
