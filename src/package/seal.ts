import { isMigratorError, MigratorError } from '../errors.ts';
import type { ByteStream } from '../ports/artifact.ts';
import type { ByteSink } from '../ports/bytes.ts';
import type { Random } from '../ports/runtime.ts';
import { cancelled, stopIfAborted } from '../streams/interruptible.ts';
import { encryptAge, type EncryptFor } from './age/encrypt.ts';
import { encodeCanonical } from './canonical-json.ts';
import { chooseCompression, compress } from './compression/index.ts';
import { contentMember, manifestMember, signatureMember, sumsMember, type Compression } from './format.ts';
import { draftManifest, finishManifest, hasSecrets, privatePart, type Label } from './manifest/draft.ts';
import { encodeSecrets } from './carried-secrets.ts';
import type { Manifest, ManifestFile } from './manifest/manifest.ts';
import type { SigningKey } from './minisign/signing-key.ts';
import { printSums } from './sums.ts';
import { ContainerWriter } from './tar/container-writer.ts';
import { packPayload, type PayloadEntry } from './tar/payload-writer.ts';
import { printTrustedComment } from './trusted-comment.ts';

export interface SealInput extends Label {
  /** They are read once, in order, one at a time. */
  readonly entries: AsyncIterable<PayloadEntry>;
  /** `auto`: gzip, or none when the payload's first megabyte does not shrink. */
  readonly compression: 'auto' | Compression;
  readonly encryption: EncryptFor | undefined;
  readonly signer: SigningKey | undefined;
}

export interface SealTools {
  readonly random: Random;
  /** Bytes of the entries read so far. */
  readonly onProgress?: (payloadBytes: number) => void;
}

export interface SealedPackage {
  readonly manifest: Manifest;
  /** Bytes of the whole package. */
  readonly size: number;
  /** SHA-256 of the content member, lower-case hex. */
  readonly contentSha256: string;
  /** Key id; undefined when nobody signed. */
  readonly signer: string | undefined;
}

/**
 * Writes a package. It commits the sink when the package is complete, and discards it on any failure or abort. The
 * same input, random bytes and key give the same bytes. Errors: USAGE for what cannot be sealed, LOCAL_IO when an entry
 * does not have its announced size, UNSUPPORTED for zstd on an old Node, CANCELLED, and the failures of the entries and
 * the sink.
 */
export async function seal(
  input: SealInput,
  sink: ByteSink,
  tools: SealTools,
  signal: AbortSignal,
): Promise<SealedPackage> {
  try {
    const sealed = await write(input, sink, tools, signal);
    stopIfAborted(signal);
    await sink.commit();
    return sealed;
  } catch (error) {
    const failure = signal.aborted && !isMigratorError(error) ? cancelled(error) : error;
    await discard(sink, failure);
    throw failure;
  }
}

async function write(
  input: SealInput,
  sink: ByteSink,
  { random, onProgress }: SealTools,
  signal: AbortSignal,
): Promise<SealedPackage> {
  stopIfAborted(signal);
  checkEncryption(input);
  const draft = await draftManifest(input);
  const time = Date.parse(draft.createdAt) / 1000;
  const files: ManifestFile[] = [];
  const first = hasSecrets(input) ? encodeSecrets(input.secrets ?? {}) : undefined;
  const last = () => (input.privateManifest ? encodeCanonical(privatePart(input, files)) : undefined);
  const pieces = packPayload(input.entries, { time, signal, files, first, last, onProgress });
  try {
    const { compression, payload } = await settle(pieces, input.compression);
    const compressed = compress(payload, compression);
    const content = input.encryption === undefined ? compressed : encryptAge(compressed, input.encryption, random);
    const container = new ContainerWriter(sink, time);
    const member = contentMember(compression, draft.content.encryption);
    const { sha256: contentSha256 } = await container.addStream(member, content, signal);
    const { manifest, bytes } = finishManifest(draft, compression, files);
    const { sha256: manifestSha256 } = await container.add(manifestMember, bytes);
    const sums = Buffer.from(printSums(member, { content: contentSha256, manifest: manifestSha256 }));
    await container.add(sumsMember, sums);
    if (input.signer !== undefined) {
      const signature = input.signer.sign(sums, printTrustedComment(manifest));
      await container.add(signatureMember, Buffer.from(signature));
    }
    return { manifest, size: await container.end(), contentSha256, signer: input.signer?.keyId };
  } finally {
    // Closes what the entries hold open, also when nobody has read a piece.
    await pieces.return();
  }
}

/** The name of the member comes first and says how it is compressed, so `auto` decides from the first piece. */
async function settle(
  pieces: AsyncGenerator<Uint8Array, void>,
  wanted: SealInput['compression'],
): Promise<{ readonly compression: Compression; readonly payload: ByteStream }> {
  if (wanted !== 'auto') return { compression: wanted, payload: pieces };
  const first = await pieces.next();
  if (first.done === true) return { compression: 'none', payload: pieces };
  const piece = first.value;
  const payload = async function* () {
    yield piece;
    yield* pieces;
  };
  return { compression: await chooseCompression(piece), payload: payload() };
}

function checkEncryption({ encryption, privateManifest, secrets }: SealInput): void {
  if (encryption === undefined) {
    if (hasSecrets({ secrets })) throw new MigratorError('USAGE', 'a package that carries secrets must be encrypted');
    if (privateManifest) throw new MigratorError('USAGE', 'a private manifest needs a package that is encrypted');
  } else if ('recipients' in encryption) {
    if (encryption.recipients.length === 0) throw new MigratorError('USAGE', 'there is no recipient to encrypt for');
  } else if (encryption.passphrase.reveal() === '') {
    throw new MigratorError('USAGE', 'the passphrase is empty');
  }
}

async function discard(sink: ByteSink, failure: unknown): Promise<void> {
  try {
    await sink.discard();
  } catch (cause) {
    const why = failure instanceof Error ? failure.message : 'sealing failed';
    throw new MigratorError('LOCAL_IO', `${why}; and what was written could not be removed`, {
      cause: new AggregateError([failure, cause]),
    });
  }
}
