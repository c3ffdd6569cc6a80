import { createHash } from 'node:crypto';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { Options } from '../../../ports/options.ts';
import { listOf, textOf } from '../../shared/option-values.ts';
import type { ExportImport } from './export-import.ts';

/** What the server called the files that this process uploaded. */
const known = new WeakMap<ExportImport, Map<string, string>>();

const mostAttempts = 3;

/**
 * Uploads the zip under a name that no other run has. After a lost answer the list of files tells whether it arrived; a
 * part of a zip is found by the preview.
 */
export async function uploadOnce(
  way: ExportImport,
  fileName: string,
  file: ArtifactFile,
  signal: AbortSignal,
): Promise<void> {
  const { server, client } = way;
  const space = await server.space(signal);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { size } = file;
      const uploaded = await client.upload(space, { fileName, size, open: (inner) => file.open(inner) }, signal);
      if (uploaded !== undefined) remember(way, fileName, uploaded.Id);
      return;
    } catch (error) {
      if (!isMigratorError(error, 'REMOTE_UNREACHABLE') && !isAmbiguous(error)) throw error;
      const there = (await client.importFiles(space, signal)).some(({ FileName }) => FileName === fileName);
      if (there) return;
      if (attempt < mostAttempts) continue;
      throw new MigratorError('REMOTE_UNREACHABLE', `the zip could not be uploaded: ${messageOf(error)}`, {
        hint: 'a proxy in front of the server may cut off large requests; the server shows that nothing arrived, so run the same command again',
        details: { ambiguous: false },
        cause: error,
      });
    }
  }
}

/** The id of an uploaded file: from the answer, or from the list. Some servers know it by its name alone. */
export async function uploadedId(way: ExportImport, fileName: string, signal: AbortSignal): Promise<string> {
  const told = known.get(way)?.get(fileName);
  if (told !== undefined) return told;
  const files = await way.client.importFiles(await way.server.space(signal), signal);
  // Of several with one name, the last one is whole.
  return files.findLast(({ FileName }) => FileName === fileName)?.Id ?? fileName;
}

/** The files that a run brings to its target. Their names are random, so no other run has given them. */
export interface Uploads {
  readonly fileName: string;
  /** Of its bytes, in hex. */
  readonly sha256: string;
  /** An earlier process of the run has uploaded the same bytes under this name. */
  readonly again: boolean;
  /** What earlier processes of the run uploaded besides. */
  readonly others: readonly string[];
}

/** What an earlier process of the run uploaded is used again when it has the same bytes. */
export async function uploadsFor(
  way: ExportImport,
  file: ArtifactFile,
  earlier: Options,
  signal: AbortSignal,
): Promise<Uploads> {
  const hash = createHash('sha256');
  for await (const chunk of file.open(signal)) hash.update(chunk);
  const sha256 = hash.digest('hex');
  const before = textOf(earlier, 'fileName');
  const there = await uploadedAmong(
    way,
    [...listOf(earlier, 'otherFiles'), ...(before === undefined ? [] : [before])],
    signal,
  );
  const again = before !== undefined && there.includes(before) && textOf(earlier, 'sha256') === sha256;
  const fileName = again ? before : `migrator-${Buffer.from(way.tools.random.bytes(12)).toString('hex')}.zip`;
  return { fileName, sha256, again, others: there.filter((name) => name !== fileName) };
}

/** Those of the names that the server lists. */
export async function uploadedAmong(
  { server, client }: ExportImport,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const files = await client.importFiles(await server.space(signal), signal);
  return names.filter((name) => files.some(({ FileName }) => FileName === name));
}

function remember(way: ExportImport, fileName: string, id: string): void {
  const names = known.get(way) ?? new Map<string, string>();
  names.set(fileName, id);
  known.set(way, names);
}

const isAmbiguous = (error: unknown): boolean => isMigratorError(error) && error.details['ambiguous'] === true;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
