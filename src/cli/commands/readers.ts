import type { SealedFacts as ReportedPackage } from '../../core/report/facts.ts';
import type { SealedSource } from '../../core/steps/trust-package.ts';
import { type Manifest, type SealedPackage, vouch } from '../../package/index.ts';
import type { Context } from '../context.ts';
import { keyRing, type Reader } from '../keys/key-ring.ts';

/** What the user's keys say about a package that was just sealed. */
export interface SealedFacts {
  /** Empty for a package that is not encrypted to recipients. */
  readonly readers: readonly Reader[];
  readonly signerName: string | undefined;
}

export async function sealedFacts({ manifest, signer }: SealedPackage, context: Context): Promise<SealedFacts> {
  const ring = await keyRing(context);
  return { readers: await ring.readers(manifest.content.recipients), signerName: await ring.nameOf(signer) };
}

/** Who can open a package. */
export const readersOf = async ({ content }: Manifest, context: Context): Promise<readonly Reader[]> =>
  (await keyRing(context)).readers(content.recipients);

/** The facts of a package that a run has verified: what its report says of it. */
export async function vouchedFacts({ bytes, trust }: SealedSource, context: Context): Promise<ReportedPackage> {
  const { manifest, contentSha256, signer } = await vouch(bytes, trust);
  return { manifest, size: bytes.size, contentSha256, signer, readers: await readersOf(manifest, context) };
}

/** `alice (9041498F41F08E29)`, or the key id alone. */
export const signerWords = (keyId: string, name: string | undefined): string =>
  name === undefined || name === keyId ? keyId : `${name} (${keyId})`;

/** `age1qyqs…4k7q8z`: enough to tell two keys apart, and short enough for a line. */
export const shortKey = (recipient: string): string =>
  recipient.length <= 18 ? recipient : `${recipient.slice(0, 10)}…${recipient.slice(-6)}`;

/** Who can open a package, in words: a group by its name where all of its keys in the package belong to it. */
export function describeReaders(readers: readonly Reader[]): string {
  if (readers.length > 0 && readers.every(({ you }) => you))
    return 'only you can open this; for others: --recipient <key> --recipient me';
  const others = readers.filter(({ you }) => !you);
  const inGroups = [...new Set(others.flatMap(({ groups }) => groups.slice(0, 1)))];
  const names = [
    ...(others.length < readers.length ? ['you'] : []),
    ...inGroups.map((name) => {
      const count = others.filter(({ groups }) => groups[0] === name).length;
      return `${name} (${count} ${count === 1 ? 'key' : 'keys'})`;
    }),
    ...others.filter(({ groups }) => groups.length === 0).map(({ recipient }) => shortKey(recipient)),
  ];
  return `for ${listed(names)}${others.length === readers.length ? '; you cannot open it' : ''}`;
}

function listed(names: readonly string[]): string {
  const shown = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} others`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
