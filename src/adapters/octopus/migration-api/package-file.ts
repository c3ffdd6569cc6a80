import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import { jsonOf } from '../../shared/answers.ts';
import { readZip, type Malformed } from '../../shared/zip-reader.ts';
import { isFields } from '../snapshots/carried-fields.ts';

const metadata = 'metadata.json';
const mostMetadata = 1024 * 1024;

/**
 * Refuses a file that is no package of the Migration API: a zip with `metadata.json` at its root, as in the sample imports
 * of the product. Without this look the server would go into maintenance mode and find out by itself. A package that is
 * encrypted as a whole has no known form, so it only must not be empty. PACKAGE_MALFORMED.
 */
export async function requirePackage(
  file: ArtifactFile,
  { encrypted }: { readonly encrypted: boolean },
  signal: AbortSignal,
): Promise<void> {
  const malformed = malformedOf(file);
  if (file.size === 0) throw malformed('it is empty');
  if (encrypted) return;
  const zip = await readZip(file, malformed, signal);
  let [isMade, isExport] = [false, false];
  for await (const member of zip.members()) {
    isExport ||= member.name === 'manifest.json';
    if (member.name !== metadata) continue;
    const chunks: Buffer[] = [];
    for await (const chunk of zip.content(member, mostMetadata)) chunks.push(chunk);
    const text = Buffer.concat(chunks)
      .toString('utf8')
      .replace(/^\uFEFF/u, '');
    if (!isFields(jsonOf(text))) throw malformed(`${metadata} in it is not a JSON document`);
    isMade = true;
  }
  if (!isMade)
    throw malformed(
      `it has no ${metadata}${isExport ? ', and seems to be of Export/Import: import it with --via export-import' : ''}`,
    );
}

/**
 * The same where nobody tells whether a file is encrypted as a whole. Encrypted bytes are neither text nor an archive, so
 * a file of these kinds is none.
 */
export async function requireLikelyPackage(file: ArtifactFile, signal: AbortSignal): Promise<void> {
  const head = await headOf(file, signal);
  await requirePackage(file, { encrypted: head.length > 0 && !isText(head) && !isArchive(head) }, signal);
}

const headBytes = 64;

async function headOf(file: ArtifactFile, signal: AbortSignal): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of file.open(signal)) {
    head = Buffer.concat([head, chunk.subarray(0, headBytes)]);
    if (head.length >= headBytes) break;
  }
  return head.subarray(0, headBytes);
}

/** True for the beginning of a tar too, which is a name. */
function isText(head: Buffer): boolean {
  try {
    // A character may be cut at the end.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

const archives = ['PK', '\x1f\x8b', '7z\xbc\xaf', 'BZh', '\xfd7zXZ', '\x28\xb5\x2f\xfd', 'Rar!'];

function isArchive(head: Buffer): boolean {
  const text = head.toString('latin1');
  return archives.some((magic) => text.startsWith(magic));
}

function malformedOf({ path }: ArtifactFile): Malformed {
  return (why, cause) =>
    new MigratorError('PACKAGE_MALFORMED', `${path} is not a package of the Migration API: ${why}`, {
      hint: 'export the projects again; a package that was exported with --encrypt-package is imported with --encrypted-package. Nothing was sent to the target',
      cause,
    });
}
