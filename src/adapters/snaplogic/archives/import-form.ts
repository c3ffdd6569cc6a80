import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { RequestFile } from '../../../ports/http.ts';
import type { PreparedImport } from '../../../ports/importer.ts';
import type { Secrets } from '../../../ports/options.ts';
import { listOf } from '../../shared/option-values.ts';
import { accountFile } from './accounts.ts';
import { readArchive, zipAmong } from './archive.ts';
import { readRenames } from './renames.ts';
import { readExpressions, undigested, type OptionFiles } from './expressions.ts';

/**
 * The parts of a project import: the zip as it was exported, the accounts to change, the expression files to add.
 * `isEmpty`: nothing would arrive.
 */
export async function formOf(
  { settled }: PreparedImport,
  secrets: Secrets,
  files: readonly ArtifactFile[],
  optionFiles: OptionFiles,
  signal: AbortSignal,
): Promise<{ readonly form: readonly RequestFile[]; readonly isEmpty: boolean }> {
  const zip = zipAmong(files);
  const { accounts, assets } = await readArchive(zip, signal);
  const changes = accountFile(
    { template: accounts, assets },
    secrets['accountFile']?.reveal(),
    readRenames(listOf(settled, 'renameAccount')),
  );
  const expressions = await readExpressions(undigested(listOf(settled, 'expressionFile'), optionFiles), signal);
  const form = [
    {
      field: 'file',
      fileName: 'project.zip',
      contentType: 'application/zip',
      size: zip.size,
      open: (inner: AbortSignal) => zip.open(inner),
    },
    ...(changes === undefined ? [] : [part('file_account', 'accounts.json', 'application/json', Buffer.from(changes))]),
    ...(expressions === undefined ? [] : [part('file_expr', 'expressions.zip', 'application/zip', expressions.bytes)]),
  ];
  return { form, isEmpty: assets.length === 0 && expressions === undefined };
}

function part(field: string, fileName: string, contentType: string, bytes: Uint8Array): RequestFile {
  return {
    field,
    fileName,
    contentType,
    size: bytes.length,
    open: async function* () {
      yield await Promise.resolve(bytes);
    },
  };
}
