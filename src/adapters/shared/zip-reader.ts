import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import * as yauzl from 'yauzl';
import { isMigratorError, type MigratorError } from '../../errors.ts';
import type { ArtifactFile, ByteStream } from '../../ports/artifact.ts';

/** PACKAGE_MALFORMED in the words of a product. `why` goes on after its name for the zip. */
export type Malformed = (why: string, cause?: unknown) => MigratorError;

/** A member of a zip, by its name as it is written there. */
export interface ZipMember {
  readonly name: string;
  readonly entry: yauzl.Entry;
}

export interface ReadableZip {
  /** The directory of the zip, in its order. */
  members(): AsyncIterable<ZipMember>;
  /** The bytes of a member. At their end its checksum has been compared. `longest`: how many bytes it may unpack to. */
  content(member: ZipMember, longest: number): AsyncGenerator<Buffer, void>;
}

/** Reads only the parts of the zip that are asked for. PACKAGE_MALFORMED when the file is no zip, or is damaged. */
export async function readZip(file: ArtifactFile, malformed: Malformed, signal: AbortSignal): Promise<ReadableZip> {
  const faulty = (why: string) => (error: unknown) => {
    throw faultOf(error, why, malformed);
  };
  const zip = await opened(file, malformed, signal).catch(faulty('it is not a zip, or only a part of one'));
  return {
    members: async function* () {
      try {
        for await (const entry of zip.eachEntry()) {
          const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
          yield { name: yauzl.getFileNameLowLevel(flags, fileNameRaw, extraFields, true), entry };
        }
      } catch (error) {
        throw faultOf(error, 'its directory cannot be read', malformed);
      }
    },
    content: async function* ({ name, entry }, longest) {
      if (entry.isEncrypted()) throw malformed(`${name} in it is encrypted`);
      if (!entry.canDecodeFileData()) {
        throw malformed(`${name} in it is packed in a way that is not known (${entry.compressionMethod})`);
      }
      if (Math.max(entry.compressedSize, entry.uncompressedSize) > longest)
        throw malformed(`${name} in it is too long`);
      let sum = 0;
      try {
        for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
          sum = crc32(chunk, sum);
          yield chunk;
        }
      } catch (error) {
        throw faultOf(error, `${name} in it is damaged`, malformed);
      }
      if (sum !== entry.crc32) throw malformed(`${name} in it is damaged`);
    },
  };
}

/** Reads parts of the file. Every part is checked, because a damaged zip can name places that no file can have. */
class FileReader extends yauzl.RandomAccessReader {
  readonly #file: ArtifactFile;
  readonly #size: number;
  readonly #malformed: Malformed;
  readonly #signal: AbortSignal;

  constructor(file: ArtifactFile, size: number, malformed: Malformed, signal: AbortSignal) {
    super();
    this.#file = file;
    this.#size = size;
    this.#malformed = malformed;
    this.#signal = signal;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#part(start, end));
  }

  async *#part(start: number, end: number): AsyncGenerator<Buffer> {
    if (end > this.#size) throw this.#malformed('it is cut off');
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

async function opened(file: ArtifactFile, malformed: Malformed, signal: AbortSignal): Promise<yauzl.ZipFile> {
  let { size } = file;
  if (size === undefined) {
    size = 0;
    for await (const chunk of file.open(signal)) size += chunk.length;
  }
  // `decodeStrings` would refuse the whole zip for one name.
  const options = { autoClose: false, decodeStrings: false };
  return yauzl.fromRandomAccessReaderPromise(new FileReader(file, size, malformed, signal), size, options);
}

/** A failure of the disk or a cancellation stays what it is; anything else is a fault of the zip. */
function faultOf(error: unknown, why: string, malformed: Malformed): unknown {
  return isMigratorError(error) ? error : malformed(why, error);
}
