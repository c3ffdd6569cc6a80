// Not from package/index.ts: its code for keys and ciphers takes longer to load than this command takes to run.
import { plural } from '../../../plural.ts';
import { inspect, type Inspection } from '../../../package/inspect.ts';
import { carriesSecrets } from '../../../package/format.ts';
import { parsePublicKey } from '../../../package/minisign/public-key.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { listTrusted } from '../../keys/key-files.ts';
import { openPackageFile } from '../../packages/open-file.ts';
import type { IO } from '../../terminal/io.ts';
import { humanBytes } from '../../terminal/amounts.ts';
import { lines, table } from '../../terminal/table.ts';
import { describeEncryption } from '../summary.ts';

const longestList = 40;

export async function runPackageInspect({ args: [path = ''] }: Invocation, context: Context) {
  const bytes = await openPackageFile(path, context);
  const inspection = await inspect(bytes);
  const signerName = await nameOf(inspection.signature?.keyId, context.io);
  context.result('package-inspect', { file: path, ...inspection, signerName }, render(path, inspection, signerName));
  return undefined;
}

/** The name that the user gave to a key id. A broken file among the trusted keys is for other commands to tell. */
async function nameOf(keyId: string | undefined, io: IO): Promise<string | undefined> {
  const kept = keyId === undefined ? [] : await listTrusted(io).catch(() => []);
  return kept.find(({ text }) => keyIdIn(text) === keyId)?.name;
}

function keyIdIn(text: string): string | undefined {
  try {
    return parsePublicKey(text).keyId;
  } catch {
    return undefined;
  }
}

function render(path: string, { manifest, signature, size }: Inspection, signerName: string | undefined): string {
  const { format, id, version, createdAt, createdBy, source, content, notes } = manifest;
  const files = content.files ?? [];
  return lines(
    `package:    ${path} (${humanBytes(size)})`,
    `id:         ${id}@${version}`,
    `created:    ${createdAt} by ${createdBy}`,
    source === undefined
      ? undefined
      : `source:     ${source.product} ${source.version}, instance ${source.instance}${source.url === undefined ? '' : ` (${source.url})`}`,
    `content:    ${plural(content.counts.files, 'file')}, ${humanBytes(content.counts.bytes)}, ${content.compression === 'none' ? 'not compressed' : content.compression}`,
    `encrypted:  ${describeEncryption(content)}`,
    carriesSecrets(format) ? 'carries:    the secrets of its import, in the encrypted content' : undefined,
    `signed:     ${signature === undefined ? 'no' : `by key ${signature.keyId}${signerName === undefined ? '' : `, which you call ${signerName}`}`}`,
    ...notes.map((note) => `note:       ${note}`),
    files.length === 0
      ? undefined
      : `\n${table(
          ['size', 'path'],
          files.slice(0, longestList).map((file) => [humanBytes(file.size), file.path]),
        )}`,
    files.length > longestList ? `… and ${files.length - longestList} more; --json lists all of them` : undefined,
    '\nNothing above is verified. Verify it with: migrator package verify',
  );
}
