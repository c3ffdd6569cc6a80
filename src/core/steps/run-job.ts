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

/** Starts a job exactly once, makes its handle known, and stays with it. `status` is undefined when nobody waits. */
export async function runJob(
  work: JobWork,
  { run, clock, reporter }: OperationPorts,
  signal: AbortSignal,
): Promise<{ readonly job: StartedJob; readonly status: JobStatus | undefined }> {
  const { kind, subject, instance, waiting } = work;
  reporter.report({ type: 'phase', name: kind, subject });
  const job = await startOnce(work, run, clock, signal);
  const { id, handle, attached } = job;
  if (attached) reporter.report({ type: 'notice', message: `taking up the job of an earlier run` });
  // The handle is known before the first look at the job.
  reporter.report({ type: 'job', handle, status: { id, kind, state: 'queued', wireState: 'started', messages: [] } });
  if (!waiting.wait) return { job, status: undefined };
  return { job, status: await watch(instance.adapter.jobs, id, handle, { ...waiting, clock, reporter }, signal) };
}
