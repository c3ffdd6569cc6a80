import { isMigratorError } from '../../errors.ts';
import type { JobStatus } from '../../ports/job.ts';
import type { Json, Run } from '../../ports/journal.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Scope, SnapshotItem } from '../../ports/snapshot.ts';
import type { Instance } from '../instance.ts';
import type { OperationPorts } from '../operation.ts';
import { compare, type Comparison } from '../snapshots/compare.ts';
import { held, take, type Held } from '../snapshots/held.ts';
import { claimedResult, hasSkipped, resultOf, type Result, withoutEqual } from '../snapshots/result.ts';
import { isBegun } from './exactly-once.ts';

interface Change {
  readonly step: string;
  readonly target: Instance;
  readonly scope: Scope | undefined;
  readonly plan: readonly PlanItem[];
  /** Compares the content of source and target, where there is a source. */
  readonly comparing?: Comparing | undefined;
}

export type Comparing = () => Promise<Comparison>;

/** What a later process needs to read the result of a job that this one started. */
interface Kept {
  readonly plan: readonly PlanItem[];
  readonly scope: Scope | null;
  /** Null when nobody could look. */
  readonly before: readonly SnapshotItem[] | null;
}

/**
 * Looks at the target before a job changes it. The returned function looks again when the job has ended, and reads the
 * result off both. What was seen before lasts as long as the run, so that a later process can do it. Without snapshots,
 * or without the right to look, the result is what the server claims.
 */
export async function lookBefore(
  { step, target, scope, plan, comparing }: Change,
  { run, reporter }: OperationPorts,
  signal: AbortSignal,
): Promise<(status: JobStatus) => Promise<Result>> {
  const warn = (error: unknown): undefined => {
    if (!isMigratorError(error, 'AUTH_REFUSED', 'NOT_FOUND', 'UNSUPPORTED')) throw error;
    reporter.report({
      type: 'warning',
      message: `cannot look at ${target.name}, so the result is what the server claims: ${error.message}`,
    });
    return undefined;
  };
  const look = (where: Scope | undefined): Promise<Held | undefined> =>
    take(target, where, 'listing', signal).catch(warn);
  let kept = (await run.kept(step)) as unknown as Kept | undefined;
  if (!isBegun(run.record.facts, step)) {
    const before = await look(scope);
    kept = { plan, scope: scope ?? null, before: before?.items ?? null };
    await run.keep(step, kept as unknown as Json);
  }
  return async ({ items: claims = [] }) => {
    const before = kept?.before ?? undefined;
    const after = before === undefined ? undefined : await look(kept?.scope ?? undefined);
    if (kept === undefined || before === undefined || after === undefined) return claimedResult(claims);
    const result = resultOf({ before: held(before), after, plan: kept.plan, claims });
    // Things that were there and stayed may be equal. Only their content shows that.
    if (!hasSkipped(result) || comparing === undefined) return result;
    return withoutEqual(result, await comparing());
  };
}

/** Keeps the content of the target beside a backup, so that an undo can tell what it brought back. */
export async function keepForUndo(
  target: Instance,
  scope: Scope | undefined,
  run: Run,
  signal: AbortSignal,
): Promise<void> {
  const content = await take(target, scope, 'content', signal);
  if (content !== undefined) await run.keep('undo', { scope, items: content.items } as unknown as Json);
}

/**
 * What an undo did not bring back: `only-from` is missing now, `only-to` came with the import and stays. Undefined when
 * the target was not looked at before.
 */
export async function compareWithKept(
  target: Instance,
  kept: Json | undefined,
  signal: AbortSignal,
): Promise<Comparison | undefined> {
  if (kept === undefined) return undefined;
  const { scope, items } = kept as unknown as { readonly scope: Scope; readonly items: readonly SnapshotItem[] };
  const now = await take(target, scope, 'content', signal);
  return now === undefined ? undefined : compare(held(items), now);
}
