import { MigratorError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import { decodeArmor, isArmored } from './armor.ts';
import { decryptAge } from './decrypt.ts';
import { parseIdentity, type Identity } from './x25519.ts';

/**
 * Reads an identity file of `age-keygen`: a key on each line, with comments and empty lines. CONFIG_INVALID otherwise.
 */
export function parseIdentities(text: string): readonly Identity[] {
  const identities: Identity[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const identity = parseIdentity(line);
    // The line is not shown: it may be a secret key with a typing error in it.
    if (identity === undefined) throw unreadable(`line ${index + 1} is no X25519 identity`);
    identities.push(identity);
  }
  if (identities.length === 0) throw unreadable('it contains no identity');
  return identities;
}

/** 1 GiB. The file is the user's own, and some tools choose the cost by the speed of the machine. */
const ownWorkFactor = 20;

/** The same for a file that `age -p` may have encrypted with a passphrase, armored or not. */
export async function openIdentityFile(
  bytes: Uint8Array,
  passphrase: () => Promise<Secret | undefined>,
): Promise<readonly Identity[]> {
  const file = isArmored(bytes) ? decodeArmor(bytes) : bytes;
  if (!Buffer.from(file.subarray(0, 19)).equals(Buffer.from('age-encryption.org/'))) {
    return parseIdentities(Buffer.from(bytes).toString('utf8'));
  }
  const one = async function* () {
    yield await Promise.resolve(file);
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of decryptAge(one(), { identities: [], passphrase, maxWorkFactor: ownWorkFactor }))
    pieces.push(piece);
  return parseIdentities(Buffer.concat(pieces).toString('utf8'));
}

/** As `age-keygen` writes it. */
export function printIdentity(identity: Identity, createdAt: Date): string {
  return [
    `# created: ${createdAt.toISOString()}`,
    `# public key: ${identity.recipient.toString()}`,
    identity.secret().reveal(),
    '',
  ].join('\n');
}

function unreadable(why: string): MigratorError {
  return new MigratorError('CONFIG_INVALID', `the identity file is not readable: ${why}`, {
    hint: 'give a file with lines that begin with AGE-SECRET-KEY-1; keys of plugins and SSH keys are not supported',
  });
}
