import type { JobStatus } from '../../ports/job.ts';
import type { OperationPorts, Waiting } from '../operation.ts';
import { type RemoteStart, startOnce, type StartedJob } from './exactly-once.ts';
import { watch } from './watch.ts';

interface JobWork extends RemoteStart {
  readonly kind: 'export' | 'import' | 'move' | 'dry-run';
  /** What is worked on, and from where or to where. */
  readonly subject: string;
  readonly waiting: Waiting;
}

/**
 * Starts a job exactly once, makes its handle known, and stays with it. When nobody waits, it stays only while the next
 * call is migrator's; `status` is undefined when the job then goes on.
 */
export async function runJob(
  work: JobWork,
  { run, clock, reporter }: OperationPorts,
  signal: AbortSignal,
): Promise<{ readonly job: StartedJob; readonly status: JobStatus | undefined }> {
  const { kind, subject, instance, waiting } = work;
  reporter.report({ type: 'phase', name: kind, subject });
  const job = await startOnce(work, run, clock, signal);
  const { id, handle, attached } = job;
  if (attached) reporter.report({ type: 'notice', message: `resuming the job of an earlier run` });
  // The handle is known before the first look at the job.
  reporter.report({ type: 'job', handle, status: { id, kind, state: 'queued', wireState: 'started', messages: [] } });
  const { jobs } = instance.adapter;
  if (waiting.wait)
    return { job, status: await watch(jobs, id, handle, { ...waiting, clock, reporter, known: true }, signal) };
  if (jobs.advance === undefined || kind !== 'move') return { job, status: undefined };
  // The servers of such a job stand still between two calls of migrator.
  const alone = { ...waiting, clock, reporter, known: true, untilAlone: true };
  const status = await watch(jobs, id, handle, alone, signal);
  return { job, status: ['waiting', 'failed', 'cancelled'].includes(status.state) ? status : undefined };
}
