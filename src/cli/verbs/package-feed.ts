import { facet } from '../../core/instance.ts';
import { formatRef } from '../../core/package-ref.ts';
import { probe } from '../../core/steps/preflight.ts';
import { MigratorError } from '../../errors.ts';
import type { StoredPackage } from '../../ports/artifact.ts';
import type { PackageDeleteOptions } from '../commands/package/delete.ts';
import type { PackageListOptions } from '../commands/package/list.ts';
import type { Context } from '../context.ts';
import { consentOf } from '../flags/caution.ts';
import { parsePackageRef } from '../packages/package-argument.ts';
import { requireInstance } from '../servers/instances.ts';
import { humanBytes } from '../terminal/amounts.ts';
import { table } from '../terminal/table.ts';

export async function runPackageList(options: PackageListOptions, context: Context) {
  const from = requireInstance(options.from, '--from');
  const source = await (await context.instances()).source(from);
  await probe(source, await context.reporter(), context.signal);
  const packages: StoredPackage[] = [];
  for await (const stored of facet(source, 'feed').list(options.id, context.signal)) packages.push(stored);
  const rows = packages.map(({ id, version, size, publishedAt }) => [
    formatRef({ id, version }),
    size === undefined ? '' : humanBytes(size),
    publishedAt ?? '',
  ]);
  context.result(
    'package-list',
    { from, packages },
    rows.length === 0 ? `no packages on ${from}` : table(['package', 'size', 'published'], rows),
  );
  return undefined;
}

export async function runPackageDelete(text: string, options: PackageDeleteOptions, context: Context) {
  const names = [options.from ?? []].flat();
  if (names.length === 0) requireInstance(undefined, '--from');
  const instances = await context.instances();
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
