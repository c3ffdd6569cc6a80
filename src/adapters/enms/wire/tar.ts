import { gunzipSync } from 'node:zlib';

const block = 512;
/** Larger folders are read file by file. */
export const mostBytes = 512 * 1024 * 1024;

/**
 * The files at the root of an archive of a folder, which may be compressed with gzip. Undefined when it is no whole tar
 * archive. Python writes a header of its own before each file, with its time; such headers are left out.
 */
export function filesIn(bytes: Buffer): ReadonlyMap<string, Buffer> | undefined {
  const tar = unpacked(bytes);
  if (tar === undefined) return undefined;
  const files = new Map<string, Buffer>();
  let at = 0;
  while (at + block <= tar.length && tar[at] !== 0) {
    const size = Number.parseInt(textAt(tar, at + 124, 12).trim() || '0', 8);
    if (!Number.isSafeInteger(size) || textAt(tar, at + 257, 5) !== 'ustar') return undefined;
    const kind = textAt(tar, at + 156, 1);
    const name = textAt(tar, at, 100).replace(/^(?:\.?\/)+/, '');
    const end = at + block + size;
    if ((kind === '0' || kind === '') && name !== '' && !name.includes('/'))
      files.set(name, tar.subarray(at + block, end));
    at = end + ((block - (size % block)) % block);
  }
  // An archive ends with empty blocks. One that is cut off does not.
  return at + block <= tar.length ? files : undefined;
}

function unpacked(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch {
    return undefined;
  }
}

function textAt(bytes: Buffer, start: number, length: number): string {
  const text = bytes.toString('utf8', start, start + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
