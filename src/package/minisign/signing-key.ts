import { createHash } from 'node:crypto';
import type { Random } from '../../ports/runtime.ts';
import { sodium } from '../sodium.ts';
import { keyNumberBytes, PublicKey } from './public-key.ts';
import { printSignature, type Signature } from './signature.ts';

const seedBytes = 32;

/** Signs packages. Its JSON shows only the key id; only `revealSecret` gives the secret away. */
export class SigningKey {
  readonly publicKey: PublicKey;
  /** For people; not part of the key. */
  readonly comment: string | undefined;
  readonly #secret: Uint8Array;

  /** `secret`: 32 bytes of seed, then the public key, as in libsodium and minisign. */
  constructor(keyNumber: Uint8Array, secret: Uint8Array, comment?: string) {
    this.publicKey = new PublicKey(keyNumber, secret.subarray(seedBytes));
    this.comment = comment;
    this.#secret = secret;
  }

  get keyId(): string {
    return this.publicKey.keyId;
  }

  toJSON(): { readonly keyId: string } {
    return { keyId: this.keyId };
  }

  revealSecret(): Uint8Array {
    return this.#secret;
  }

  /** The signature file of a message. */
  sign(message: Uint8Array, trustedComment: string): string {
    const signature = sodium.crypto_sign_detached(prehash(message), this.#secret);
    const globalSignature = sodium.crypto_sign_detached(globalMessage(signature, trustedComment), this.#secret);
    return printSignature({ keyId: this.keyId, signature, trustedComment, globalSignature });
  }
}

export function generateSigningKey(random: Random, comment?: string): SigningKey {
  const { privateKey } = sodium.crypto_sign_seed_keypair(random.bytes(seedBytes));
  return new SigningKey(random.bytes(keyNumberBytes), privateKey, comment);
}

/** Checks both signatures of the file: that of the message, and that of the first signature and the trusted comment. */
export function isSignedBy({ key }: PublicKey, signature: Signature, message: Uint8Array): boolean {
  return (
    sodium.crypto_sign_verify_detached(signature.signature, prehash(message), key) &&
    sodium.crypto_sign_verify_detached(
      signature.globalSignature,
      globalMessage(signature.signature, signature.trustedComment),
      key,
    )
  );
}

function prehash(message: Uint8Array): Uint8Array {
  return createHash('blake2b512').update(message).digest();
}

function globalMessage(signature: Uint8Array, trustedComment: string): Uint8Array {
  return Buffer.concat([signature, Buffer.from(trustedComment)]);
}
