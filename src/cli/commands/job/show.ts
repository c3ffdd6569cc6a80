import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { describeJob } from '../summary.ts';
import { openJob } from './open-job.ts';

export async function runJobShow({ args: [text = ''] }: Invocation, context: Context) {
  const { instance, id, handle } = await openJob(text, context, { writes: false });
  const status = await instance.adapter.jobs.status(id, context.signal);
  context.result('job-show', { handle, status }, describeJob(handle, status));
  return undefined;
}
