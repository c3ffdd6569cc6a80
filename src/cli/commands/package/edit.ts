import { feedVerb } from '../../../core/instance.ts';
import { formatHandle } from '../../../core/job-handle.ts';
import { probe } from '../../../core/steps/preflight.ts';
import { judge } from '../../../core/steps/verdict.ts';
import { watch } from '../../../core/steps/watch.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { productFlags } from '../../flags/product-values.ts';
import { waitingOf } from '../../flags/waiting.ts';
import { parsePackageRef } from '../../packages/package-argument.ts';
import { systemClock } from '../../runtime.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import { describeJob } from '../summary.ts';
import type { PackageEditOptions } from './flags.ts';

export async function runPackageEdit(
  { args: [text = ''], options, command }: Invocation<PackageEditOptions>,
  context: Context,
) {
  const at = requireInstance(options.at, '--at');
  const waiting = waitingOf(options, context);
  const instances = await instancesOf(context);
  const { product } = instances.config(at);
  const target = await instances.target(at);
  const edit = feedVerb(target, 'edit');
  const ref = parsePackageRef(text, target);
  const flags = await productFlags(command, 'package', product, context);
  const reporter = await context.reporter();
  await probe(target, reporter, context.signal);
  const { job, notes } = await edit(ref, { name: options.name, options: flags.options }, context.signal);
  for (const message of notes) reporter.report({ type: 'notice', message });
  const handle = formatHandle({ product, instance: target.name, id: job });
  const { jobs } = target.adapter;
  if (!waiting.wait) {
    const status = await jobs.status(job, context.signal);
    context.result(
      'package-edit',
      { at, package: ref, handle, outcome: 'started', status },
      `${at} makes ${text} anew\nstay with it: migrator job wait ${handle}`,
    );
    return { outcome: 'started' as const };
  }
  const status = await watch(jobs, job, handle, { ...waiting, clock: systemClock, reporter }, context.signal);
  const outcome = judge(handle, status);
  context.result(
    'package-edit',
    { at, package: ref, handle, outcome, status },
    lines(`${at} made ${text} anew`, describeJob(handle, status)),
  );
  return { outcome };
}
