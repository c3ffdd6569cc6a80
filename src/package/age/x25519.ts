import { MigratorError } from '../../errors.ts';
import type { Random } from '../../ports/runtime.ts';
import { Secret } from '../../secret.ts';
import { sodium } from '../sodium.ts';
import { decodeBech32, encodeBech32 } from './bech32.ts';
import { unwrapKey, wrapKey, wrappedKeyBytes } from './file-key.ts';
import { decodeBase64, derive, encodeBase64, headerFault, type Stanza } from './header.ts';

const recipientPrefix = 'age';
const identityPrefix = 'age-secret-key-';
const stanzaType = 'X25519';
const keyBytes = 32;

/** A public key to seal for: `age1…`. */
export class Recipient {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  toString(): string {
    return encodeBech32(recipientPrefix, this.#key);
  }

  toJSON(): string {
    return this.toString();
  }

  wrap(fileKey: Uint8Array, random: Random): Stanza {
    const ephemeral = random.bytes(keyBytes);
    const share = sodium.crypto_scalarmult_base(ephemeral);
    const shared = sodium.crypto_scalarmult(ephemeral, this.#key);
    const body = wrapKey(
      fileKey,
      derive(shared, Buffer.concat([share, this.#key]), `age-encryption.org/v1/${stanzaType}`),
    );
    return { type: stanzaType, args: [encodeBase64(share)], body };
  }
}

/** A secret key to open with: `AGE-SECRET-KEY-1…`. Prints as its recipient. */
export class Identity {
  readonly recipient: Recipient;
  readonly #secret: Uint8Array;
  readonly #public: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#secret = secret;
    this.#public = sodium.crypto_scalarmult_base(secret);
    this.recipient = new Recipient(this.#public);
  }

  secret(): Secret {
    return new Secret(encodeBech32(identityPrefix, this.#secret).toUpperCase());
  }

  toJSON(): { readonly recipient: string } {
    return { recipient: this.recipient.toString() };
  }

  /** The file key, or undefined when the stanza is not for this identity. */
  unwrap({ type, args, body }: Stanza): Uint8Array | undefined {
    if (type !== stanzaType) return undefined;
    const share = args.length === 1 ? decodeBase64(args[0] ?? '') : undefined;
    if (share?.length !== keyBytes || body.length !== wrappedKeyBytes)
      throw headerFault('an X25519 recipient is not well-formed');
    return unwrapKey(
      body,
      derive(this.#shared(share), Buffer.concat([share, this.#public]), `age-encryption.org/v1/${stanzaType}`),
    );
  }

  #shared(share: Uint8Array): Uint8Array {
    try {
      return sodium.crypto_scalarmult(this.#secret, share);
    } catch {
      // libsodium refuses the few points that would make the shared secret the same for every key.
      throw headerFault('an X25519 recipient has a weak key share');
    }
  }
}

export function generateIdentity(random: Random): Identity {
  return new Identity(random.bytes(keyBytes));
}

export function parseRecipient(text: string): Recipient {
  const key = decodeBech32(recipientPrefix, text.trim());
  if (key?.length === keyBytes) return new Recipient(key);
  throw new MigratorError('CONFIG_INVALID', `"${text.trim().slice(0, 100)}" is not an age recipient`, {
    hint: 'give an X25519 public key, which begins with "age1"; keys of plugins and SSH keys are not supported',
  });
}

/** One `AGE-SECRET-KEY-1…`; undefined when it is none. */
export function parseIdentity(text: string): Identity | undefined {
  const secret = text === text.toUpperCase() ? decodeBech32(identityPrefix, text.toLowerCase()) : undefined;
  return secret?.length === keyBytes ? new Identity(secret) : undefined;
}
