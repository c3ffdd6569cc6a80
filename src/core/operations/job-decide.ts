import type { JobStatus } from '../../ports/job.ts';
import { jobVerb } from '../instance.ts';
import type { OpenJob } from '../job-handle.ts';

/** Approves or rejects what a job waits for, and looks at the job once. */
export async function decideJob(
  { instance, id }: OpenJob,
  decision: 'approve' | 'reject',
  signal: AbortSignal,
): Promise<JobStatus> {
  await jobVerb(instance, decision)(id, signal);
  return instance.adapter.jobs.status(id, signal);
}
