import { worst } from '../../../core/operation.ts';
import { probe, leftMaintenance } from '../../../core/steps/preflight.ts';
import { judge } from '../../../core/steps/verdict.ts';
import { watch } from '../../../core/steps/watch.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { type WaitOptions, waitingOf } from '../../flags/waiting.ts';
import { systemClock } from '../../runtime.ts';
import { describeJob } from '../summary.ts';
import { openJob } from './open-job.ts';

export async function runJobWait({ args: [text = ''], options }: Invocation<WaitOptions>, context: Context) {
  const waiting = waitingOf(options, context);
  const { instance, id, handle } = await openJob(text, context, { writes: false });
  const reporter = await context.reporter();
  reporter.report({ type: 'phase', name: 'wait', subject: handle });
  const status = await watch(
    instance.adapter.jobs,
    id,
    handle,
    { ...waiting, clock: systemClock, reporter },
    context.signal,
  );
  const verdict = judge(handle, status);
  const info = await probe(instance, reporter, context.signal);
  const normal =
    info.mode === 'normal' || (await leftMaintenance(instance, { ...info, mode: 'normal' }, reporter, context.signal));
  const outcome = worst(verdict, normal ? 'done' : 'partial');
  context.result('job-wait', { handle, outcome, status }, describeJob(handle, status));
  return { outcome };
}
