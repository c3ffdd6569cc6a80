import type { ByteSource } from '../../ports/bytes.ts';

const sampleBytes = 64 * 1024;
/** A random file of the size of the sample has hundreds of line feeds alone. */
const fewestLines = 4;

/**
 * Whether a shell took the bytes for text: it wrote them as UTF-16, put a mark before them, replaced what is no text, or
 * ended each line with CR LF.
 */
export async function isRewritten(source: ByteSource): Promise<boolean> {
  const bytes = Buffer.from(await source.read(0, Math.min(sampleBytes, source.size)));
  if (beginsAsText(bytes)) return true;
  let lines = 0;
  let alone = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at - 1] === 0x0d) lines += 1;
    else alone += 1;
  }
  const isReplaced = bytes.indexOf(Buffer.from('\ufffd\ufffd')) !== -1;
  return (alone === 0 && lines >= fewestLines) || (isReplaced && bytes.subarray(0, 11).toString() === 'content.tar');
}

/** `content.tar` with a byte order mark, or in two bytes for each character. */
export function beginsAsText(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const name = 'content.tar';
  return [`\ufeff${name}`, name]
    .flatMap((text) => [
      Buffer.from(text, 'utf16le'),
      Buffer.from(text, 'utf16le').swap16(),
      Buffer.from(`\ufeff${name}`),
    ])
    .some((start) => bytes.subarray(0, start.length).equals(start));
}
