import type { ByteStream } from '../../ports/artifact.ts';
import type { Secret } from '../../secret.ts';
import { ByteReader } from '../byte-reader.ts';
import { locked } from '../refusal.ts';
import { nonceBytes } from './encrypt.ts';
import { checkMac, derive, headerFault, readHeader, type Stanza } from './header.ts';
import { passphraseStanza, unwrapWithPassphrase, workFactor } from './passphrase.ts';
import { decryptChunks } from './stream.ts';
import type { Identity } from './x25519.ts';

export interface DecryptionKeys {
  readonly identities: readonly Identity[];
  /** Called only for a content that is locked with a passphrase. Gives undefined when the user has none. */
  readonly passphrase?: () => Promise<Secret | undefined>;
  /** log2 of the largest scrypt cost; more is refused before any memory is taken. Default: what migrator writes. */
  readonly maxWorkFactor?: number;
  /** What they open, for messages. Default: the package. */
  readonly what?: string;
}

/**
 * The content of an age v1 file, in pieces that are proven genuine. With `reuseMemory` a piece keeps its bytes until
 * the third piece after it is asked for. PACKAGE_LOCKED when no key fits.
 */
export async function* decryptAge(
  sealed: ByteStream,
  keys: DecryptionKeys,
  reuseMemory = false,
): AsyncGenerator<Uint8Array, void> {
  const reader = new ByteReader(sealed);
  try {
    const header = await readHeader(reader);
    const fileKey = await unwrap(header.stanzas, keys);
    checkMac(header, fileKey);
    if (!(await reader.fill(nonceBytes))) throw headerFault('it is cut short');
    const key = derive(fileKey, reader.take(nonceBytes), 'payload');
    yield* decryptChunks(reader, key, reuseMemory);
  } finally {
    await reader.close();
  }
}

async function unwrap(stanzas: readonly Stanza[], keys: DecryptionKeys): Promise<Uint8Array> {
  const { what = 'the package' } = keys;
  const locks = stanzas.filter(({ type }) => type === passphraseStanza);
  const [lock] = locks;
  if (lock === undefined) return unwrapWithIdentities(stanzas, keys.identities, what);
  // age allows a passphrase only as the single recipient of a file.
  if (stanzas.length > 1) throw headerFault('it has a passphrase and other recipients');
  const fileKey = await unwrapWithPassphrase(lock, () => ask(keys, what), keys.maxWorkFactor ?? workFactor);
  if (fileKey === undefined)
    throw locked('key', `the passphrase does not open ${what}`, { hint: 'try again with the right one' });
  return fileKey;
}

async function ask({ passphrase }: DecryptionKeys, what: string): Promise<Secret> {
  const answer = await passphrase?.();
  if (answer === undefined) {
    throw locked('key', `${what} is locked with a passphrase, and none was given`, { hint: 'give the passphrase' });
  }
  return answer;
}

function unwrapWithIdentities(stanzas: readonly Stanza[], identities: readonly Identity[], what: string): Uint8Array {
  let found: Uint8Array | undefined;
  for (const identity of identities) {
    // All stanzas are read, so that a malformed one is refused wherever it is.
    for (const stanza of stanzas) found = identity.unwrap(stanza) ?? found;
  }
  if (found !== undefined) return found;
  if (identities.length === 0) {
    throw locked('key', `${what} is encrypted, and there is no identity that could open it`, {
      hint: 'give the age identity of one of its recipients with --identity; "migrator package inspect" names the recipients',
    });
  }
  throw locked('key', `none of the identities (${identities.length}) opens ${what}`, {
    hint: 'it is sealed for other recipients, and "migrator package inspect" names them: give the identity of one with --identity, or have it sealed for you with --recipient',
  });
}
