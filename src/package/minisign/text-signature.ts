import { isMigratorError } from '../../errors.ts';
import type { PublicKey } from './public-key.ts';
import { parseSignature, type Signature } from './signature.ts';
import { isSignedBy } from './signing-key.ts';

/** The first of these keys that has signed the text. Undefined for another signer, and for what is no signature. */
export function signerOfText(text: string, signature: string, keys: readonly PublicKey[]): PublicKey | undefined {
  let parsed: Signature;
  try {
    parsed = parseSignature(Buffer.from(signature));
  } catch (error) {
    if (isMigratorError(error, 'PACKAGE_MALFORMED', 'PACKAGE_UNTRUSTED')) return undefined;
    throw error;
  }
  const message = Buffer.from(text);
  return keys.find((key) => key.keyId === parsed.keyId && isSignedBy(key, parsed, message));
}
