import { cancelJob } from '../../../core/operations/job-cancel.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consenting } from '../../flags/caution.ts';
import { tellingClock } from '../../runtime.ts';
import type { JobCancelOptions } from './flags.ts';
import { ofJob, openJob } from './open-job.ts';

export async function runJobCancel({ args: [text = ''], options }: Invocation<JobCancelOptions>, context: Context) {
  const job = await openJob(text, context, { writes: true });
  const reporter = await context.reporter();
  const ports = { clock: tellingClock(reporter), reporter, ...consenting(options, context) };
  const status = await ofJob(job, cancelJob(job, ports, context.signal));
  context.result('job-cancel', { handle: job.handle, status }, `cancelled ${job.handle}`);
  return undefined;
}
