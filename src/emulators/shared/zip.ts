// Reads and writes zip files, also those of more than 4 GiB or 65,535 members (zip64).
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import * as yauzl from 'yauzl';
import * as yazl from 'yazl';
import { messageOf } from './error-members.ts';

export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array;
}

/** Bytes of the largest member that is read. Documents and task logs are much smaller. */
const largestMember = 256 * 1024 * 1024;

const readSize = 64 * 1024;

/**
 * The bytes of a zip file. One member after the other is asked for and deflated. With a fixed date (1 January 1980, in
 * any time zone) equal members make equal bytes.
 */
export async function* writeZip(members: Iterable<ZipMember> | AsyncIterable<ZipMember>): AsyncGenerator<Uint8Array> {
  const zip = new yazl.ZipFile();
  const stop = new AbortController();
  const adding = async () => {
    for await (const { name, data } of members) {
      const content = Readable.from([Buffer.from(data)]);
      zip.addReadStream(content, name, { mtime: new Date(1980, 0, 1), forceDosTimestamp: true });
      await finished(content, { signal: stop.signal });
    }
    zip.end();
  };
  const added = adding().catch((error: unknown) => {
    if (!stop.signal.aborted) zip.outputStream.emit('error', error);
  });
  try {
    yield* zip.outputStream as AsyncIterable<Buffer>;
  } finally {
    stop.abort();
    await added;
  }
}

/** The zip file is damaged. The message goes into the log of a task. */
export class ZipDamage extends Error {
  override readonly name = 'ZipDamage';
}

/** Reads ranges of an open file. Every one is checked, because a damaged zip can name places that no file can have. */
class FileReader extends yauzl.RandomAccessReader {
  readonly #handle: FileHandle;
  readonly #size: number;

  constructor(handle: FileHandle, size: number) {
    super();
    this.#handle = handle;
    this.#size = size;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#range(start, end));
  }

  async *#range(start: number, end: number): AsyncGenerator<Buffer> {
    if (end > this.#size) throw new ZipDamage('The archive is damaged: it ends early.');
    for (let at = start; at < end;) {
      const { buffer, bytesRead } = await this.#handle.read({
        buffer: Buffer.alloc(Math.min(readSize, end - at)),
        position: at,
      });
      if (bytesRead === 0) throw new ZipDamage('The archive is damaged: it ends early.');
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }
}

async function contentOf(zip: yauzl.ZipFile, entry: yauzl.Entry, name: string): Promise<Buffer> {
  if (Math.max(entry.uncompressedSize, entry.compressedSize) > largestMember) {
    throw new ZipDamage(`The entry ${name} cannot be read.`);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) chunks.push(chunk);
  const data = Buffer.concat(chunks);
  if (crc32(data) !== entry.crc32) throw new ZipDamage(`The entry ${name} is damaged.`);
  return data;
}

/**
 * All members except folders, one at a time, each checked against its size and CRC-32. Names are passed on as they are,
 * also names that lead out of a folder. Fails with ZipDamage.
 */
export async function* readZip(file: string): AsyncGenerator<ZipMember> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    // `decodeStrings` would refuse a whole zip for one name.
    const options = { autoClose: false, decodeStrings: false };
    const zip = await yauzl.fromRandomAccessReaderPromise(new FileReader(handle, size), size, options);
    for await (const entry of zip.eachEntry()) {
      const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
      const name = yauzl.getFileNameLowLevel(flags, fileNameRaw, extraFields, true);
      if (!name.endsWith('/')) yield { name, data: await contentOf(zip, entry, name) };
    }
  } catch (error) {
    throw error instanceof ZipDamage ? error : new ZipDamage(`The archive is damaged: ${messageOf(error)}`);
  } finally {
    await handle.close();
  }
}
