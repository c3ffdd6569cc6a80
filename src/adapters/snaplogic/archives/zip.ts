import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import * as yauzl from 'yauzl';
import * as yazl from 'yazl';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { ArtifactFile, ByteStream } from '../../../ports/artifact.ts';

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
  const zip = await opened(file, signal);
  const entries = new Map<string, yauzl.Entry>();
  for await (const [name, entry] of entriesOf(zip, file)) if (names.includes(name)) entries.set(name, entry);
  const documents = new Map<string, unknown>();
  for (const [name, entry] of entries) documents.set(name, parsed(await contentOf(zip, file, name, entry), file, name));
  return documents;
}

/** The paths of all members. PACKAGE_MALFORMED when it is no zip. */
export async function memberNames(file: ArtifactFile, signal: AbortSignal): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const [name] of entriesOf(await opened(file, signal), file)) names.add(name);
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

/** Reads parts of the file. Every part is checked, because a damaged zip can name places that no file can have. */
class FileReader extends yauzl.RandomAccessReader {
  readonly #file: ArtifactFile;
  readonly #size: number;
  readonly #signal: AbortSignal;

  constructor(file: ArtifactFile, size: number, signal: AbortSignal) {
    super();
    this.#file = file;
    this.#size = size;
    this.#signal = signal;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#part(start, end));
  }

  async *#part(start: number, end: number): AsyncGenerator<Buffer> {
    if (end > this.#size) throw malformed(this.#file, 'it is cut off');
    const file = this.#file;
    const part = file.range?.(start, end - start, this.#signal) ?? partOf(file.open(this.#signal), start, end);
    for await (const chunk of part) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  }
}

async function* partOf(stream: ByteStream, start: number, end: number): ByteStream {
  let at = 0;
  for await (const chunk of stream) {
    if (at + chunk.length > start) yield chunk.subarray(Math.max(0, start - at), end - at);
    at += chunk.length;
    if (at >= end) return;
  }
}

async function opened(file: ArtifactFile, signal: AbortSignal): Promise<yauzl.ZipFile> {
  let { size } = file;
  if (size === undefined) {
    size = 0;
    for await (const chunk of file.open(signal)) size += chunk.length;
  }
  // `decodeStrings` would refuse the whole zip for one name.
  const options = { autoClose: false, decodeStrings: false };
  try {
    return await yauzl.fromRandomAccessReaderPromise(new FileReader(file, size, signal), size, options);
  } catch (error) {
    throw faultOf(error, file, 'it is no zip, or a part of one');
  }
}

async function* entriesOf(zip: yauzl.ZipFile, file: ArtifactFile): AsyncGenerator<[string, yauzl.Entry]> {
  try {
    for await (const entry of zip.eachEntry()) {
      const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
      yield [yauzl.getFileNameLowLevel(flags, fileNameRaw, extraFields, true), entry];
    }
  } catch (error) {
    throw faultOf(error, file, 'its directory cannot be read');
  }
}

async function contentOf(zip: yauzl.ZipFile, file: ArtifactFile, name: string, entry: yauzl.Entry): Promise<Buffer> {
  if (entry.isEncrypted()) throw malformed(file, `${name} in it is encrypted`);
  if (!entry.canDecodeFileData()) {
    throw malformed(file, `${name} in it is packed in a way that is not known (${entry.compressionMethod})`);
  }
  if (Math.max(entry.compressedSize, entry.uncompressedSize) > longestDocument) {
    throw malformed(file, `${name} in it is too long`);
  }
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    throw faultOf(error, file, `${name} in it is damaged`);
  }
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) throw malformed(file, `${name} in it is damaged`);
  return bytes;
}

function parsed(bytes: Buffer, file: ArtifactFile, name: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/u, ''));
  } catch (cause) {
    throw malformed(file, `${name} in it is not JSON`, cause);
  }
}

/** A failure of the disk or a cancellation stays what it is; anything else is a fault of the zip. */
function faultOf(error: unknown, file: ArtifactFile, why: string): unknown {
  return isMigratorError(error) ? error : malformed(file, why, error);
}

function malformed({ path }: ArtifactFile, why: string, cause?: unknown): MigratorError {
  return new MigratorError('PACKAGE_MALFORMED', `${path} is not the export of a SnapLogic project: ${why}`, { cause });
}
