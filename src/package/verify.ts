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
  /** Also accepts packages that are not signed. */
  readonly allowUnsigned: boolean;
  /** Also accepts signatures of unknown keys, which prove nothing; a wrong signature of a trusted key never. */
  readonly allowUnknownSigner?: boolean;
  /** Who the owner of a trusted key is, and what gives the trust. */
  readonly origin?: (key: PublicKey) => TrustOrigin | undefined;
}

export interface TrustOrigin {
  /** The name that the user gave to the key. */
  readonly name?: string | undefined;
  /** The file or the flag that says that the key is trusted. */
  readonly trustedBy: string;
}

export interface Signer extends Partial<TrustOrigin> {
  readonly keyId: string;
  readonly trusted: boolean;
}

declare const vouched: unique symbol;
declare const proof: unique symbol;

/**
 * A package whose sums and manifest are the signer's. Its content has not been compared with them; `open` does that.
 */
export interface VouchedPackage {
  readonly [vouched]: true;
  readonly manifest: Manifest;
  /** Undefined when the package is not signed. `trusted` is false only with `allowUnknownSigner`. */
  readonly signer: Signer | undefined;
  /** The SHA-256 of the content member according to SHA256SUMS, in lower-case hex. */
  readonly contentSha256: string;
  /** Where the content lies in the package. */
  readonly content: Member;
}

/** A package whose content was compared too. Only `verify` makes one. */
export interface VerifiedPackage extends VouchedPackage {
  readonly [proof]: true;
}

/**
 * The steps of the policy (§5) that do not need the content: container, signature and signer, sums, manifest. The
 * time does not depend on the size. Errors: PACKAGE_MALFORMED, PACKAGE_UNTRUSTED.
 */
export async function vouch(source: ByteSource, policy: TrustPolicy): Promise<VouchedPackage> {
  return vouchFor(await readEnvelope(source), policy);
}

/**
 * The first four steps of the policy (§5), in order: container, signature and signer, sums, manifest.
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

/** Calls `checkContent` at its place in the policy. */
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
  { trusted, allowUnsigned, allowUnknownSigner = false, origin }: TrustPolicy,
): Signer | undefined {
  if (signature === undefined) {
    if (allowUnsigned) return undefined;
    throw untrusted('signer', 'the package is not signed', {
      hint: 'have it sealed with a signing key, or accept the risk with --allow-unsigned',
    });
  }
  const { keyId } = signature;
  const keys = trusted.filter((key) => key.keyId === keyId);
  if (keys.length === 0) {
    if (allowUnknownSigner) return { keyId, trusted: false };
    const known = trusted.map((one) => one.keyId);
    const others = known.length === 0 || known.length > 3 ? '' : `; you trust ${known.join(', ')}`;
    throw untrusted('signer', `the package is signed with key ${keyId}, which is not trusted${others}`, {
      hint: `with --allow-unknown-signer you accept the risk; to do without it, get the public key ${keyId} from its owner, not together with this package, and run: migrator key trust <public key>`,
      details: { keyId },
    });
  }
  const key = keys.find((one) => isSignedBy(one, signature, signed));
  if (key !== undefined) return { keyId, trusted: true, ...origin?.(key) };
  const [name] = keys.flatMap((one) => origin?.(one)?.name ?? []);
  throw untrusted(
    'signature',
    `the signature of key ${name === undefined ? keyId : `${keyId} (${name})`} does not match: SHA256SUMS was changed after it was signed`,
    { hint: 'fetch the package again, and ask its sender if it fails again', details: { keyId } },
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
    // Each chunk is hashed before the next is asked for, so one piece of memory is enough.
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
