import type { JobItem } from '../../ports/job.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Named, SnapshotItem } from '../../ports/snapshot.ts';
import type { Comparison } from './compare.ts';
import { held, type Held } from './snapshot-lookup.ts';

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
  /** True: the options ask for it. False: nobody planned it. */
  readonly wanted?: boolean | undefined;
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
  /** True when the plan names all things of its kinds. A plan by the names of projects does not: others may come along. */
  readonly whole: boolean;
  /** What the server says of single things. */
  readonly claims: readonly JobItem[];
}

/** Reads the result off the target: what was there before, what is there now, and what was planned. */
export function resultOf({ before, after, plan, whole, claims }: Looks): Result {
  const failures = new Map(
    claims.flatMap((claim) => (claim.action === 'failed' ? [[nameOf(claim), claim.reason]] : [])),
  );
  const ofPlan = plan.flatMap((planned): readonly ResultItem[] => {
    const [was, is] = [before.find(planned), after.find(planned)];
    if (failures.has(nameOf(planned))) {
      const { kind, name } = planned;
      return [{ kind, name, action: 'failed', reason: failures.get(nameOf(planned)) }];
    }
    return judge(planned, was, is);
  });
  const items = [...ofPlan, ...unplanned(before, after, plan, whole)];
  return {
    basis: 'seen',
    changed: items.some(({ action }) => ['created', 'overwritten', 'merged', 'deleted'].includes(action)),
    complete: isComplete(items),
    counts: countsOf(items),
    items: items.filter(({ action }) => action !== 'unchanged'),
  };
}

/** Whether something was skipped, or only merged, of which nobody knows whether it is as it should be. */
export function hasSkipped({ items }: Result): boolean {
  return items.some(({ action, wanted }) => (action === 'skipped' || action === 'merged') && wanted !== true);
}

function isComplete(items: readonly ResultItem[]): boolean {
  return items.every(
    ({ action, wanted }) =>
      wanted === true || (wanted !== false && !['skipped', 'merged', 'failed', 'not-seen'].includes(action)),
  );
}

/**
 * The result after a comparison of source and target: what was skipped and is equal, with all that belongs to it, is
 * unchanged. What was merged and is equal now is as it should be. To the project `Web Shop` belongs what is called `Web Shop` or `Web Shop/…`. Things that several projects
 * share do not count here.
 */
export function withoutEqual(result: Result, { same, differences }: Comparison): Result {
  const equals = held(same);
  const unequal = differences.filter(({ difference }) => difference !== 'only-to');
  const isEqual = ({ kind, name: owner }: ResultItem): boolean =>
    equals.find({ kind, name: owner }) !== undefined &&
    !unequal.some(({ name }) => name === owner || name.startsWith(`${owner}/`));
  const items = result.items
    .filter((item) => item.action !== 'skipped' || !isEqual(item))
    .map((item) => (item.action === 'merged' && isEqual(item) ? { ...item, wanted: true } : item));
  const equal = result.items.length - items.length;
  const { skipped, unchanged } = result.counts;
  return {
    ...result,
    items,
    counts: { ...result.counts, skipped: skipped - equal, unchanged: unchanged + equal },
    complete: isComplete(items),
  };
}

/**
 * The result after a comparison, with what was there before, that nobody planned to change, and of which the source has
 * another one: it was skipped. `wanted`: the options ask for that. Parts count with their whole.
 */
export function withSkipped(result: Result, { same, differences }: Comparison, before: Held, wanted: boolean): Result {
  const named = new Set(result.items.map(nameOf));
  // A comparison shows of the target only what its projects use.
  const shown = held([...same, ...differences.filter(({ difference }) => difference === 'differs')]);
  const skipped = new Map<string, { readonly whole: Named; readonly parts: string[] }>();
  for (const { difference, of, kind, name } of differences) {
    const whole = of ?? { kind, name };
    const key = nameOf(whole);
    const stayed = before.find(whole) !== undefined && shown.find(whole) !== undefined;
    if (difference === 'only-to' || named.has(key) || !stayed) continue;
    const found = skipped.get(key) ?? { whole, parts: [] };
    skipped.set(key, found);
    if (of !== undefined) found.parts.push(name);
  }
  const items = [
    ...result.items,
    ...[...skipped.values()].map(({ whole: { kind, name }, parts }): ResultItem => ({
      kind,
      name,
      action: 'skipped',
      reason: `the source has another one${parts.length === 0 ? '' : ` (${listed(parts)})`}`,
      ...(wanted ? { wanted } : {}),
    })),
  ];
  return {
    ...result,
    items,
    counts: { ...result.counts, skipped: result.counts.skipped + skipped.size },
    complete: isComplete(items),
  };
}

const mostParts = 3;

function listed(parts: readonly string[]): string {
  const more = parts.length - mostParts;
  return [...parts.slice(0, mostParts), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** What the server claims, for products whose target cannot be looked at. */
export function claimedResult(claims: readonly JobItem[], plan: readonly PlanItem[] = []): Result {
  const planned = held(plan);
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
    action: action === 'done' && planned.find({ kind, name })?.action === 'create' ? 'created' : words[action],
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

function judge(planned: PlanItem, was: SnapshotItem | undefined, is: SnapshotItem | undefined): readonly ResultItem[] {
  const { kind, name } = planned;
  const one = (action: ResultAction, reason?: string, wanted?: boolean): readonly ResultItem[] => [
    { kind, name, action, reason, wanted },
  ];
  const gone = 'it is not on the target';
  switch (planned.action) {
    case 'delete':
      return is === undefined ? one('deleted') : one('not-seen', 'it is still on the target');
    case 'beside':
      return is === undefined ? one('deleted', 'nobody planned that', false) : [];
    case 'keep':
      if (is === undefined && was !== undefined) return one('not-seen', gone);
      if (was !== undefined && is !== undefined && isWritten(was, is))
        return one('merged', planned.detail, planned.asked);
      return one('skipped', planned.detail, planned.asked);
    case 'unchanged':
      if (is === undefined && was !== undefined) return one('not-seen', gone);
      return was !== undefined && is !== undefined && isWritten(was, is) ? one('overwritten') : one('unchanged');
    default:
      if (is === undefined) return one('not-seen', gone);
      if (was === undefined) return one('created');
      return is.mark !== undefined && is.mark === was.mark ? one('not-seen', 'it has not changed') : one('overwritten');
  }
}

/** What happened to things of which the plan says nothing. It is a fault where the plan speaks of things of this kind. */
function unplanned(before: Held, after: Held, plan: readonly PlanItem[], whole: boolean): readonly ResultItem[] {
  const known = held(plan.map(({ kind, name, id }) => ({ kind, name, id })));
  const kinds = new Set(whole ? plan.map(({ kind }) => kind) : []);
  const isKnown = (item: Named): boolean =>
    known.find(item) !== undefined || known.find({ ...item, id: undefined }) !== undefined;
  const appeared = after.items.flatMap((item): readonly ResultItem[] => {
    if (isKnown(item)) return [];
    const { kind, name } = item;
    const was = before.find(item);
    if (was === undefined)
      return kinds.has(kind)
        ? [{ kind, name, action: 'created', reason: 'nobody planned that', wanted: false }]
        : [{ kind, name, action: 'created' }];
    return isWritten(was, item) ? [{ kind, name, action: 'overwritten' }] : [];
  });
  const vanished = before.items.flatMap((item): readonly ResultItem[] =>
    isKnown(item) || after.find(item) !== undefined
      ? []
      : [{ kind: item.kind, name: item.name, action: 'deleted', reason: 'nobody planned that', wanted: false }],
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
