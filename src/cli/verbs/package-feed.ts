import { facet } from '../../core/instance.ts';
import { probe } from '../../core/preflight.ts';
import { formatRef } from '../../core/package-ref.ts';
import { MigratorError } from '../../errors.ts';
import type { StoredPackage } from '../../ports/artifact.ts';
import type { PackageDeleteOptions } from '../commands/package/delete.ts';
import type { PackageListOptions } from '../commands/package/list.ts';
import type { Context } from '../context.ts';
import { consentOf } from '../consent.ts';
import { requireInstance } from '../instance-names.ts';
import { table } from '../render.ts';
import { humanBytes } from '../reporters/rates.ts';
import { parsePackageRef } from '../source-file.ts';

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
  const from = requireInstance(options.from, '--from');
  const target = await (await context.instances()).target(from);
  const ref = parsePackageRef(text, target);
  const feed = facet(target, 'feed');
  await probe(target, await context.reporter(), context.signal);
  if (!(await consentOf(options, context)(`delete ${text} from ${from}?`)))
    throw new MigratorError('CANCELLED', `${text} was not deleted`);
  const result = await feed.delete(ref, context.signal);
  context.result(
    'package-delete',
    { from, package: ref, result },
    result === 'deleted' ? `deleted ${text} from ${from}` : `${from} does not hold ${text}`,
  );
  return undefined;
}
