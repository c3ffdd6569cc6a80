// Not through the package's front door: what is behind it for keys and ciphers takes longer to load than this takes to run.
import { inspect, type Inspection } from '../../../package/inspect.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { openPackageFile } from '../../packages/open-file.ts';
import { humanBytes } from '../../terminal/amounts.ts';
import { lines, table } from '../../terminal/table.ts';
import { describeEncryption } from '../summary.ts';

const longestList = 40;

export async function runPackageInspect({ args: [path = ''] }: Invocation, context: Context) {
  const bytes = await openPackageFile(path, context);
  const inspection = await inspect(bytes);
  context.result('package-inspect', { file: path, ...inspection }, render(path, inspection));
  return undefined;
}

function render(path: string, { manifest, signature, size }: Inspection): string {
  const { id, version, createdAt, createdBy, source, content, notes } = manifest;
  const files = content.files ?? [];
  return lines(
    `package:    ${path} (${humanBytes(size)})`,
    `id:         ${id}@${version}`,
    `created:    ${createdAt} by ${createdBy}`,
    source === undefined
      ? undefined
      : `source:     ${source.product} ${source.version}, instance ${source.instance}${source.url === undefined ? '' : ` (${source.url})`}`,
    `content:    ${content.counts.files} files, ${humanBytes(content.counts.bytes)}, ${content.compression === 'none' ? 'not compressed' : content.compression}`,
    `encrypted:  ${describeEncryption(content)}`,
    `signed:     ${signature === undefined ? 'no' : `by key ${signature.keyId}`}`,
    ...notes.map((note) => `note:       ${note}`),
    files.length === 0
      ? undefined
      : `\n${table(
          ['size', 'path'],
          files.slice(0, longestList).map((file) => [humanBytes(file.size), file.path]),
        )}`,
    files.length > longestList ? `… and ${files.length - longestList} more; all of them with --json` : undefined,
    '\nNothing of this is verified: migrator package verify does that.',
  );
}
