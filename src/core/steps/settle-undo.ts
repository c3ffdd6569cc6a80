import type { Json } from '../../ports/journal.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Named, SnapshotItem } from '../../ports/snapshot.ts';
import type { Instance } from '../instance.ts';
import { compare, type Difference } from '../snapshots/compare.ts';
import type { ResultItem } from '../snapshots/result.ts';
import { held, type Held } from '../snapshots/snapshot-lookup.ts';
import { type Consenting, counted, mustAnswer } from './consent.ts';
import { type KeptContent, looked, stateOf } from './look.ts';

interface Undone {
  readonly target: Instance;
  /** The handle of the undone job. */
  readonly handle: string;
  /** The target before that job. Undefined when nobody looked at it. */
  readonly before: Json | undefined;
  /** What the job created. Undefined when nobody knows. */
  readonly created: Json | undefined;
  /** What the job wrote of what was there. Undefined when nobody knows. */
  readonly written?: Json | undefined;
}

/**
 * Compares the target with what it was before the undone job, and deletes what the job had created, if the user agrees.
 * Undefined when the target was not looked at before.
 */
export async function settleUndo(
  { target, handle, before, created, written }: Undone,
  ports: Consenting & { readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<Settled | undefined> {
  if (before === undefined) return undefined;
  const kept = before as unknown as KeptContent;
  const { scope, items, depth = 'content' } = kept;
  const was = held(items);
  const now = await stateOf(target, scope, depth, signal);
  if (now === undefined) return undefined;
  const { differences } = compare(was, now);
  const removable = removableOf(target, kept, created, now, differences);
  const stay = keptOf(kept, { created, removable, now, differences, handle });
  for (const { reason } of stay) ports.reporter.report({ type: 'warning', message: reason });
  const ofJob = (all: readonly Difference[]) => blamed(kept, all, created, written);
  const nothing = { differences: ofJob(differences), deleted: [], kept: stay };
  const { snapshots } = target.adapter;
  if (snapshots?.remove === undefined || removable.length === 0) return nothing;
  const question = `delete what ${handle} created on ${target.name}: ${counted(removable)}?`;
  if (!(await ports.consent(mustAnswer(question)))) return nothing;
  for (const message of await snapshots.remove(scope, removable, signal))
    ports.reporter.report({ type: 'warning', message });
  const rest = await stateOf(target, scope, depth, signal);
  if (rest === undefined) return nothing;
  const deleted = removable.filter((item) => rest.find(item) === undefined);
  return { differences: ofJob(compare(was, rest).differences), deleted, kept: stay };
}

/**
 * Of a job that overwrote nothing, only what it made or wrote is a difference that its undo leaves: what other jobs and
 * people did since is theirs. An undo by a backup answers for the whole scope.
 */
function blamed(
  { undoes }: KeptContent,
  differences: readonly Difference[],
  created: Json | undefined,
  written: Json | undefined,
): readonly Difference[] {
  if (undoes === undefined || created === undefined) return differences;
  const own = held([created, written ?? []].flatMap((list) => list as unknown as readonly Named[]));
  return differences.filter(({ kind, name }) => own.find({ kind, name }) !== undefined);
}

const mostParts = 3;

/** What the undo would delete if nobody had changed it since the job, with the reason why it stays. */
function keptOf(
  { undoes }: KeptContent,
  {
    created,
    removable,
    now,
    differences,
    handle,
  }: {
    readonly created: Json | undefined;
    readonly removable: readonly Named[];
    readonly now: Held;
    readonly differences: readonly Difference[];
    readonly handle: string;
  },
): readonly Kept[] {
  if (undoes === undefined) return [];
  const made = (created ?? []) as unknown as readonly SnapshotItem[];
  const goes = held(removable.map(({ kind, name }): Named => ({ kind, name })));
  const byKind = held(made.map(({ kind, name }): Named => ({ kind, name })));
  const whole = made.filter(
    ({ kind, name }) => undoes.includes(kind) && now.find({ kind, name }) && !goes.find({ kind, name }),
  );
  return whole.map(({ kind, name }) => {
    const belongs = (other: Named): boolean =>
      !(other.kind === kind && other.name === name) && (other.name === name || other.name.startsWith(`${name}/`));
    const changed = [
      ...differences.filter(
        (item) =>
          item.difference === 'only-to' &&
          belongs(item) &&
          byKind.find({ kind: item.kind, name: item.name }) === undefined,
      ),
      ...made.filter((item) => belongs(item) && !isAsMade(item, now)),
    ].map((item) => `${item.kind} ${item.name}`);
    const shown = [
      ...changed.slice(0, mostParts),
      ...(changed.length > mostParts ? [`${String(changed.length - mostParts)} more`] : []),
    ];
    const what = shown.length === 0 ? '' : ` (${shown.join(', ')})`;
    return { kind, name, action: 'skipped', reason: `${kind} "${name}" stays: it was changed after ${handle}${what}` };
  });
}

/** Whether a thing is still there as the job made it. */
function isAsMade(item: SnapshotItem, now: Held): boolean {
  const there = now.find({ kind: item.kind, name: item.name });
  return there !== undefined && compare(held([item]), held([there])).differences.length === 0;
}

type Kept = ResultItem & { readonly reason: string };

export interface Settled {
  /** What the undo did not bring back: `only-from` is missing now, `only-to` came with the job, or later, and stays. */
  readonly differences: readonly Difference[];
  /** What the job had created and the undo took away. */
  readonly deleted: readonly Named[];
  /** What the undo would have taken away, but somebody changed it since. Only of a job that overwrote nothing. */
  readonly kept: readonly Kept[];
}

/**
 * What an undo by a backup brings back, as it was before: what the job wrote. In the records of earlier releases nobody
 * kept that: then it is what differs now. Undefined when nobody looked at the target before the job.
 */
export async function toBringBack(
  target: Instance,
  before: Json | undefined,
  written: Json | undefined,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly SnapshotItem[] | undefined> {
  if (before === undefined) return undefined;
  const { scope, items, depth = 'content' } = before as unknown as KeptContent;
  if (written !== undefined) {
    const names = held(written as unknown as readonly Named[]);
    return items.filter((item) => names.find(item) !== undefined || (item.of && names.find(item.of)) !== undefined);
  }
  const now = await looked(target, reporter, () => stateOf(target, scope, depth, signal), 'so all is brought back');
  if (now === undefined) return undefined;
  const changed = compare(held(items), now).differences.filter(({ difference }) => difference !== 'only-to');
  const names = held<Named>(changed.map(({ kind, name }) => ({ kind, name })));
  return items.filter((item) => names.find({ kind: item.kind, name: item.name }) !== undefined);
}

/** What the job created, as far as an undo may delete it: nobody changed it since, and the product can. */
function removableOf(
  { adapter }: Instance,
  { undoes }: KeptContent,
  created: Json | undefined,
  now: Held,
  differences: readonly Difference[],
): readonly SnapshotItem[] {
  if (adapter.snapshots?.remove === undefined) return [];
  return untouched((created ?? []) as unknown as readonly SnapshotItem[], now, differences).filter(
    ({ kind }) => undoes?.includes(kind) !== false,
  );
}

/** What is known of the target and of the job, before an undo. */
interface Memory {
  readonly before: Json | undefined;
  readonly created?: Json | undefined;
  /** What a backup brings back, where it is not everything. What it holds of it is written again, also when it looks equal. */
  readonly only?: readonly SnapshotItem[] | undefined;
}

/**
 * What an undo would change, in words for its question: what differs now from what the target was before the undone job.
 * Empty when nobody looked at it before, or may look now.
 */
export async function changesOfUndo(
  target: Instance,
  { before, created, only }: Memory,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<string> {
  if (before === undefined) return '';
  const kept = before as unknown as KeptContent;
  const { scope, items, depth = 'content' } = kept;
  const now = await looked(target, reporter, () => stateOf(target, scope, depth, signal));
  if (now === undefined) return '';
  const { differences } = compare(held(items), now);
  const of = (which: Difference['difference']) => differences.filter(({ difference }) => difference === which);
  const [there, missing] = [only?.filter((item) => now.find(item)), only?.filter((item) => !now.find(item))];
  const told = (words: string, some: readonly Named[]): readonly string[] =>
    some.length === 0 ? [] : [`${words} ${counted(some)}`];
  const changes = [
    ...(there === undefined ? told('it changes back', of('differs')) : told('it writes back', there)),
    ...told('it brings back', missing ?? of('only-from')),
    ...told('it deletes', removableOf(target, kept, created, now, differences)),
  ];
  return changes.length === 0 ? '; everything that it would bring back is there already' : `; ${changes.join('; ')}`;
}

/**
 * What was created and is still as it was created. To a project belongs what is called `<project>/...`: when something in
 * it came later or was changed, it stays.
 */
function untouched(
  created: readonly SnapshotItem[],
  now: Held,
  differences: readonly Difference[],
): readonly SnapshotItem[] {
  const added = differences.filter(({ difference }) => difference === 'only-to');
  const isAdded = held<Named>(added);
  const same = created.filter(
    (item) => isAdded.find({ kind: item.kind, name: item.name }) !== undefined && isAsMade(item, now),
  );
  const known = held(same.map(({ kind, name }): Named => ({ kind, name })));
  const foreign = added.filter((item) => known.find(item) === undefined);
  return same.filter(({ name }) => !foreign.some((other) => other.name === name || other.name.startsWith(`${name}/`)));
}
