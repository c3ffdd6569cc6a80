import type { OpenJob } from '../../../core/job-handle.ts';
import type { LogLine } from '../../../ports/job.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { describeLog } from '../summary.ts';
import { ofJob, openJob } from './open-job.ts';

export async function runJobLog({ args: [text = ''] }: Invocation, context: Context) {
  const job = await openJob(text, context, { writes: false });
  const { handle } = job;
  const log = await ofJob(job, logOf(job, context.signal));
  context.result('job-log', { handle, log }, describeLog(log));
  return undefined;
}

async function logOf({ instance, id }: OpenJob, signal: AbortSignal): Promise<readonly LogLine[]> {
  const log: LogLine[] = [];
  for await (const line of instance.adapter.jobs.log(id, signal)) log.push(line);
  return log;
}
