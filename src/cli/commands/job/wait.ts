import { warningsOf } from '../../../core/steps/verdict.ts';
import { waitForJob } from '../../../core/operations/job-wait.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { type TellingOptions, type WaitOptions, waitingOf } from '../../flags/waiting.ts';
import { tellingClock } from '../../runtime.ts';
import { instancesOf } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import { plainText } from '../../../plain-text.ts';
import { describeChanges } from '../changes.ts';
import { describeJob, describeLeft } from '../summary.ts';
import { ofJob, openJob } from './open-job.ts';

export async function runJobWait(
  { args: [text = ''], options }: Invocation<WaitOptions & Pick<TellingOptions, 'names'>>,
  context: Context,
) {
  const waiting = waitingOf(options, context);
  const job = await openJob(text, context, { writes: false });
  const reporter = await context.reporter();
  const ports = {
    clock: tellingClock(reporter),
    reporter,
    journaling: await context.journaling(false),
    open: async (name: string) => (await instancesOf(context)).source(name),
  };
  const { outcome, reason, status, result, left } = await ofJob(job, waitForJob(job, waiting, ports, context.signal));
  context.result(
    'job-wait',
    { handle: job.handle, outcome, reason, status, result, left },
    lines(
      describeJob(job.handle, status, context.columns),
      describeChanges([], result, { all: options.names, columns: context.columns }),
      reason === undefined ? undefined : `partial:  ${plainText(reason)}`,
      ...describeLeft(left),
    ),
  );
  return {
    outcome,
    told: {
      [status.kind === 'export' ? 'from' : 'to']: job.instance.name,
      result,
      left,
      items: status.items,
      warnings: warningsOf(status),
    },
  };
}
