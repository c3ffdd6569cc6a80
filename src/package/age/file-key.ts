import { sodium } from '../sodium.ts';

/** Each age file has a key of its own. A stanza holds it, wrapped for one recipient. */
export const fileKeyBytes = 16;
const tagBytes = 16;
export const wrappedKeyBytes = fileKeyBytes + tagBytes;

/** The wrapping key is used once, so the nonce may be zero. */
const zeroNonce = new Uint8Array(12);

export function wrapKey(fileKey: Uint8Array, key: Uint8Array): Uint8Array {
  return sodium.crypto_aead_chacha20poly1305_ietf_encrypt(fileKey, null, null, zeroNonce, key);
}

/** Undefined when the key is not the right one. */
export function unwrapKey(wrapped: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  try {
    return sodium.crypto_aead_chacha20poly1305_ietf_decrypt(null, wrapped, null, zeroNonce, key);
  } catch {
    // libsodium does not say why, so neither can we.
    return undefined;
  }
}
