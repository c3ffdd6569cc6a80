/**
 * The text of a file that any editor or shell wrote: UTF-8, or UTF-16 as Windows PowerShell writes it. A byte order mark
 * is no part of the text.
 */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [first, second] = buffer;
  if (first === 0xfe && second === 0xff) return decoded('utf-16be', buffer);
  const isLittleEndian = (first === 0xff && second === 0xfe) || (isWide(buffer, 1) && !isWide(buffer, 0));
  if (isLittleEndian) return decoded('utf-16le', buffer);
  return isWide(buffer, 0) && !isWide(buffer, 1) ? decoded('utf-16be', buffer) : decoded('utf-8', buffer);
}

/** Whether the text is UTF-16 of plain characters without a mark: every other byte is zero. */
function isWide(bytes: Buffer, zeroAt: 0 | 1): boolean {
  if (bytes.length < 2 || bytes.length % 2 !== 0) return false;
  for (let index = zeroAt; index < bytes.length; index += 2) if (bytes[index] !== 0) return false;
  return true;
}

function decoded(encoding: string, bytes: Uint8Array): string {
  return new TextDecoder(encoding).decode(bytes);
}
