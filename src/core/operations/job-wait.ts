import { isMigratorError } from '../../errors.ts';
import type { Jobs, JobStatus } from '../../ports/job.ts';
import type { RunRecord } from '../../ports/journal.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Instance } from '../instance.ts';
import { handleIn, type OpenJob } from '../job-handle.ts';
import { type Outcome, type Waiting, worst } from '../operation.ts';
import type { Result } from '../snapshots/result.ts';
import { resultOfJob } from '../steps/look.ts';
import { type Left, leftOfJob } from '../steps/clean-up.ts';
import { leftMaintenance } from '../steps/preflight.ts';
import { type Journaling, settleRun } from '../steps/journaled.ts';
import { partialReason } from '../steps/partial-reason.ts';
import { judge, warningsOf } from '../steps/verdict.ts';
import { isFinal, watch } from '../steps/watch.ts';

export interface JobWaitPorts {
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/** Looks at a job once. When it has ended, the run that started it is over. */
export async function showJob(job: OpenJob, journaling: Journaling, signal: AbortSignal): Promise<JobStatus> {
  const runs = (await journaling.journal.list()).filter((run) => handleIn(run, job.id, job.instance) !== undefined);
  const status = await knownStatus(job, runs).status(job.id, signal);
  if (isFinal(status.state) && status.attended !== true) await settleRun(job, true, journaling, signal, { status });
  return status;
}

/**
 * Waits until a job ends, and with it the run that started it. JOB_FAILED when it failed. Partial when its server stayed
 * in maintenance mode, or when the target does not show what this machine planned.
 */
export async function waitForJob(
  job: OpenJob,
  waiting: Waiting,
  ports: JobWaitPorts & { readonly journaling: Journaling; readonly open: (name: string) => Promise<Instance> },
  signal: AbortSignal,
): Promise<{
  readonly outcome: Outcome;
  /** Why it was partial. */
  readonly reason: string | undefined;
  readonly status: JobStatus;
  readonly result: Result | undefined;
  /** What the job left on its server, when a run of this machine started it. */
  readonly left: readonly Left[];
}> {
  const { instance, id, handle } = job;
  const { clock, reporter, journaling, open } = ports;
  reporter.report({ type: 'phase', name: 'wait', subject: handle });
  const { jobs } = instance.adapter;
  const runs = (await journaling.journal.list()).filter((run) => handleIn(run, id, instance) !== undefined);
  // A run that was done has made all its calls. What people have changed since is theirs.
  const watched = runs.some(({ outcome }) => outcome === 'done') ? knownStatus(job, runs) : jobs;
  const known = runs.length > 0;
  const status = await watch(watched, id, handle, { ...waiting, clock, reporter, known }, signal);
  const result = await resultOfJob(job, status, { journal: journaling.journal, open, reporter }, signal);
  const { partial } = await settleRun(job, result?.complete !== false, journaling, signal, { status, result });
  const verdict = worst(judge(handle, status, result), partial === undefined ? 'done' : 'partial');
  const stuck = await leftMaintenance(instance, { mode: 'normal' }, reporter, signal);
  const left = isFinal(status.state) ? await leftOfJob(job, runs, signal) : [];
  const outcome = worst(verdict, stuck.length === 0 ? 'done' : 'partial');
  const warnings = [...stuck, ...warningsOf(status)];
  const reason = outcome === 'partial' ? (partial ?? partialReason({ result, warnings })) : undefined;
  return { outcome, reason, status, result, left };
}

/** The status of a job. Of a dry run that was done, the journal tells it when the server has the job no more. */
function knownStatus({ instance }: OpenJob, runs: readonly RunRecord[]): Pick<Jobs, 'status'> {
  const { jobs } = instance.adapter;
  const rehearsed = runs.some(({ about, outcome }) => about?.dryRun === true && outcome === 'done');
  return {
    status: async (id, signal) => {
      try {
        return await jobs.status(id, signal);
      } catch (error) {
        if (!rehearsed || !isMigratorError(error, 'NOT_FOUND')) throw error;
        const text = 'this dry run ended with success; what it made on the server was deleted after it';
        return { id, kind: 'dry-run', state: 'succeeded', wireState: 'deleted', messages: [{ level: 'info', text }] };
      }
    },
  };
}
