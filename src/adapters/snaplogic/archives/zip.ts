import * as yauzl from 'yauzl';
import * as yazl from 'yazl';
import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import { readZip, type Malformed, type ReadableZip, type ZipMember } from '../../shared/zip-reader.ts';

/** Documents are read into memory. The product writes no document as large as this. */
const longestDocument = 256 * 1024 * 1024;

/**
 * Those of the named documents that a zip holds, as parsed JSON. Only their parts of the zip are read. PACKAGE_MALFORMED
 * when the file is no zip, or when a document is damaged.
 */
export async function documentsOf(
  file: ArtifactFile,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  const zip = await readZip(file, malformed(file), signal);
  const members = new Map<string, ZipMember>();
  for await (const member of zip.members()) if (names.includes(member.name)) members.set(member.name, member);
  const documents = new Map<string, unknown>();
  for (const [name, member] of members) documents.set(name, parsed(await contentOf(zip, member), file, name));
  return documents;
}

/** The paths of all members. PACKAGE_MALFORMED when it is no zip. */
export async function memberNames(file: ArtifactFile, signal: AbortSignal): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const { name } of (await readZip(file, malformed(file), signal)).members()) names.add(name);
  return [...names];
}

/**
 * A zip of small files, stored without compression. The same files give the same bytes: all have the first day that a
 * zip can store, in any time zone. USAGE for a name that a zip cannot hold.
 */
export async function packed(files: readonly { readonly name: string; readonly bytes: Buffer }[]): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const { name, bytes } of files) {
    const fault = yauzl.validateFileName(name);
    if (fault !== null) throw new MigratorError('USAGE', `the file ${name} does not fit into a zip: ${fault}`);
    zip.addBuffer(bytes, name, { compress: false, mtime: new Date(1980, 0, 1), forceDosTimestamp: true });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function contentOf(zip: ReadableZip, member: ZipMember): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of zip.content(member, longestDocument)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parsed(bytes: Buffer, file: ArtifactFile, name: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/u, ''));
  } catch (cause) {
    throw malformed(file)(`${name} in it is not JSON`, cause);
  }
}

function malformed({ path }: ArtifactFile): Malformed {
  return (why, cause) =>
    new MigratorError('PACKAGE_MALFORMED', `${path} is not the export of a SnapLogic project: ${why}`, { cause });
}
