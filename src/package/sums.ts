import { manifestMember } from './format.ts';
import { malformed } from './refusal.ts';

export interface Sums {
  /** SHA-256, lower-case hex. */
  readonly content: string;
  readonly manifest: string;
}

/** SHA256SUMS as `sha256sum -c` reads it: a line for the content and a line for the manifest. §4.1 */
export function printSums(member: string, sums: Sums): string {
  return `${sums.content}  ${member}\n${sums.manifest}  ${manifestMember}\n`;
}

/** Accepts exactly what `printSums` writes: no further line, no CR, no other name, no upper case, no other order. */
export function parseSums(bytes: Uint8Array, member: string): Sums {
  const text = Buffer.from(bytes).toString('latin1');
  const [content = '', manifest = ''] = text.split('\n').map((line) => line.slice(0, 64));
  const sums = { content, manifest };
  const isHex = /^[0-9a-f]{64}$/;
  if (!isHex.test(content) || !isHex.test(manifest) || printSums(member, sums) !== text) {
    throw malformed('sums', `SHA256SUMS does not consist of the two lines for "${member}" and "${manifestMember}"`);
  }
  return sums;
}
