import type { Keeper } from '../../../core/instance.ts';
import { deletePackage } from '../../../core/operations/package-delete.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consenting } from '../../flags/caution.ts';
import { parsePackageRef } from '../../packages/package-argument.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import type { PackageDeleteOptions } from './flags.ts';

export async function runPackageDelete(
  { args: [text = ''], options }: Invocation<PackageDeleteOptions>,
  context: Context,
) {
  const names = [options.from ?? []].flat();
  if (names.length === 0) requireInstance(undefined, '--from');
  const instances = await instancesOf(context);
  const targets = await Promise.all(names.map((name) => instances.keeper(name, 'write')));
  const refOn = (target: Keeper) => parsePackageRef(text, target);
  const ports = { reporter: await context.reporter(), ...consenting(options, context) };
  const results = await deletePackage(targets, refOn, ports, context.signal);
  context.result(
    'package-delete',
    { package: targets[0] && refOn(targets[0]), results },
    results
      .map(({ instance, result }) =>
        result === 'deleted' ? `deleted ${text} from ${instance}` : `${instance} does not have ${text}`,
      )
      .join('\n'),
  );
  return undefined;
}
