import { Readable, pipeline } from 'node:stream';
import { createGunzip, gzip } from 'node:zlib';
import type { ByteStream } from '../../ports/artifact.ts';
import { blocksAtOnce, inParallel } from '../../streams/in-parallel.ts';
import { batchBytes } from '../format.ts';
import { malformed } from '../refusal.ts';

/** zlib's default is 6. Level 4 takes three fifths of the time, and the files are an eleventh larger. */
const level = 4;

/** The field of a gzip header for the operating system, and its value for "unknown". RFC 1952, 2.3.1 */
const systemField = 9;
const unknownSystem = 0xff;

/**
 * Each piece becomes a gzip member of its own, so that several are compressed at once. gunzip reads them as one file.
 * Headers hold no system and no time: every platform with the same zlib gives the same bytes.
 */
export function compressGzip(pieces: ByteStream): ByteStream {
  return inParallel(pieces, blocksAtOnce, gzipMember);
}

export function gzipMember(piece: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(piece, { level, chunkSize: batchBytes + 1024 }, (error, member) => {
      if (error !== null) {
        reject(error);
        return;
      }
      member[systemField] = unknownSystem;
      resolve(member);
    });
  });
}

/** Reads any number of members. PACKAGE_MALFORMED when any byte does not belong to one. */
export async function* decompressGzip(packed: ByteStream): AsyncGenerator<Uint8Array, void> {
  let fed = 0;
  let failure: Error | undefined;
  const counted = async function* () {
    try {
      for await (const chunk of packed) {
        fed += chunk.length;
        yield chunk;
      }
    } catch (error) {
      failure = error instanceof Error ? error : new Error('the source failed', { cause: error });
      throw failure;
    }
  };
  const gunzip = createGunzip({ chunkSize: batchBytes });
  pipeline(Readable.from(counted(), { objectMode: false }), gunzip, () => {
    // pipeline destroys gunzip with any failure, so the loop below throws it.
  });
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (error) {
    if (failure !== undefined) throw failure;
    throw broken(error);
  }
  if (fed === 0 || gunzip.bytesWritten !== fed) throw broken(undefined);
}

function broken(cause: unknown): Error {
  return malformed('compression', 'the compressed content is not valid gzip', { cause });
}
