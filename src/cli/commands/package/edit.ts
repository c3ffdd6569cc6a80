import type { Instance } from '../../../core/instance.ts';
import { editPackage } from '../../../core/operations/package-edit.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { productFlags } from '../../flags/product-values.ts';
import { waitingOf } from '../../flags/waiting.ts';
import { parsePackageRef } from '../../packages/package-argument.ts';
import { tellingClock } from '../../runtime.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import { describeJob } from '../summary.ts';
import type { PackageEditOptions } from './edit-flags.ts';

export async function runPackageEdit(
  { args: [text = ''], options, command }: Invocation<PackageEditOptions>,
  context: Context,
) {
  const at = requireInstance(options.at, '--at');
  const waiting = waitingOf(options, context);
  const instances = await instancesOf(context);
  const target = await instances.target(at);
  const flags = await productFlags(command, 'package', instances.config(at).product, context);
  const reporter = await context.reporter();
  const ports = { clock: tellingClock(reporter), reporter };
  const change = { name: options.name, options: flags.options };
  const refOn = (one: Instance) => parsePackageRef(text, one);
  const report = await editPackage(change, target, refOn, waiting, ports, context.signal);
  const { outcome, handle, status } = report;
  context.result(
    'package-edit',
    { at, ...report },
    outcome === 'started'
      ? `${at} is building ${text} again\nwait for it with: migrator job wait ${handle}`
      : lines(`${at} built ${text} again`, describeJob(handle, status, context.columns)),
  );
  return { outcome };
}
