import { MigratorError } from '../../errors.ts';
import type { Random } from '../../ports/runtime.ts';
import type { Secret } from '../../secret.ts';
import { decodeArmor, encodeArmor, isArmored } from './armor.ts';
import { decryptAge } from './decrypt.ts';
import { encryptAge } from './encrypt.ts';
import { parseIdentity, type Identity } from './x25519.ts';

/**
 * Reads an identity file of `age-keygen`: a key on each line, with comments and empty lines. CONFIG_INVALID otherwise.
 */
export function parseIdentities(text: string, name = 'the identity file'): readonly Identity[] {
  const identities: Identity[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const identity = parseIdentity(line);
    // The line is not shown: it may be a secret key with a typing error in it.
    if (identity === undefined) throw unreadable(name, `line ${index + 1} is not an X25519 identity`);
    identities.push(identity);
  }
  if (identities.length === 0) throw unreadable(name, 'it contains no identity');
  return identities;
}

/** 1 GiB. The file is the user's own, and some tools choose the cost by the speed of the machine. */
const ownWorkFactor = 20;

/** The same for a file that `age -p` may have encrypted with a passphrase, armored or not. */
export async function openIdentityFile(
  bytes: Uint8Array,
  passphrase: () => Promise<Secret | undefined>,
  name?: string,
): Promise<readonly Identity[]> {
  const file = isArmored(bytes) ? decodeArmor(bytes) : bytes;
  if (!Buffer.from(file.subarray(0, 19)).equals(Buffer.from('age-encryption.org/'))) {
    return parseIdentities(Buffer.from(bytes).toString('utf8'), name);
  }
  const one = async function* () {
    yield await Promise.resolve(file);
  };
  const pieces: Uint8Array[] = [];
  const keys = { identities: [], passphrase, maxWorkFactor: ownWorkFactor, what: name ?? 'the identity file' };
  for await (const piece of decryptAge(one(), keys)) pieces.push(piece);
  return parseIdentities(Buffer.concat(pieces).toString('utf8'), name);
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

/** The same behind a passphrase, as `age -p -a` writes it: text, so that a variable can hold it. */
export async function printLockedIdentity(
  identity: Identity,
  createdAt: Date,
  passphrase: Secret,
  random: Random,
): Promise<string> {
  const plain = async function* () {
    yield await Promise.resolve(Buffer.from(printIdentity(identity, createdAt)));
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of encryptAge(plain(), { passphrase }, random)) pieces.push(Uint8Array.from(piece));
  return encodeArmor(Buffer.concat(pieces));
}

function unreadable(name: string, why: string): MigratorError {
  return new MigratorError('CONFIG_INVALID', `${name} is not readable: ${why}`, {
    hint: 'give a file with lines that begin with AGE-SECRET-KEY-1; keys of plugins and SSH keys are not supported',
  });
}
