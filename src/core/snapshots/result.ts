import type { JobItem } from '../../ports/job.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Named, SnapshotItem } from '../../ports/snapshot.ts';
import type { Comparison } from './compare.ts';
import { added, byKind, countsOf, type ResultAction, resultActions } from './result-counts.ts';
import { held, type Held } from './snapshot-lookup.ts';

export { type ResultAction, resultActions };

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
  /** How many are unchanged, by kind. */
  readonly unchanged: Readonly<Record<string, number>>;
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
    unchanged: results.reduce((sum, { unchanged }) => added(sum, unchanged), {}),
    items,
  };
}

/** The result of deletions that were seen, and of what was not deleted. */
export function deletedResult(deleted: readonly Named[], kept: readonly ResultItem[] = []): Result {
  const items = [...deleted.map(({ kind, name }): ResultItem => ({ kind, name, action: 'deleted' })), ...kept];
  return {
    basis: 'seen',
    changed: deleted.length > 0,
    complete: kept.length === 0,
    counts: countsOf(items),
    unchanged: {},
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
    const is = after.find(planned);
    const was = itself(before.find(planned), is, after);
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
    unchanged: byKind(items.filter(({ action }) => action === 'unchanged')),
    items: items.filter(({ action }) => action !== 'unchanged'),
  };
}

/** Undefined when the thing of before is still there beside the one that is looked for: `Billing ` beside `Billing`. */
function itself(was: SnapshotItem | undefined, is: SnapshotItem | undefined, after: Held): SnapshotItem | undefined {
  if (was === undefined || is === undefined || was.name === is.name) return was;
  return after.find(was)?.name === was.name ? undefined : was;
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
  const equal = result.items.filter((item) => item.action === 'skipped' && isEqual(item));
  const { skipped, unchanged } = result.counts;
  return {
    ...result,
    items,
    unchanged: added(result.unchanged, byKind(equal)),
    counts: { ...result.counts, skipped: skipped - equal.length, unchanged: unchanged + equal.length },
    complete: isComplete(items),
  };
}

interface Around {
  readonly before: Held;
  readonly after: Held;
  /** The import was to replace what is there. */
  readonly overwrites: boolean;
  /** Skipping what is there is wanted. */
  readonly skips: boolean;
}

/**
 * The result of a plan by names, after a comparison: with what was there before and stayed, although the source has
 * another one (skipped, or not overwritten), and with what is missing. Parts count with their whole, unless the result has
 * that already. A thing that was written and differs is no matter of this: only a thing that stayed counts.
 */
export function withStayed(result: Result, { same, differences }: Comparison, around: Around): Result {
  // A comparison that shows nothing of the target says nothing.
  if (same.length === 0 && differences.every(({ difference }) => difference === 'only-from')) return result;
  // What did not arrive is told already, and so is that all of it is missing.
  if (result.items.some(({ action }) => action === 'not-seen')) return result;
  const { before, after, overwrites, skips } = around;
  const told = new Map(result.items.map((item) => [nameOf(item), item.action]));
  const stayed = (item: Named): boolean => {
    const [was, is] = [before.find(item), after.find(item)];
    return was !== undefined && is !== undefined && !isWritten(was, is);
  };
  const found = new Map<string, { readonly item: ResultItem; readonly parts: string[] }>();
  for (const { difference, of, kind, name } of differences) {
    const thing = { kind, name };
    const whole = of ?? thing;
    const shown = before.find(thing) === undefined ? whole : thing;
    if (difference === 'only-to' || (difference === 'differs' && !stayed(shown))) continue;
    const action = told.get(nameOf(whole));
    if (action === 'skipped' || action === 'merged' || action === 'failed') continue;
    const { kind: itsKind, name: itsName } = action === undefined ? whole : thing;
    const skipped = !overwrites && before.find(whole) !== undefined;
    const item: ResultItem = {
      kind: itsKind,
      name: itsName,
      action: skipped ? 'skipped' : 'not-seen',
      ...(skipped && skips ? { wanted: true } : {}),
    };
    const key = nameOf(item);
    const one = found.get(key) ?? { item, parts: [] };
    found.set(key, one);
    if (name !== itsName) one.parts.push(name);
  }
  const more = [...found.values()].map(({ item, parts }): ResultItem => {
    const reason = before.find(item) === undefined ? 'the source has it' : 'the source has another one';
    return { ...item, reason: parts.length === 0 ? reason : `${reason} (${listed(parts)})` };
  });
  const items = [...result.items, ...more];
  const counts = countsOf(items);
  return {
    ...result,
    items,
    counts: { ...result.counts, skipped: counts.skipped, 'not-seen': counts['not-seen'] },
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
    unchanged: {},
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
      return is === undefined ? one('deleted', 'it was not planned', false) : [];
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
      return is.mark !== undefined && is.mark === was.mark && planned.unseen !== true
        ? one('not-seen', 'it has not changed')
        : one('overwritten', planned.unseen === true ? planned.detail : undefined);
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
        ? [{ kind, name, action: 'created', reason: 'it was not planned', wanted: false }]
        : [{ kind, name, action: 'created' }];
    return isWritten(was, item) ? [{ kind, name, action: 'overwritten' }] : [];
  });
  const vanished = before.items.flatMap((item): readonly ResultItem[] =>
    isKnown(item) || after.find(item) !== undefined
      ? []
      : [{ kind: item.kind, name: item.name, action: 'deleted', reason: 'it was not planned', wanted: false }],
  );
  return [...appeared, ...vanished];
}

function isWritten(was: SnapshotItem, is: SnapshotItem): boolean {
  return was.mark !== is.mark;
}

function nameOf({ kind, name }: Named): string {
  return JSON.stringify([kind, name]);
}
