import { facet } from '../../../core/instance.ts';
import { probe } from '../../../core/steps/preflight.ts';
import { MigratorError } from '../../../errors.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consentOf } from '../../flags/caution.ts';
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
  const targets = await Promise.all(names.map((name) => instances.target(name)));
  const found = targets.map((target) => ({ target, feed: facet(target, 'feed'), ref: parsePackageRef(text, target) }));
  // All must be there before anything is deleted anywhere.
  for (const { target } of found) await probe(target, await context.reporter(), context.signal);
  const from = names.join(' and ');
  if (!(await consentOf(options, context)(`delete ${text} from ${from}?`)))
    throw new MigratorError('CANCELLED', `${text} was not deleted`);
  const results: { instance: string; result: 'deleted' | 'absent' }[] = [];
  for (const { target, feed, ref } of found) {
    results.push({ instance: target.name, result: await feed.delete(ref, context.signal) });
  }
  context.result(
    'package-delete',
    { package: found[0]?.ref, results },
    results
      .map(({ instance, result }) =>
        result === 'deleted' ? `deleted ${text} from ${instance}` : `${instance} does not hold ${text}`,
      )
      .join('\n'),
  );
  return undefined;
}
