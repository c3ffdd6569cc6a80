import { createHash } from 'node:crypto';
import { isMigratorError } from '../../errors.ts';
import type { Journal, Json, Run, RunOutcome } from '../../ports/journal.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { isUncertain } from './exactly-once.ts';

export interface Journaling {
  readonly journal: Journal;
  readonly reporter: Reporter;
  /** True: start a new run, even if an unfinished run could be resumed. */
  readonly fresh: boolean;
  /** Called when a failed run stays unfinished, so that the same command line resumes it. */
  readonly leftOpen: () => void;
}

/**
 * Runs a verb and journals it. A run stays unfinished if it was interrupted, stopped waiting, only started its job, or
 * lost its server. The same command line resumes it. All other runs are finished.
 */
export async function journaled<R extends { readonly outcome: string }>(
  verb: string,
  identity: Json,
  { journal, reporter, fresh, leftOpen }: Journaling,
  work: (run: Run) => Promise<R>,
): Promise<R> {
  const { run, resumed } = await journal.begin(runKey(verb, identity), verb, { fresh });
  if (resumed) {
    reporter.report({
      type: 'notice',
      message: `resuming the unfinished run of ${run.record.startedAt}; to start a new run, use --fresh`,
    });
  }
  try {
    const report = await work(run);
    if (report.outcome !== 'started') await run.finish(report.outcome === 'partial' ? 'partial' : 'done');
    return report;
  } catch (error) {
    const outcome = outcomeOf(error, run);
    if (outcome !== undefined) await run.finish(outcome);
    else if (isMigratorError(error, 'CANCELLED', 'STILL_RUNNING') || run.record.jobs.length > 0) leftOpen();
    throw error;
  }
}

function outcomeOf(error: unknown, run: Run): RunOutcome | undefined {
  if (!isMigratorError(error)) return undefined;
  if (isMigratorError(error, 'CANCELLED', 'STILL_RUNNING', 'REMOTE_UNREACHABLE', 'LOCAL_IO')) return undefined;
  // Nobody knows whether a job was started. The next run must find out before it starts another.
  if (isUncertain(run.record.facts)) return undefined;
  // Without a started job there is nothing to resume.
  if (isMigratorError(error, 'JOB_FAILED') || run.record.jobs.length === 0) return 'failed';
  return undefined;
}

/** The key of a run in the journal. The same work always has the same key. */
export function runKey(verb: string, input: Json): string {
  return `${verb}-${createHash('sha256').update(canonical(input)).digest('hex').slice(0, 32)}`;
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
