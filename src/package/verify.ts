import type { ByteSource } from '../ports/bytes.ts';
import { interruptible } from '../streams/interruptible.ts';
import { checkSum, readEnvelope, type Envelope } from './inspect.ts';
import type { Manifest } from './manifest/manifest.ts';
import type { PublicKey } from './minisign/public-key.ts';
import type { Signature } from './minisign/signature.ts';
import { isSignedBy } from './minisign/signing-key.ts';
import { untrusted } from './refusal.ts';
import { createStreamHash } from './stream-hash.ts';
import type { Sums } from './sums.ts';
import type { Container, Member } from './tar/container.ts';
import { checkTrustedComment } from './trusted-comment.ts';

export interface TrustPolicy {
  readonly trusted: readonly PublicKey[];
  /** Also take packages without a signature, or with that of somebody unknown. A wrong signature of a trusted key is refused all the same. */
  readonly allowUnsigned: boolean;
}

declare const vouched: unique symbol;
declare const proof: unique symbol;

/** A package whose sums and manifest are the signer's; its content has still to be compared with them. `open` does that on its way. */
export interface VouchedPackage {
  readonly [vouched]: true;
  readonly manifest: Manifest;
  /** Who signed it; undefined when nobody did. `trusted` is false only under `allowUnsigned`. */
  readonly signer: { readonly keyId: string; readonly trusted: boolean } | undefined;
  /** What SHA256SUMS says of the content member: SHA-256, lower-case hex. */
  readonly contentSha256: string;
  /** Where the content lies in the package. */
  readonly content: Member;
}

/** A package whose content was compared too. Only `verify` makes one. */
export interface VerifiedPackage extends VouchedPackage {
  readonly [proof]: true;
}

/**
 * The policy (§5) as far as it needs no look at the content: container shape, signature and signer, sums, manifest. Its time does
 * not depend on the size. Errors: PACKAGE_MALFORMED, PACKAGE_UNTRUSTED.
 */
export async function vouch(source: ByteSource, policy: TrustPolicy): Promise<VouchedPackage> {
  return vouchFor(await readEnvelope(source), policy);
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
  const envelope = await readEnvelope(source);
  return (await vouchFor(envelope, policy, async ({ content }, sums) => {
    checkSum(content, await hashMember(source, content, signal, onProgress), sums.content);
  })) as VerifiedPackage;
}

/** `checkContent` is called at its place in the policy. */
async function vouchFor(
  { container, signature, signed, sums, manifest }: Envelope,
  policy: TrustPolicy,
  checkContent?: (container: Container, sums: Sums) => Promise<void>,
): Promise<VouchedPackage> {
  const signer = checkSigner(signature, signed, policy);
  const { content } = container;
  const listed = sums();
  await checkContent?.(container, listed);
  const decoded = await manifest();
  if (signature !== undefined) checkTrustedComment(signature.trustedComment, decoded);
  return { manifest: decoded, signer, contentSha256: listed.content, content } as VouchedPackage;
}

function checkSigner(
  signature: Signature | undefined,
  signed: Uint8Array,
  { trusted, allowUnsigned }: TrustPolicy,
): VouchedPackage['signer'] {
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
    // Hashing lets go of each chunk before the next is asked for.
    for await (const chunk of interruptible(source.stream(start, start + size, 1), signal)) {
      await hash.update(chunk);
      done += chunk.length;
      onProgress?.(done, size);
    }
    return await hash.digest();
  } finally {
    hash.close();
  }
}
