import { jobVerb } from '../../../core/instance.ts';
import { watch } from '../../../core/steps/watch.ts';
import { MigratorError } from '../../../errors.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consentOf } from '../../flags/caution.ts';
import { systemClock } from '../../runtime.ts';
import type { JobCancelOptions } from './flags.ts';
import { openJob } from './open-job.ts';

export async function runJobCancel({ args: [text = ''], options }: Invocation<JobCancelOptions>, context: Context) {
  const { instance, id, handle } = await openJob(text, context, { writes: true });
  const cancel = jobVerb(instance, 'cancel');
  const reporter = await context.reporter();
  const agreed = await consentOf(options, context)(`cancel ${handle}?`);
  if (!agreed) throw new MigratorError('CANCELLED', `${handle} was not cancelled`);
  reporter.report({ type: 'phase', name: 'cancel', subject: handle });
  await cancel(id, context.signal);
  const settings = { wait: true, timeout: undefined, pollInterval: undefined, clock: systemClock, reporter };
  const status = await watch(instance.adapter.jobs, id, handle, settings, context.signal);
  if (status.state !== 'cancelled') {
    throw new MigratorError('CONFLICT', `${handle} ended as ${status.wireState} before it could be cancelled`, {
      details: { handle, status },
    });
  }
  context.result('job-cancel', { handle, status }, `cancelled ${handle}`);
  return undefined;
}
