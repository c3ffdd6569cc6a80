import { showJob } from '../../../core/operations/job-wait.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { describeJob } from '../summary.ts';
import { ofJob, openJob } from './open-job.ts';

export async function runJobShow({ args: [text = ''] }: Invocation, context: Context) {
  const job = await openJob(text, context, { writes: false });
  const { handle } = job;
  const status = await ofJob(job, showJob(job, await context.journaling(false), context.signal));
  context.result('job-show', { handle, status }, describeJob(handle, status, context.columns));
  return undefined;
}
