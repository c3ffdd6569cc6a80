import { isMigratorError } from '../../errors.ts';
import type { JobStatus } from '../../ports/job.ts';
import type { Journal, Json, Run } from '../../ports/journal.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Depth, Named, Scope, SnapshotItem } from '../../ports/snapshot.ts';
import type { Instance } from '../instance.ts';
import { handleIn, type OpenJob, stepsWith } from '../job-handle.ts';
import type { OperationPorts } from '../operation.ts';
import type { Comparison } from '../snapshots/compare.ts';
import { held, take, type Held } from '../snapshots/snapshot-lookup.ts';
import {
  claimedResult,
  hasSkipped,
  resultOf,
  type Result,
  type ResultAction,
  withoutEqual,
  withStayed,
} from '../snapshots/result.ts';
import { compareWith, type Counterpart, type Opening } from './counterpart.ts';
import { isBegun } from './exactly-once.ts';

interface Change {
  readonly step: string;
  readonly target: Instance;
  readonly scope: Scope | undefined;
  readonly plan: readonly PlanItem[];
  /** Whether the adapter made the plan. A plan by the names of projects does not name all that comes along. */
  readonly whole: boolean;
  /** The import replaces what is there. Default: true. */
  readonly overwrites?: boolean | undefined;
  /** Skipping what is there is wanted. */
  readonly skips?: boolean | undefined;
  /** What the content of the target is compared with, where there is a source. */
  readonly counterpart?: Counterpart | undefined;
  /** Opens the source. The record of a package needs none. */
  readonly open?: Opening | undefined;
  /** The product can undo the job by itself. */
  readonly undoable?: boolean;
  /** See PreparedImport.undoes. */
  readonly undoes?: readonly string[] | undefined;
}

/** What a later process needs to read the result of a job that this one started. */
interface Kept {
  readonly plan: readonly PlanItem[];
  readonly whole: boolean;
  readonly scope: Scope | null;
  /** Null when nobody could look. */
  readonly before: readonly SnapshotItem[] | null;
  /** Records of earlier releases have none of these. */
  readonly counterpart?: Counterpart | null;
  readonly overwrites?: boolean;
  readonly skips?: boolean;
}

/**
 * Looks at the target before a job changes it. The returned function looks again when the job has ended, and reads the
 * result off both. What was seen before lasts as long as the run, so that a later process can do it. Without snapshots,
 * or without the right to look, the result is what the server claims.
 */
export async function lookBefore(
  {
    step,
    target,
    scope,
    plan,
    whole,
    undoable = false,
    undoes,
    overwrites = true,
    skips = false,
    counterpart,
    open = () => Promise.resolve(target),
  }: Change,
  { run, reporter }: OperationPorts,
  signal: AbortSignal,
): Promise<(status: JobStatus) => Promise<Result>> {
  let kept = (await run.kept(step)) as unknown as Kept | undefined;
  if (!isBegun(run.record.facts, step)) {
    const before = await looked(target, reporter, () => take(target, scope, 'listing', signal));
    const items = before?.items ?? null;
    kept = { plan, whole, overwrites, skips, scope: scope ?? null, counterpart: counterpart ?? null, before: items };
    await run.keep(step, kept as unknown as Json);
    // An undo goes by the plan when no process sees the end of the job.
    if (whole && (await run.kept(`${step}.undo`)) !== undefined)
      await run.keep(`${step}.written`, namesOf(plan.filter(({ action }) => writes.has(action))));
    if ((undoable || undoes !== undefined) && scope !== undefined && before !== undefined) {
      const state: KeptContent = {
        scope,
        depth: 'listing',
        items: before.items.map(marked),
        ...(undoes && { undoes }),
      };
      await run.keep(`${step}.undo`, state as unknown as Json);
    }
  }
  return async (status) => {
    const compare = (counterpart: Counterpart) => compareWith(counterpart, target, { open, reporter }, signal);
    const result = await lookAfter(kept, status, target, { reporter, compare }, signal);
    await keepChanges(step, target, result, run, reporter, signal);
    await run.keep(`${step}.result`, result as unknown as Json);
    return result;
  };
}

interface Looking {
  readonly reporter: Reporter;
  readonly compare: (counterpart: Counterpart) => Promise<Comparison | undefined>;
}

async function lookAfter(
  kept: Kept | undefined,
  { items: claims = [] }: JobStatus,
  target: Instance,
  ports: Looking,
  signal: AbortSignal,
): Promise<Result> {
  const seen = kept?.before ?? undefined;
  if (kept === undefined || seen === undefined) return claimedResult(claims, kept?.plan);
  const scope = kept.scope ?? undefined;
  const after = await looked(target, ports.reporter, () => take(target, scope, 'listing', signal));
  if (after === undefined) return claimedResult(claims, kept.plan);
  const before = held(seen);
  const result = resultOf({ ...kept, before, after, claims });
  // Things that were there and stayed may be equal. Only their content shows that.
  const { counterpart, whole, overwrites = true, skips = false } = kept;
  if (!hasSkipped(result) && whole) return result;
  if (counterpart === undefined || counterpart === null) {
    if (!whole && !overwrites) ports.reporter.report({ type: 'warning', message: notCompared(target.name) });
    return result;
  }
  const comparison = await looked(
    target,
    ports.reporter,
    () => ports.compare(counterpart),
    'so what was skipped is not compared',
  );
  if (comparison === undefined) return result;
  const settled = withoutEqual(result, comparison);
  return whole ? settled : withStayed(settled, comparison, { before, after, overwrites, skips });
}

const notCompared = (target: string): string =>
  `the package does not tell what it holds besides its projects, so migrator cannot tell what ${target} kept of its own`;

/**
 * Undefined, with a warning, when the account may not look, or the server cannot show it. An answer that makes no sense is
 * asked for a second time.
 */
export async function looked<Seen>(
  target: Instance,
  reporter: Reporter,
  look: () => Promise<Seen | undefined>,
  without = 'so a result is only what the server claims',
): Promise<Seen | undefined> {
  try {
    return await look().catch((error: unknown) => {
      if (!isMigratorError(error, 'REMOTE_UNEXPECTED')) throw error;
      return look();
    });
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED', 'NOT_FOUND', 'REMOTE_UNEXPECTED', 'UNSUPPORTED')) throw error;
    const message = `cannot look at ${target.name}, ${without}: ${error.message}`;
    reporter.report({ type: 'warning', message });
    return undefined;
  }
}

/**
 * The result of a job that another process of this machine started. `open` opens the other side of a move by its name.
 * The result of a run that is over is the one of its end: what the target shows now is also the work of others, and an
 * undo must not take that away. Undefined when this machine did not start the job, when it changes nothing, and for a
 * run of an earlier release that is over.
 */
export async function resultOfJob(
  { instance, id }: OpenJob,
  status: JobStatus,
  { journal, open, reporter }: { readonly journal: Journal; readonly open: Opening; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<Result | undefined> {
  const run = (await journal.list()).find((one) => handleIn(one, id, instance) !== undefined);
  if (run === undefined) return undefined;
  const [step] = stepsWith(run, id, instance);
  if (step === undefined) return undefined;
  if (run.outcome === 'done' || run.outcome === 'partial')
    return (await journal.kept(run, `${step}.result`)) as unknown as Result | undefined;
  const kept = await journal.kept(run, step);
  if (kept === undefined) return undefined;
  const other = Object.keys(run.places ?? {}).find((name) => name !== instance.name);
  const target = status.kind === 'move' && other !== undefined ? await open(other) : instance;
  // The job is over, and what its target shows is told also when its source is not there to compare with.
  const compare = (counterpart: Counterpart) =>
    compareWith(counterpart, target, { open, reporter }, signal).catch((error: unknown) => {
      if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
      reporter.report({ type: 'warning', message: `cannot compare ${target.name} with the source: ${error.message}` });
      return undefined;
    });
  const result = await lookAfter(kept as unknown as Kept, status, target, { reporter, compare }, signal);
  const memory: Memory = {
    keep: (name, value) => journal.keep(run, name, value),
    kept: (name) => journal.kept(run, name),
  };
  await keepChanges(step, target, result, memory, reporter, signal);
  await memory.keep(`${step}.result`, result as unknown as Json);
  return result;
}

/** Keeps the content of the target beside a backup, so that an undo can tell what it brought back. */
export async function keepForUndo(
  target: Instance,
  step: string,
  scope: Scope | undefined,
  { run, reporter }: OperationPorts,
  signal: AbortSignal,
): Promise<void> {
  const content = await looked(target, reporter, () => take(target, scope, 'content', signal));
  if (content !== undefined) await run.keep(`${step}.undo`, { scope, items: content.items } as unknown as Json);
}

/** The target as it was before a change: what an undo brings it back to. */
export interface KeptContent {
  readonly scope: Scope;
  /** Records of earlier releases have none: `content`. */
  readonly depth?: Depth;
  readonly items: readonly SnapshotItem[];
  /** See PreparedImport.undoes. Without it, an undo deletes whatever the job created. */
  readonly undoes?: readonly string[];
}

/** The target as an undo compares it. In a listing, the mark of change stands for the content. */
export async function stateOf(
  target: Instance,
  scope: Scope,
  depth: Depth,
  signal: AbortSignal,
): Promise<Held | undefined> {
  const found = await take(target, scope, depth, signal);
  if (found === undefined || depth === 'content') return found;
  return held(
    found.items.map(({ mark, ...item }) => ({ ...item, fields: mark === undefined ? {} : { version: mark } })),
  );
}

function marked({ mark, ...item }: SnapshotItem): SnapshotItem {
  return { ...item, fields: mark === undefined ? {} : { version: mark } };
}

type Memory = Pick<Run, 'keep' | 'kept'>;

/** Actions of plans and results after which a thing may not be what it was. */
const writes: ReadonlySet<string> = new Set([
  ...['overwrite', 'delete'],
  ...(['overwritten', 'merged', 'deleted', 'failed', 'not-seen'] satisfies readonly ResultAction[]),
]);

function namesOf(items: readonly Named[]): Json {
  return items.map(({ kind, name, id }) => ({ kind, name, ...(id === undefined ? {} : { id }) }));
}

const named = ({ kind, name }: Named): Named => ({ kind, name });

/** Keeps what a change wrote and what it created, when an undo brings the one back and takes the other away. */
async function keepChanges(
  step: string,
  target: Instance,
  result: Result,
  memory: Memory,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const before = (await memory.kept(`${step}.undo`)) as unknown as KeptContent | undefined;
  if (before === undefined) return;
  const { scope, depth = 'content', undoes } = before;
  // A product that undoes by itself needs no list.
  if (depth === 'listing' && undoes === undefined) return;
  const now = await looked(target, reporter, () => stateOf(target, scope, depth, signal));
  const there = held(before.items);
  await memory.keep(`${step}.written`, namesOf(result.items.filter(({ action }) => writes.has(action))));
  // What nobody planned is the work of others at the same time.
  const foreign = held(result.items.filter(({ wanted }) => wanted === false));
  const created =
    now?.items.filter((item) => there.find(item) === undefined && foreign.find(named(item)) === undefined) ?? [];
  await memory.keep(`${step}.created`, created as unknown as Json);
}
