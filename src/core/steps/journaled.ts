import { createHash } from 'node:crypto';
import { isMigratorError } from '../../errors.ts';
import type { Journal, Json, Run, RunOutcome } from '../../ports/journal.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { isUncertain } from './exactly-once.ts';

export interface Journaling {
  readonly journal: Journal;
  readonly reporter: Reporter;
  /** Begins anew where an unfinished run could be taken up. */
  readonly fresh: boolean;
  /** Called when a run that failed stays open, so that the same command line goes on with it. */
  readonly leftOpen: () => void;
}

/**
 * Runs a verb under the journal. An interrupted run, one that gave up waiting, one whose job was only started and one
 * that lost its server stay unfinished, so that the same command line takes them up; all others are closed.
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
    else if (isMigratorError(error, 'CANCELLED', 'STILL_RUNNING') || run.record.jobs.length > 0) leftOpen();
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

/** The journal's key: the same work has the same key, whoever asks for it. */
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
