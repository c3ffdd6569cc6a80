import { createHash } from 'node:crypto';
import { canonical } from '../../canonical.ts';
import type { ArtifactFile, ByteStream } from '../../ports/artifact.ts';
import type { SnapshotItem } from '../../ports/snapshot.ts';
import { held, type Held } from './snapshot-lookup.ts';

/**
 * Where a package keeps what its projects consisted of at the export, for products whose own file migrator cannot read:
 * kind, name, id and a digest of the carried fields, one JSON document in each line. It lies in the encrypted content.
 */
export const recordPath = 'objects/snapshot.ndjson';

/** Plain data. */
export interface RecordLine {
  readonly kind: string;
  readonly name: string;
  readonly id?: string;
  /** Packages of earlier releases have none. */
  readonly of?: { readonly kind: string; readonly name: string };
  readonly sha256: string;
}

/** The record of a snapshot with content, as a file for a package. */
export function recordOf(content: Held): ArtifactFile {
  const text = Buffer.from(
    linesOf(content)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  return {
    path: recordPath,
    size: text.length,
    mediaType: 'application/x-ndjson',
    open: () => stream(text),
  };
}

/** The record in the files of a package. Undefined when it has none. */
export async function readRecord(
  files: readonly ArtifactFile[],
  signal: AbortSignal,
): Promise<readonly RecordLine[] | undefined> {
  const file = files.find(({ path }) => path === recordPath);
  if (file === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.open(signal)) chunks.push(chunk);
  const lines = Buffer.concat(chunks).toString('utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as RecordLine);
}

/** A record as a snapshot with digests instead of fields. */
export function recorded(lines: readonly RecordLine[]): Held {
  return held(lines.map(asItem));
}

/** A snapshot with digests instead of fields, to compare it with a record. */
export function digested(content: Held): Held {
  return held(linesOf(content).map(asItem));
}

function linesOf({ items }: Held): readonly RecordLine[] {
  return items.map(({ kind, name, id, of, fields = {} }) => {
    const sha256 = createHash('sha256').update(canonical(fields)).digest('hex');
    return {
      kind,
      name,
      ...(id === undefined ? {} : { id }),
      ...(of === undefined ? {} : { of: { kind: of.kind, name: of.name } }),
      sha256,
    };
  });
}

function asItem({ sha256, ...line }: RecordLine): SnapshotItem {
  return { ...line, fields: { sha256 } };
}

async function* stream(bytes: Uint8Array): ByteStream {
  yield bytes;
  await Promise.resolve();
}
