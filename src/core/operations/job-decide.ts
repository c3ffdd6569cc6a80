import type { JobStatus } from '../../ports/job.ts';
import { jobVerb } from '../instance.ts';
import type { OpenJob } from '../job-handle.ts';

/** Approves or rejects a waiting job and returns its status. */
export async function decideJob(
  { instance, id }: OpenJob,
  decision: 'approve' | 'reject',
  signal: AbortSignal,
): Promise<JobStatus> {
  await jobVerb(instance, decision)(id, signal);
  return instance.adapter.jobs.status(id, signal);
}
