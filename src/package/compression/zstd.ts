import * as zlib from 'node:zlib';
import { MigratorError } from '../../errors.ts';
import type { ByteStream } from '../../ports/artifact.ts';
import { blocksAtOnce, inParallel } from '../../streams/in-parallel.ts';
import { ByteReader } from '../byte-reader.ts';
import { batchBytes } from '../format.ts';
import { malformed } from '../refusal.ts';

type Done = (error: Error | null, result: Uint8Array) => void;
/** In node:zlib since Node 22.15; the type definitions of Node 20 lack it. */
interface Zstd {
  zstdCompress: (piece: Uint8Array, options: { chunkSize: number }, done: Done) => void;
  zstdDecompress: (frame: Uint8Array, options: { chunkSize: number; maxOutputLength: number }, done: Done) => void;
}

/** Frame and block header fields: RFC 8878, 3.1.1. */
const magic = 0xfd2fb528;
const frameHeaderBytes = { min: 2, max: 14 };
const blockHeaderBytes = 3;
const runLengthBlock = 1;
const reservedBlock = 3;
/** A frame holds at most one piece; incompressible pieces grow a little. */
const maxFrameBytes = batchBytes + 64 * 1024;

export function hasZstd(): boolean {
  return 'zstdCompress' in zlib;
}

function zstd(): Zstd {
  if (hasZstd()) return zlib as unknown as Zstd;
  throw new MigratorError('UNSUPPORTED', 'this version of Node.js has no zstd', {
    hint: 'run migrator on Node.js 22.15 or newer, or seal with gzip',
  });
}

/** Each piece becomes a frame of its own, and several are compressed at once. zstd reads them as one file. */
export function compressZstd(pieces: ByteStream): ByteStream {
  const { zstdCompress } = zstd();
  return inParallel(
    pieces,
    blocksAtOnce,
    (piece) =>
      new Promise<Uint8Array>((resolve, reject) => {
        zstdCompress(piece, { chunkSize: maxFrameBytes }, (error, frame) => {
          if (error === null) resolve(frame);
          else reject(error);
        });
      }),
  );
}

/** Reads frames as `compressZstd` makes them, several at once. No frame may hold more than one piece. */
export function decompressZstd(packed: ByteStream): ByteStream {
  const { zstdDecompress } = zstd();
  return inParallel(
    frames(packed),
    blocksAtOnce,
    (frame) =>
      new Promise<Uint8Array>((resolve, reject) => {
        zstdDecompress(frame, { chunkSize: batchBytes, maxOutputLength: batchBytes }, (cause, piece) => {
          if (cause === null) resolve(piece);
          else reject(malformed('compression', 'the compressed content is not valid zstd', { cause }));
        });
      }),
  );
}

async function* frames(packed: ByteStream): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader(packed);
  try {
    if (!(await reader.fill(1))) throw broken();
    while (await reader.fill(1)) yield await nextFrame(reader);
  } finally {
    await reader.close();
  }
}

/** The next frame, whose end is found by its block headers, without decompressing it. */
async function nextFrame(reader: ByteReader): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const need = async (count: number): Promise<Buffer> => {
    size += count;
    if (size > maxFrameBytes || !(await reader.fill(count))) throw broken();
    const part = Buffer.from(reader.take(count));
    parts.push(part);
    return part;
  };
  const start = await need(4 + 1);
  if (start.readUInt32LE(0) !== magic) throw broken();
  const descriptor = start.readUInt8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeField = descriptor >> 6;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSizeBytes = sizeField === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeField;
  const rest = (isSingleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes;
  if (rest + 1 < frameHeaderBytes.min - 1 || rest + 1 > frameHeaderBytes.max) throw broken();
  if (rest > 0) await need(rest);
  for (let isLast = false; !isLast;) {
    const header = (await need(blockHeaderBytes)).readUIntLE(0, blockHeaderBytes);
    isLast = (header & 1) === 1;
    const type = (header >> 1) & 3;
    if (type === reservedBlock) throw broken();
    const blockSize = type === runLengthBlock ? 1 : header >> 3;
    if (blockSize > 0) await need(blockSize);
  }
  if (hasChecksum) await need(4);
  return Buffer.concat(parts);
}

function broken(): Error {
  return malformed('compression', 'the compressed content is not valid zstd');
}
