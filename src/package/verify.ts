import type { ByteSource } from '../ports/bytes.ts';
import { interruptible } from './cancellation.ts';
import { checkSum, readEnvelope } from './inspect.ts';
import type { Manifest } from './manifest.ts';
import type { PublicKey } from './minisign/public-key.ts';
import type { Signature } from './minisign/signature.ts';
import { isSignedBy } from './minisign/signing-key.ts';
import { untrusted } from './refusal.ts';
import { createStreamHash } from './stream-hash.ts';
import type { Member } from './tar/container.ts';
import { checkTrustedComment } from './trusted-comment.ts';

export interface TrustPolicy {
  readonly trusted: readonly PublicKey[];
  /** Also take packages without a signature, or with that of somebody unknown. A wrong signature of a trusted key is refused all the same. */
  readonly allowUnsigned: boolean;
}

declare const proof: unique symbol;

/** Only `verify` makes one, and `open` takes nothing else. */
export interface VerifiedPackage {
  readonly [proof]: true;
  readonly manifest: Manifest;
  /** Who signed it; undefined when nobody did. `trusted` is false only under `allowUnsigned`. */
  readonly signer: { readonly keyId: string; readonly trusted: boolean } | undefined;
  /** SHA-256 of the content member, lower-case hex. */
  readonly contentSha256: string;
  /** Where the content lies in the package. */
  readonly content: Member;
}

/**
 * The first four steps of the policy (§5), in its order: container shape, signature and signer, sums, manifest.
 * `onProgress` counts the content's bytes. Errors: PACKAGE_MALFORMED, PACKAGE_UNTRUSTED, CANCELLED.
 */
export async function verify(
  source: ByteSource,
  policy: TrustPolicy,
  signal: AbortSignal,
  onProgress?: (bytes: number, total: number) => void,
): Promise<VerifiedPackage> {
  const { container, signature, signed, sums, manifest } = await readEnvelope(source);
  const signer = checkSigner(signature, signed, policy);
  const contentSha256 = await hashMember(source, container.content, signal, onProgress);
  checkSum(container.content, contentSha256, sums().content);
  const decoded = await manifest();
  if (signature !== undefined) checkTrustedComment(signature.trustedComment, decoded);
  const verified = { manifest: decoded, signer, contentSha256, content: container.content };
  return verified as VerifiedPackage;
}

function checkSigner(
  signature: Signature | undefined,
  signed: Uint8Array,
  { trusted, allowUnsigned }: TrustPolicy,
): VerifiedPackage['signer'] {
  if (signature === undefined) {
    if (allowUnsigned) return undefined;
    throw untrusted('signer', 'the package is not signed', {
      hint: 'have it sealed with a signing key, or accept the risk with --allow-unsigned',
    });
  }
  const { keyId } = signature;
  const keys = trusted.filter((key) => key.keyId === keyId);
  if (keys.length === 0) {
    if (allowUnsigned) return { keyId, trusted: false };
    throw untrusted('signer', `the package is signed with key ${keyId}, which is not trusted`, {
      hint: `get the public key ${keyId} from its owner, by another way than this package, and run: migrator key trust <public key>`,
      details: { keyId },
    });
  }
  if (keys.some((key) => isSignedBy(key, signature, signed))) return { keyId, trusted: true };
  throw untrusted(
    'signature',
    `the signature of key ${keyId} does not match: SHA256SUMS was changed after it was signed`,
    {
      hint: 'fetch the package again, and ask its sender if it fails again',
      details: { keyId },
    },
  );
}

async function hashMember(
  source: ByteSource,
  { start, size }: Member,
  signal: AbortSignal,
  onProgress: ((bytes: number, total: number) => void) | undefined,
): Promise<string> {
  const hash = createStreamHash(size);
  try {
    let done = 0;
    for await (const chunk of interruptible(source.stream(start, start + size), signal)) {
      await hash.update(chunk);
      done += chunk.length;
      onProgress?.(done, size);
    }
    return await hash.digest();
  } finally {
    hash.close();
  }
}
