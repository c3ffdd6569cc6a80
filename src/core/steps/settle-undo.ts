import type { Json } from '../../ports/journal.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Named, SnapshotItem } from '../../ports/snapshot.ts';
import type { Instance } from '../instance.ts';
import { compare, type Difference } from '../snapshots/compare.ts';
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
}

/**
 * Compares the target with what it was before the undone job, and deletes what the job had created, if the user agrees.
 * Returns what an undo did not bring back: `only-from` is missing now, `only-to` came with the job, or later, and stays.
 * Undefined when the target was not looked at before.
 */
export async function settleUndo(
  { target, handle, before, created }: Undone,
  ports: Consenting & { readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<readonly Difference[] | undefined> {
  if (before === undefined) return undefined;
  const { scope, items, depth = 'content', undoes } = before as unknown as KeptContent;
  const was = held(items);
  const now = await stateOf(target, scope, depth, signal);
  if (now === undefined) return undefined;
  const { differences } = compare(was, now);
  const removable = untouched((created ?? []) as unknown as readonly SnapshotItem[], now, differences).filter(
    ({ kind }) => undoes?.includes(kind) !== false,
  );
  const { snapshots } = target.adapter;
  if (snapshots?.remove === undefined || removable.length === 0) return differences;
  const question = `delete what ${handle} created on ${target.name}: ${counted(removable)}?`;
  if (!(await ports.consent(mustAnswer(question)))) return differences;
  for (const message of await snapshots.remove(scope, removable, signal))
    ports.reporter.report({ type: 'warning', message });
  const rest = await stateOf(target, scope, depth, signal);
  return rest === undefined ? differences : compare(was, rest).differences;
}

/**
 * What an undo would change, in words for its question: what differs now from what the target was before the undone job.
 * Empty when nobody looked at it before, or may look now.
 */
export async function changesOfUndo(
  target: Instance,
  before: Json | undefined,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<string> {
  if (before === undefined) return '';
  const { scope, items, depth = 'content' } = before as unknown as KeptContent;
  const now = await looked(target, reporter, () => stateOf(target, scope, depth, signal));
  if (now === undefined) return '';
  const { differences } = compare(held(items), now);
  const told = (which: Difference['difference'], words: string): readonly string[] => {
    const some = differences.filter(({ difference }) => difference === which);
    return some.length === 0 ? [] : [`${words} ${counted(some)}`];
  };
  const changes = [...told('differs', 'it changes back'), ...told('only-from', 'it brings back')];
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
  const same = created.filter((item) => {
    const there = isAdded.find({ kind: item.kind, name: item.name }) && now.find(item);
    return there !== undefined && compare(held([item]), held([there])).differences.length === 0;
  });
  const known = held(same.map(({ kind, name }): Named => ({ kind, name })));
  const foreign = added.filter((item) => known.find(item) === undefined);
  return same.filter(({ name }) => !foreign.some((other) => other.name === name || other.name.startsWith(`${name}/`)));
}
