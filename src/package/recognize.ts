import type { ByteSource } from '../ports/bytes.ts';

/**
 * Whether a file is to be treated as a package. Any tar is, and any file that begins with a package's first name: a damaged
 * package must be refused as such and not pass as something else.
 */
export async function looksLikePackage(source: ByteSource): Promise<boolean> {
  const head = Buffer.from(await source.read(0, 512)).toString('latin1');
  return head.startsWith('content.tar') || head.slice(257, 262) === 'ustar';
}
