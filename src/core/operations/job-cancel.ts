import { MigratorError } from '../../errors.ts';
import type { JobStatus } from '../../ports/job.ts';
import { jobVerb } from '../instance.ts';
import type { OpenJob } from '../job-handle.ts';
import { type Consenting, mustAnswer, requireConsent } from '../steps/consent.ts';
import { watch } from '../steps/watch.ts';
import type { JobWaitPorts } from './job-wait.ts';

/** Asks the server to cancel a job and waits until it ends. CONFLICT when the job ended in another way. */
export async function cancelJob(
  { instance, id, handle }: OpenJob,
  ports: JobWaitPorts & Consenting,
  signal: AbortSignal,
): Promise<JobStatus> {
  const cancel = jobVerb(instance, 'cancel');
  await requireConsent(mustAnswer(`cancel ${handle}?`), `${handle} was not cancelled`, ports);
  ports.reporter.report({ type: 'phase', name: 'cancel', subject: handle });
  await cancel(id, signal);
  const settings = { ...ports, timeout: undefined, pollInterval: undefined, known: true };
  const status = await watch(instance.adapter.jobs, id, handle, settings, signal);
  if (status.state === 'cancelled') return status;
  throw new MigratorError('CONFLICT', `${handle} ended as ${status.wireState} before it could be cancelled`, {
    details: { handle, status },
  });
}
