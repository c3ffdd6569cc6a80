import { malformed, untrusted } from '../refusal.ts';
import { keyAlgorithm, keyNumberBytes, parseKeyId, printKeyId } from './public-key.ts';

/** A minisign signature file, in the one form that packages use (§4.2). */
export interface Signature {
  readonly keyId: string;
  /** Ed25519 over the BLAKE2b-512 of the signed file. */
  readonly signature: Uint8Array;
  readonly trustedComment: string;
  /** Ed25519 over signature and trusted comment. */
  readonly globalSignature: Uint8Array;
}

const prehashed = 'ED';
const signatureBytes = 64;
const trustedPrefix = 'trusted comment: ';

export function printSignature({ keyId, signature, trustedComment, globalSignature }: Signature): string {
  const line = Buffer.concat([Buffer.from(prehashed), parseKeyId(keyId), signature]).toString('base64');
  return [
    `untrusted comment: signature from migrator key ${keyId}`,
    line,
    `${trustedPrefix}${trustedComment}`,
    Buffer.from(globalSignature).toString('base64'),
    '',
  ].join('\n');
}

/** Accepts exactly what `printSignature` writes, also in the comment that minisign does not sign. */
export function parseSignature(bytes: Uint8Array): Signature {
  const text = Buffer.from(bytes).toString('latin1');
  const [, line = '', comment = '', last = ''] = text.split('\n');
  const blob = Buffer.from(line, 'base64');
  const algorithm = blob.toString('latin1', 0, 2);
  if (algorithm === keyAlgorithm && blob.length === 2 + keyNumberBytes + signatureBytes) {
    throw untrusted('signature', 'the package is signed with the legacy algorithm "Ed", which is not accepted', {
      hint: 'have it signed again by migrator, or by minisign 0.11 or newer',
    });
  }
  const parsed = {
    keyId: printKeyId(blob.subarray(2, 2 + keyNumberBytes)),
    signature: blob.subarray(2 + keyNumberBytes),
    trustedComment: comment.slice(trustedPrefix.length),
    globalSignature: Buffer.from(last, 'base64'),
  };
  const isWhole =
    algorithm === prehashed &&
    parsed.signature.length === signatureBytes &&
    parsed.globalSignature.length === signatureBytes;
  if (!isWhole || printSignature(parsed) !== text) {
    throw malformed('signature', 'SHA256SUMS.minisig is not a minisign signature in the form that packages use');
  }
  return parsed;
}
