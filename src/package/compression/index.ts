import type { ByteStream } from '../../ports/artifact.ts';
import type { Compression } from '../format.ts';
import { compressGzip, decompressGzip, gzipMember } from './gzip.ts';
import { compressZstd, decompressZstd } from './zstd.ts';

const compressors: Record<Compression, (pieces: ByteStream) => ByteStream> = {
  gzip: compressGzip,
  zstd: compressZstd,
  none: (pieces) => pieces,
};

const decompressors: Record<Compression, (packed: ByteStream) => ByteStream> = {
  gzip: decompressGzip,
  zstd: decompressZstd,
  none: (packed) => packed,
};

export function compress(pieces: ByteStream, compression: Compression): ByteStream {
  return compressors[compression](pieces);
}

export function decompress(packed: ByteStream, compression: Compression): ByteStream {
  return decompressors[compression](packed);
}

/** Compression is worth its time when the packed size is below this part of the size. */
const worthwhileRatio = 0.97;

/** gzip; or none when the first piece hardly shrinks, because it is already packed or encrypted. */
export async function chooseCompression(firstPiece: Uint8Array): Promise<Compression> {
  const packed = await gzipMember(firstPiece);
  return packed.length < firstPiece.length * worthwhileRatio ? 'gzip' : 'none';
}
