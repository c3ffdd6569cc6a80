import { facet } from '../../../core/instance.ts';
import { formatRef } from '../../../core/package-ref.ts';
import { probe } from '../../../core/steps/preflight.ts';
import type { StoredPackage } from '../../../ports/artifact.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { humanBytes } from '../../terminal/amounts.ts';
import { table } from '../../terminal/table.ts';
import type { PackageListOptions } from './flags.ts';

export async function runPackageList({ options }: Invocation<PackageListOptions>, context: Context) {
  const from = requireInstance(options.from, '--from');
  const source = await (await instancesOf(context)).source(from);
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
