import { crc32, inflateRawSync } from 'node:zlib';
import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';

// Records of the ZIP file format: local file header (4.3.7), central directory header (4.3.12), its end (4.3.16).
const localLength = 30;
const centralLength = 46;
const endLength = 22;
const endMark = Buffer.from('PK\x05\x06', 'latin1');
const centralMark = 0x02014b50;
const longestEnd = endLength + 65_535;
const longestDirectory = 32 * 1024 * 1024;
/** Documents are read into memory. The product writes no document as large as this. */
const longestDocument = 256 * 1024 * 1024;

interface Member {
  readonly method: number;
  readonly packed: number;
  readonly at: number;
}

/**
 * Those of the named documents that a zip holds, as parsed JSON. The stream is read several times, so the zip need not
 * fit into memory. PACKAGE_MALFORMED when the file is no zip.
 */
export async function documentsOf(
  file: ArtifactFile,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  const { size, tail } = await ending(file, signal);
  const directory = await directoryOf(file, size, tail, signal);
  const documents = new Map<string, unknown>();
  for (const name of names) {
    const member = directory.get(name);
    if (member !== undefined) documents.set(name, parsed(await contentOf(file, name, member, signal), file, name));
  }
  return documents;
}

/** The paths of all members. PACKAGE_MALFORMED when it is no zip. */
export async function memberNames(file: ArtifactFile, signal: AbortSignal): Promise<readonly string[]> {
  const { size, tail } = await ending(file, signal);
  return [...(await directoryOf(file, size, tail, signal)).keys()];
}

// The first day that a zip can store, and the flag for names in UTF-8 (4.4.4, bit 11).
const firstDay = 0x21;
const utf8Names = 0x800;

/** A zip of small files, stored without compression. The same files give the same bytes. */
export function packed(files: readonly { readonly name: string; readonly bytes: Buffer }[]): Buffer {
  const [members, directory]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const { name, bytes } of files) {
    const path = Buffer.from(name, 'utf8');
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(utf8Names, 2);
    common.writeUInt16LE(firstDay, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(path.length, 22);
    members.push(Buffer.from('PK\x03\x04', 'latin1'), common, path, bytes);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, more, path);
    at += localLength + path.length + bytes.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(endLength);
  endMark.copy(end);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...members, list, end]);
}

async function ending(
  file: ArtifactFile,
  signal: AbortSignal,
): Promise<{ readonly size: number; readonly tail: Buffer }> {
  let size = 0;
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of file.open(signal)) {
    size += chunk.length;
    tail = Buffer.concat([tail, chunk]);
    tail = tail.subarray(Math.max(0, tail.length - longestEnd));
  }
  return { size, tail };
}

async function directoryOf(
  file: ArtifactFile,
  size: number,
  tail: Buffer,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Member>> {
  const end = tail.lastIndexOf(endMark);
  if (end < 0 || end + endLength > tail.length) throw malformed(file, 'it is no zip, or a part of one');
  const length = tail.readUInt32LE(end + 12);
  const start = tail.readUInt32LE(end + 16);
  if (length > longestDirectory || start + length > size) throw malformed(file, 'its directory cannot be read');
  const bytes = await range(file, start, length, signal);
  const members = new Map<string, Member>();
  for (let at = 0; at + centralLength <= bytes.length && bytes.readUInt32LE(at) === centralMark;) {
    const [name, extra, comment] = [
      bytes.readUInt16LE(at + 28),
      bytes.readUInt16LE(at + 30),
      bytes.readUInt16LE(at + 32),
    ];
    members.set(bytes.subarray(at + centralLength, at + centralLength + name).toString('utf8'), {
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      at: bytes.readUInt32LE(at + 42),
    });
    at += centralLength + name + extra + comment;
  }
  return members;
}

async function contentOf(
  file: ArtifactFile,
  name: string,
  { method, packed, at }: Member,
  signal: AbortSignal,
): Promise<Buffer> {
  if (packed > longestDocument) throw malformed(file, `${name} in it is too long`);
  const head = await range(file, at, localLength, signal);
  const skipped = localLength + head.readUInt16LE(26) + head.readUInt16LE(28);
  const bytes = await range(file, at + skipped, packed, signal);
  if (method === 0) return bytes;
  if (method !== 8) throw malformed(file, `${name} in it is packed in a way that is not known (${method})`);
  try {
    return inflateRawSync(bytes, { maxOutputLength: longestDocument });
  } catch (cause) {
    throw malformed(file, `${name} in it is damaged`, cause);
  }
}

/** A part of the file. PACKAGE_MALFORMED when the file ends before it. */
async function range(file: ArtifactFile, start: number, length: number, signal: AbortSignal): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let at = 0;
  for await (const chunk of file.open(signal)) {
    const from = Math.max(0, start - at);
    const to = Math.min(chunk.length, start + length - at);
    if (from < to) parts.push(chunk.subarray(from, to));
    at += chunk.length;
    // The file is read to its end, because only then the package was checked whole.
  }
  const bytes = Buffer.concat(parts);
  if (bytes.length < length) throw malformed(file, 'it is cut off');
  return bytes;
}

function parsed(bytes: Buffer, file: ArtifactFile, name: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/u, ''));
  } catch (cause) {
    throw malformed(file, `${name} in it is not JSON`, cause);
  }
}

function malformed({ path }: ArtifactFile, why: string, cause?: unknown): MigratorError {
  return new MigratorError('PACKAGE_MALFORMED', `${path} is not the export of a SnapLogic project: ${why}`, { cause });
}
