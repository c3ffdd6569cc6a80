import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { RequestFile } from '../../../ports/http.ts';
import type { PreparedImport } from '../../../ports/importer.ts';
import type { Secrets } from '../../../ports/options.ts';
import { listOf } from '../../shared/option-values.ts';
import { accountFile, readRenames } from './accounts.ts';
import { readArchive, zipAmong } from './archive.ts';
import { readExpressions } from './expressions.ts';

/** The parts of a project import: the zip as it was exported, the accounts to change, the expression files to add. */
export async function formOf(
  { settled }: PreparedImport,
  secrets: Secrets,
  files: readonly ArtifactFile[],
  signal: AbortSignal,
): Promise<readonly RequestFile[]> {
  const zip = zipAmong(files);
  const { accounts } = await readArchive(zip, signal);
  const changes = accountFile(
    accounts,
    secrets['accountFile']?.reveal(),
    readRenames(listOf(settled, 'renameAccount')),
  );
  const expressions = await readExpressions(listOf(settled, 'expressionFile'), signal);
  return [
    {
      field: 'file',
      fileName: 'project.zip',
      contentType: 'application/zip',
      size: zip.size,
      open: (inner) => zip.open(inner),
    },
    ...(changes === undefined ? [] : [part('file_account', 'accounts.json', 'application/json', Buffer.from(changes))]),
    ...(expressions === undefined ? [] : [part('file_expr', 'expressions.zip', 'application/zip', expressions.bytes)]),
  ];
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
