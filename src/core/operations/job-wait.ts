import type { JobStatus } from '../../ports/job.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { OpenJob } from '../job-handle.ts';
import { type Outcome, type Waiting, worst } from '../operation.ts';
import { leftMaintenance, probe } from '../steps/preflight.ts';
import { judge } from '../steps/verdict.ts';
import { watch } from '../steps/watch.ts';

export interface JobWaitPorts {
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/** Stays with a job until it ends. JOB_FAILED when it failed; partial when its server was left in maintenance mode. */
export async function waitForJob(
  { instance, id, handle }: OpenJob,
  waiting: Waiting,
  { clock, reporter }: JobWaitPorts,
  signal: AbortSignal,
): Promise<{ readonly outcome: Outcome; readonly status: JobStatus }> {
  reporter.report({ type: 'phase', name: 'wait', subject: handle });
  const status = await watch(instance.adapter.jobs, id, handle, { ...waiting, clock, reporter }, signal);
  const verdict = judge(handle, status);
  const info = await probe(instance, reporter, signal);
  const normal =
    info.mode === 'normal' || (await leftMaintenance(instance, { ...info, mode: 'normal' }, reporter, signal));
  return { outcome: worst(verdict, normal ? 'done' : 'partial'), status };
}
