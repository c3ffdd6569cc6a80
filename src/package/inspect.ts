import { createHash } from 'node:crypto';
import { isMigratorError } from '../errors.ts';
import type { ByteSource } from '../ports/bytes.ts';
import { readHeader } from './age/header.ts';
import { ByteReader } from './byte-reader.ts';
import type { Encryption } from './format.ts';
import type { Manifest } from './manifest/manifest.ts';
import { parseManifest } from './manifest/parse.ts';
import { parseSignature, type Signature } from './minisign/signature.ts';
import { malformed } from './refusal.ts';
import { parseSums, type Sums } from './sums.ts';
import { readContainer, readSmall, type Container, type Member } from './tar/container.ts';
import { beginsAsText } from './tar/rewritten.ts';
import { checkCommentFormat } from './trusted-comment.ts';

export interface Inspection {
  readonly manifest: Manifest;
  /** As it is in the package; it has not been checked. */
  readonly signature: { readonly keyId: string; readonly trustedComment: string } | undefined;
  readonly members: readonly { readonly name: string; readonly size: number }[];
  /** Bytes of the whole package. */
  readonly size: number;
  /**
   * The kind of each lock on the content, from its age header: `X25519` for a recipient, `scrypt` for a passphrase. Locks
   * name nobody, so only a key shows whom they are for. Empty for a content that is not encrypted.
   */
  readonly locks: readonly string[];
  /** Why the locks cannot be read; then nobody can open the content. */
  readonly lockFault: string | undefined;
}

const pieceBytes = 4096;

/**
 * What a package says of itself. It reads only the headers and the small members, so the time does not depend on the
 * size. It proves nothing; `verify` does. PACKAGE_MALFORMED when it is no package.
 */
export async function inspect(source: ByteSource): Promise<Inspection> {
  const { container, signature, manifest } = await readEnvelope(source);
  const decoded = await manifest();
  return {
    manifest: decoded,
    signature: signature && { keyId: signature.keyId, trustedComment: signature.trustedComment },
    members: membersOf(container).map(({ name, size }) => ({ name, size })),
    size: source.size,
    ...(await readLocks(source, container.content, decoded.content.encryption)),
  };
}

async function readLocks(
  source: ByteSource,
  { start, size }: Member,
  encryption: Encryption,
): Promise<Pick<Inspection, 'locks' | 'lockFault'>> {
  if (encryption === 'none') return { locks: [], lockFault: undefined };
  const reader = new ByteReader(inSmallPieces(source, start, start + size));
  try {
    const { stanzas } = await readHeader(reader);
    return { locks: stanzas.map(({ type }) => type), lockFault: undefined };
  } catch (error) {
    if (!isMigratorError(error, 'PACKAGE_MALFORMED')) throw error;
    return { locks: [], lockFault: error.message };
  } finally {
    await reader.close();
  }
}

/** A header has some hundred bytes, and a stream would read a megabyte for it. */
async function* inSmallPieces(source: ByteSource, start: number, end: number): AsyncGenerator<Uint8Array, void> {
  for (let at = start; at < end; at += pieceBytes) yield await source.read(at, Math.min(pieceBytes, end - at));
}

/** Everything but the content. What can be checked without a key has been checked. */
export interface Envelope {
  readonly container: Container;
  readonly signature: Signature | undefined;
  /** The bytes that are signed. */
  readonly signed: Uint8Array;
  readonly sums: () => Sums;
  /** Compares the sum of the manifest, and decodes it. */
  readonly manifest: () => Promise<Manifest>;
}

/** Sums and manifest are decoded when they are asked for, so that the caller decides the order of the checks. */
export async function readEnvelope(source: ByteSource): Promise<Envelope> {
  const container = await readContainer(source);
  const signed = await readSmall(source, container.sums);
  const signature = container.signature && parseSignature(await readSmall(source, container.signature));
  if (signature !== undefined) checkCommentFormat(signature.trustedComment);
  const bytes = await readSmall(source, container.manifest);
  const sums = () => parseSums(signed, container.content.name);
  const manifest = async () => {
    checkSum(container.manifest, createHash('sha256').update(bytes).digest('hex'), sums().manifest);
    const decoded = await parseManifest(bytes);
    checkAgreement(decoded, container);
    return decoded;
  };
  return { container, signature, signed, sums, manifest };
}

export function checkSum({ name }: Member, found: string, listed: string): void {
  if (found === listed) return;
  throw malformed('sums', `"${name}" does not match its sum in SHA256SUMS: it was damaged or changed`, {
    hint: 'fetch the package again',
    details: { member: name, found, listed },
  });
}

function checkAgreement(manifest: Manifest, { content, time }: Container): void {
  if (manifest.content.member !== content.name) {
    throw malformed(
      'manifest',
      `the manifest is for "${manifest.content.member}", but the package has "${content.name}"`,
    );
  }
  if (Date.parse(manifest.createdAt) !== time * 1000) {
    throw malformed(
      'manifest',
      `the manifest says it was made at ${manifest.createdAt}, but the headers of the package have another time`,
    );
  }
}

function membersOf({ content, manifest, sums, signature }: Container): readonly Member[] {
  return [content, manifest, sums, ...(signature === undefined ? [] : [signature])];
}

/**
 * Whether a file is to be treated as a package: any tar, and any file that begins with the name of the first member.
 * A damaged package must be refused as a package and not be taken for something else.
 */
export async function looksLikePackage(source: ByteSource): Promise<boolean> {
  const bytes = await source.read(0, 512);
  const head = Buffer.from(bytes).toString('latin1');
  return beginsAsText(bytes) || head.startsWith('content.tar') || head.slice(257, 262) === 'ustar';
}
