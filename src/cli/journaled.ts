import { runKey } from '../core/operation.ts';
import { isUncertain } from '../core/start-once.ts';
import { isMigratorError } from '../errors.ts';
import type { Json, Run, RunOutcome } from '../ports/journal.ts';
import type { Context } from './context.ts';

/**
 * Runs a verb under the journal. An interrupted run, one that gave up waiting, one whose job was only started and one
 * that lost its server stay unfinished, so that the same command line takes them up; all others are closed.
 */
export async function journaled<R extends { readonly outcome: string }>(
  verb: string,
  identity: Json,
  { fresh, context }: { readonly fresh: boolean; readonly context: Context },
  work: (run: Run) => Promise<R>,
): Promise<R> {
  const journal = await context.journal();
  const { run, resumed } = await journal.begin(runKey(verb, identity), verb, { fresh });
  if (resumed) {
    const reporter = await context.reporter();
    reporter.report({
      type: 'notice',
      message: `taking up the unfinished run of ${run.record.startedAt}; --fresh begins anew`,
    });
  }
  try {
    const report = await work(run);
    if (report.outcome !== 'started') await run.finish(report.outcome === 'partial' ? 'partial' : 'done');
    return report;
  } catch (error) {
    const outcome = outcomeOf(error, run);
    if (outcome !== undefined) await run.finish(outcome);
    else context.resumable = isMigratorError(error, 'CANCELLED', 'STILL_RUNNING') || run.record.jobs.length > 0;
    throw error;
  }
}

function outcomeOf(error: unknown, run: Run): RunOutcome | undefined {
  if (!isMigratorError(error)) return undefined;
  if (isMigratorError(error, 'CANCELLED', 'STILL_RUNNING', 'REMOTE_UNREACHABLE', 'LOCAL_IO')) return undefined;
  // What failed while it was not known whether a job was begun has to be settled before another one is.
  if (isUncertain(run.record.facts)) return undefined;
  // Refused before any job was started: there is nothing to take up.
  if (isMigratorError(error, 'JOB_FAILED') || run.record.jobs.length === 0) return 'failed';
  return undefined;
}
