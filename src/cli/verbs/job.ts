import { jobVerb, type Instance } from '../../core/instance.ts';
import { formatHandle, parseHandle } from '../../core/job-handle.ts';
import { worst } from '../../core/operation.ts';
import { leftMaintenance, probe } from '../../core/steps/preflight.ts';
import { judge } from '../../core/steps/verdict.ts';
import { watch } from '../../core/steps/watch.ts';
import { MigratorError } from '../../errors.ts';
import type { LogLine } from '../../ports/job.ts';
import type { JobCancelOptions } from '../commands/job/cancel.ts';
import { describeJob, describeLog } from '../commands/summary.ts';
import type { Context } from '../context.ts';
import { consentOf } from '../flags/caution.ts';
import { type WaitOptions, waitingOf } from '../flags/waiting.ts';
import { systemClock } from '../runtime.ts';

export interface OpenJob {
  readonly instance: Instance;
  readonly id: string;
  readonly handle: string;
}

export async function openJob(
  text: string,
  context: Context,
  { writes }: { readonly writes: boolean },
): Promise<OpenJob> {
  const parsed = parseHandle(text);
  const instances = await context.instances();
  const { product } = instances.config(parsed.instance);
  if (product !== parsed.product) {
    throw new MigratorError(
      'USAGE',
      `${text} is a job of ${parsed.product}, but instance "${parsed.instance}" is ${product}`,
    );
  }
  const instance = await (writes ? instances.target(parsed.instance) : instances.source(parsed.instance));
  return { instance, id: parsed.id, handle: formatHandle(parsed) };
}

export async function runJobShow(text: string, context: Context) {
  const { instance, id, handle } = await openJob(text, context, { writes: false });
  const status = await instance.adapter.jobs.status(id, context.signal);
  context.result('job-show', { handle, status }, describeJob(handle, status));
  return undefined;
}

export async function runJobWait(text: string, options: WaitOptions, context: Context) {
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

export async function runJobLog(text: string, context: Context) {
  const { instance, id, handle } = await openJob(text, context, { writes: false });
  const log: LogLine[] = [];
  for await (const line of instance.adapter.jobs.log(id, context.signal)) log.push(line);
  context.result('job-log', { handle, log }, describeLog(log));
  return undefined;
}

export async function runJobCancel(text: string, options: JobCancelOptions, context: Context) {
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
