import { readPackages } from '../../../core/operations/read-lists.ts';
import { formatRef } from '../../../core/package-ref.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { humanBytes } from '../../../amounts.ts';
import { lines, table } from '../../terminal/table.ts';
import type { PackageListOptions } from './flags.ts';

export async function runPackageList({ options }: Invocation<PackageListOptions>, context: Context) {
  const from = requireInstance(options.from, '--from');
  const source = await (await instancesOf(context)).source(from);
  const packages = await readPackages(options.id, source, await context.reporter(), context.signal);
  const rows = packages.map(({ id, version, size, publishedAt }) => [
    formatRef({ id, version }),
    size === undefined ? '' : humanBytes(size),
    publishedAt ?? '',
  ]);
  const { besides, unversioned } = source.adapter.feed ?? {};
  const note = unversioned !== true && packages.some(({ version }) => version === '') ? besides : undefined;
  context.result(
    'package-list',
    { from, packages, ...(note === undefined ? {} : { note }) },
    rows.length === 0
      ? `no packages on ${from}`
      : lines(table(['package', 'size', 'published'], rows, context.columns), note),
  );
  return undefined;
}
