import type { ByteStream } from '../ports/artifact.ts';
import type { ByteSource } from '../ports/bytes.ts';

/** A package begins with the headers of its content, and ends with its manifest, sums and signature. */
const headBytes = 4096;
const tailBytes = 64 * 1024;

/**
 * Random access to bytes that come by ranges, from a store. The beginning and the end are read once each, because what a
 * package says of itself lies there.
 */
export function rangedSource(size: number, range: (start: number, end: number) => ByteStream): ByteSource {
  const tail = Math.max(0, size - tailBytes);
  const head = Math.min(headBytes, tail);
  const ends = new Map<number, Promise<Buffer>>();
  const endAt = (start: number, end: number): Promise<Buffer> => {
    const found = ends.get(start) ?? whole(range(start, end));
    ends.set(start, found);
    return found;
  };
  return {
    size,
    read: async (position, length) => {
      const end = Math.min(size, position + length);
      if (position >= end) return new Uint8Array(0);
      if (position >= tail) return (await endAt(tail, size)).subarray(position - tail, end - tail);
      if (end <= head) return (await endAt(0, head)).subarray(position, end);
      return whole(range(position, end));
    },
    stream: (start, end) => range(start, Math.min(end, size)),
  };
}

async function whole(stream: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
