import type { Keeper } from '../../../core/instance.ts';
import { certifyPackage } from '../../../core/operations/package-certify.ts';
import type { Certification } from '../../../ports/feed.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { parsePackageRef } from '../../packages/package-argument.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import type { PackageCertifyOptions } from './flags.ts';

export async function runPackageCertify(
  { args: [text = ''], options: { at, status, sync } }: Invocation<PackageCertifyOptions>,
  context: Context,
) {
  if (at.length === 0) requireInstance(undefined, '--at');
  const instances = await instancesOf(context);
  const targets = await Promise.all(at.map((name) => instances.keeper(name, 'write')));
  const refOn = (target: Keeper) => parsePackageRef(text, target);
  const wanted = sync === true ? 'sync' : { status };
  const results = await certifyPackage(wanted, targets, refOn, await context.reporter(), context.signal);
  context.result(
    'package-certify',
    { package: targets[0] && refOn(targets[0]), results },
    lines(...results.map((one) => `${text} is ${one.status} on ${one.instance}${decision(one)}`)),
  );
  return undefined;
}

function decision({ by, at }: Certification): string {
  const who = by === undefined ? '' : ` by ${by.fullName === '' ? by.name : by.fullName}`;
  return who === '' && at === undefined ? '' : `,${who}${at === undefined ? '' : ` at ${at}`}`;
}
