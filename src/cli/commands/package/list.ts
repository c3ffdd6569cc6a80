import { readPackages } from '../../../core/operations/read-lists.ts';
import { formatRef } from '../../../core/package-ref.ts';
import type { StoredPackage } from '../../../ports/artifact.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { humanBytes } from '../../../amounts.ts';
import { rememberNames } from '../../state/known-names.ts';
import { lines, table } from '../../terminal/table.ts';
import type { PackageListOptions } from './flags.ts';

export async function runPackageList({ options }: Invocation<PackageListOptions>, context: Context) {
  const from = requireInstance(options.from, '--from');
  const source = await (await instancesOf(context)).keeper(from, 'read');
  const packages = await readPackages(options.id, source, await context.reporter(), context.signal);
  if (options.id === undefined)
    await rememberNames(context.io, source, {
      packages: packages.map((one) => formatRef({ id: one.id, version: one.version })),
    });
  const { besides, unversioned, keepsSealed } = source.adapter.feed ?? {};
  const said = keepsSealed === true ? labelled : () => [];
  const rows = packages.map((one) => [
    formatRef(one),
    one.size === undefined ? '' : humanBytes(one.size),
    ...said(one),
    one.publishedAt ?? '',
  ]);
  const columns = ['package', 'size', ...(keepsSealed === true ? ['signed by', 'source'] : []), 'published'];
  const note = unversioned !== true && packages.some(({ version }) => version === '') ? besides : undefined;
  context.result(
    'package-list',
    { from, packages, ...(note === undefined ? {} : { note }) },
    rows.length === 0
      ? `no packages on ${from}`
      : lines(
          table(columns, rows, context.columns),
          note,
          keepsSealed === true ? `${claims}: migrator package verify <id>@<version> --from ${from}` : undefined,
        ),
  );
  return undefined;
}

const claims = 'signer and source are what each package says of itself; to verify one';

/** What a package of a store says of itself. */
function labelled({ label, fault }: StoredPackage): readonly string[] {
  if (fault !== undefined) return [`DAMAGED: ${fault}`, ''];
  if (label === undefined) return ['not sealed', ''];
  const { signer = 'nobody', source, encrypted } = label;
  return [
    `${signer}${encrypted ? '' : ', not encrypted'}`,
    source === undefined ? '' : `${source.instance} (${source.product} ${source.version})`,
  ];
}
