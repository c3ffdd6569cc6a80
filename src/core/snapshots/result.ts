import type { JobItem } from '../../ports/job.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { SnapshotItem } from '../../ports/snapshot.ts';
import { held, type Held, type Named } from './held.ts';

/**
 * `merged`: the plan was to keep it, and it changed. `skipped`: the target's stayed, although the source may differ.
 * `not-seen`: it was planned, and the target does not show it.
 */
export const resultActions = [
  'created',
  'overwritten',
  'merged',
  'unchanged',
  'skipped',
  'deleted',
  'failed',
  'not-seen',
] as const;
export type ResultAction = (typeof resultActions)[number];

export interface ResultItem {
  readonly kind: string;
  readonly name: string;
  readonly action: ResultAction;
  readonly reason?: string | undefined;
}

/** What became of the target. */
export interface Result {
  /** `seen`: read off the target, before and after. `claimed`: the server says so, and migrator could not look. */
  readonly basis: 'seen' | 'claimed';
  /** Whether the target changed. Undefined when nobody can tell. */
  readonly changed: boolean | undefined;
  /** True when everything planned was seen, and nothing was skipped without being asked for. */
  readonly complete: boolean;
  readonly counts: Readonly<Record<ResultAction, number>>;
  /** All things but the unchanged ones. */
  readonly items: readonly ResultItem[];
}

/** The result of several projects. Undefined when there is none. */
export function combined(results: readonly Result[]): Result | undefined {
  const [first, ...others] = results;
  if (first === undefined || others.length === 0) return first;
  const items = results.flatMap((result) => result.items);
  return {
    basis: results.some(({ basis }) => basis === 'claimed') ? 'claimed' : 'seen',
    changed: results.some(({ changed }) => changed === true)
      ? true
      : results.some(({ changed }) => changed === undefined)
        ? undefined
        : false,
    complete: results.every(({ complete }) => complete),
    counts: Object.fromEntries(
      resultActions.map((action) => [action, results.reduce((sum, { counts }) => sum + counts[action], 0)]),
    ) as Record<ResultAction, number>,
    items,
  };
}

interface Looks {
  readonly before: Held;
  readonly after: Held;
  readonly plan: readonly PlanItem[];
  /** What the server says of single things. */
  readonly claims: readonly JobItem[];
}

/** Reads the result off the target: what was there before, what is there now, and what was planned. */
export function resultOf({ before, after, plan, claims }: Looks): Result {
  const failures = new Map(
    claims.flatMap((claim) => (claim.action === 'failed' ? [[nameOf(claim), claim.reason]] : [])),
  );
  const ofPlan = plan.flatMap((planned): readonly Judged[] => {
    const [was, is] = [before.find(planned), after.find(planned)];
    if (failures.has(nameOf(planned))) return [{ ...planned, action: 'failed', reason: failures.get(nameOf(planned)) }];
    return judge(planned, was, is);
  });
  const items = [...ofPlan, ...unplanned(before, after, plan)];
  return {
    basis: 'seen',
    changed: items.some(({ action }) => ['created', 'overwritten', 'merged', 'deleted'].includes(action)),
    complete:
      !items.some(({ action, fine }) => fine !== true && ['skipped', 'failed', 'not-seen'].includes(action)) &&
      !items.some(({ fine }) => fine === false),
    counts: countsOf(items),
    items: items
      .filter(({ action }) => action !== 'unchanged')
      .map(({ kind, name, action, reason }) => ({ kind, name, action, reason })),
  };
}

/** What the server claims, for products whose target cannot be looked at. */
export function claimedResult(claims: readonly JobItem[]): Result {
  const words = {
    created: 'created',
    overwritten: 'overwritten',
    skipped: 'skipped',
    failed: 'failed',
    done: 'overwritten',
  } as const;
  const items = claims.map(({ kind, name, action, reason }): ResultItem => ({
    kind,
    name,
    action: words[action],
    reason,
  }));
  return {
    basis: 'claimed',
    changed:
      items.length === 0 ? undefined : items.some(({ action }) => action === 'created' || action === 'overwritten'),
    complete: !items.some(({ action }) => action === 'failed'),
    counts: countsOf(items),
    items,
  };
}

/** `fine`: true when it was asked for, false when nobody planned it. */
interface Judged extends ResultItem {
  readonly fine?: boolean | undefined;
}

function judge(planned: PlanItem, was: SnapshotItem | undefined, is: SnapshotItem | undefined): readonly Judged[] {
  const { kind, name } = planned;
  const one = (action: ResultAction, reason?: string, fine?: boolean): readonly Judged[] => [
    { kind, name, action, reason, fine },
  ];
  const gone = 'it is not on the target';
  switch (planned.action) {
    case 'delete':
      return is === undefined ? one('deleted') : one('not-seen', 'it is still on the target');
    case 'beside':
      return is === undefined ? one('deleted', 'nobody planned that', false) : [];
    case 'keep':
      if (is === undefined) return one('not-seen', gone);
      if (was !== undefined && isWritten(was, is)) return one('merged');
      return one('skipped', planned.detail, planned.asked);
    case 'unchanged':
      if (is === undefined) return one('not-seen', gone);
      return was !== undefined && isWritten(was, is) ? one('overwritten') : one('unchanged');
    default:
      if (is === undefined) return one('not-seen', gone);
      if (was === undefined) return one('created');
      return is.mark !== undefined && is.mark === was.mark ? one('not-seen', 'it has not changed') : one('overwritten');
  }
}

/** What happened to things of which the plan says nothing. It is a fault where the plan speaks of things of this kind. */
function unplanned(before: Held, after: Held, plan: readonly PlanItem[]): readonly Judged[] {
  const known = held(plan.map(({ kind, name, id }) => ({ kind, name, id })));
  const kinds = new Set(plan.map(({ kind }) => kind));
  const isKnown = (item: Named): boolean =>
    known.find(item) !== undefined || known.find({ ...item, id: undefined }) !== undefined;
  const appeared = after.items.flatMap((item): readonly Judged[] => {
    if (isKnown(item)) return [];
    const { kind, name } = item;
    const was = before.find(item);
    if (was === undefined)
      return kinds.has(kind)
        ? [{ kind, name, action: 'created', reason: 'nobody planned that', fine: false }]
        : [{ kind, name, action: 'created' }];
    return isWritten(was, item) ? [{ kind, name, action: 'overwritten' }] : [];
  });
  const vanished = before.items.flatMap((item): readonly Judged[] =>
    isKnown(item) || after.find(item) !== undefined
      ? []
      : [{ kind: item.kind, name: item.name, action: 'deleted', reason: 'nobody planned that', fine: false }],
  );
  return [...appeared, ...vanished];
}

function isWritten(was: SnapshotItem, is: SnapshotItem): boolean {
  return was.mark !== is.mark;
}

function nameOf({ kind, name }: Named): string {
  return JSON.stringify([kind, name]);
}

function countsOf(items: readonly ResultItem[]): Result['counts'] {
  const counts = Object.fromEntries(resultActions.map((action) => [action, 0])) as Record<ResultAction, number>;
  for (const { action } of items) counts[action] += 1;
  return counts;
}
