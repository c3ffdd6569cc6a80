import type { LogLine } from '../../../ports/job.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { describeLog } from '../summary.ts';
import { openJob } from './open-job.ts';

export async function runJobLog({ args: [text = ''] }: Invocation, context: Context) {
  const { instance, id, handle } = await openJob(text, context, { writes: false });
  const log: LogLine[] = [];
  for await (const line of instance.adapter.jobs.log(id, context.signal)) log.push(line);
  context.result('job-log', { handle, log }, describeLog(log));
  return undefined;
}
