import { isMigratorError } from '../errors.ts';
import type { ByteSource } from '../ports/bytes.ts';
import type { Secrets } from '../ports/options.ts';
import { interruptible, stopIfAborted } from '../streams/interruptible.ts';
import { decryptAge, type DecryptionKeys } from './age/decrypt.ts';
import { ByteReader } from './byte-reader.ts';
import { decompress } from './compression/index.ts';
import { decodeSecrets } from './carried-secrets.ts';
import { carriesSecrets, maxManifestBytes, maxSecretsBytes, privateEntry, secretsEntry } from './format.ts';
import { checkSum } from './inspect.ts';
import { boundPayload, checkLimits, type OpenLimits } from './limits.ts';
import type { Manifest, ManifestFile, PrivatePart } from './manifest/manifest.ts';
import { parsePrivatePart } from './manifest/parse.ts';
import { toTime } from './manifest/rules.ts';
import { checkedEntry, type OpenedEntry } from './opened-entry.ts';
import { malformed } from './refusal.ts';
import { createStreamHash, type StreamHash } from './stream-hash.ts';
import type { Member } from './tar/container.ts';
import { HeaderForm } from './tar/header.ts';
import { unpackPayload, type RawEntry } from './tar/payload-reader.ts';
import type { VouchedPackage } from './verify.ts';

export interface OpenReading {
  /** Called at the end, with the private part of the manifest. */
  readonly onPrivatePart?: (part: PrivatePart) => void;
  /** Called at the end, with the secrets that the package carries. */
  readonly onSecrets?: (secrets: Secrets) => void;
  /** Uses memory again. It is faster, and fit for a caller that writes each chunk at once. */
  readonly reuseMemory?: boolean;
}

/** The memory of a stored chunk is used again after this many chunks: it is hashed and deciphered by then. */
const storedTurns = 4;

/**
 * The last steps of the policy (§5), in one pass: the age header, every chunk, the size and digest of every file, and
 * the sum of the content. Entries are provisional until the iteration ends without an error; after an error the caller
 * must throw them away. A content that does not match its sum is always refused for that reason, whatever other fault
 * it has. Errors: PACKAGE_LOCKED, PACKAGE_MALFORMED, CANCELLED.
 */
export async function* open(
  source: ByteSource,
  vouched: VouchedPackage,
  keys: DecryptionKeys,
  limits: OpenLimits,
  signal: AbortSignal,
  { onPrivatePart, onSecrets, reuseMemory = false }: OpenReading = {},
): AsyncGenerator<OpenedEntry, void> {
  const { manifest, content } = vouched;
  checkLimits(manifest, content.size, { isTrusted: vouched.signer?.trusted === true }, limits);
  const { compression, encryption } = manifest.content;
  const isPlain = encryption === 'none';
  const sum = new ContentSum(source, content, signal);
  const stored = sum.read(isPlain ? undefined : storedTurns);
  // zlib does not say when it has finished with its input, so that memory is not used again.
  const packed = isPlain ? stored : decryptAge(stored, keys, reuseMemory && compression !== 'gzip');
  const reader = new ByteReader(boundPayload(decompress(packed, compression), manifest));
  const form = new HeaderForm(toTime(manifest.createdAt) ?? 0);
  const found = new Found();
  try {
    for await (const entry of unpackPayload(reader, form)) {
      stopIfAborted(signal);
      if (carriesSecrets(manifest.format) && found.secrets === undefined) {
        found.secrets = await readSecrets(entry);
        continue;
      }
      if (manifest.private && entry.path === privateEntry) {
        found.privatePart = await readPrivatePart(entry);
        continue;
      }
      const expected = listedAs(entry, found, manifest.content.files);
      found.count(entry, manifest);
      found.files.push(yield* checkedEntry(entry, expected));
    }
    checkSum(content, await sum.digest(), vouched.contentSha256);
    checkComplete(found, vouched);
  } catch (error) {
    if (isMigratorError(error, 'PACKAGE_MALFORMED', 'PACKAGE_LOCKED')) {
      checkSum(content, await sum.ofTheRest(), vouched.contentSha256);
    }
    throw error;
  } finally {
    await reader.close();
    sum.close();
  }
  if (found.privatePart !== undefined) onPrivatePart?.(found.privatePart);
  if (found.secrets !== undefined) onSecrets?.(found.secrets);
}

/** Reads the content and hashes it at the same time. */
class ContentSum {
  readonly #source: ByteSource;
  readonly #signal: AbortSignal;
  readonly #hash: StreamHash;
  readonly #end: number;
  #position: number;
  #digest: Promise<string> | undefined;

  constructor(source: ByteSource, { start, size }: Member, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.#hash = createStreamHash(size);
    this.#position = start;
    this.#end = start + size;
  }

  async *read(reuseAfter: number | undefined): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of interruptible(this.#source.stream(this.#position, this.#end, reuseAfter), this.#signal)) {
      const hashing = this.#hash.update(chunk);
      if (hashing !== undefined) await hashing;
      this.#position += chunk.length;
      yield chunk;
    }
  }

  digest(): Promise<string> {
    return (this.#digest ??= this.#hash.digest());
  }

  /** Reads what nobody has read, and returns the digest. */
  async ofTheRest(): Promise<string> {
    const rest = this.read(1);
    while ((await rest.next()).done !== true);
    return this.digest();
  }

  close(): void {
    this.#hash.close();
  }
}

class Found {
  readonly files: ManifestFile[] = [];
  privatePart: PrivatePart | undefined;
  secrets: Secrets | undefined;
  #bytes = 0;
  #listBytes = 0;

  /** Ends at the first file beyond what the manifest announces, or beyond what a list of files can hold. */
  count({ path, size }: RawEntry, { content: { counts } }: Manifest): void {
    this.#bytes += size;
    this.#listBytes += shortestRecord + Buffer.byteLength(path);
    if (this.files.length >= counts.files || this.#bytes > counts.bytes) {
      throw malformed('payload', `the payload has more files or bytes than the ${counts.files} files announced`);
    }
    if (this.#listBytes > maxManifestBytes) {
      throw malformed('limit', `the paths of the files are too long for a list of ${maxManifestBytes} bytes`);
    }
  }
}

/** Bytes of `{"path":"","sha256":"…","size":0},` without the path. */
const shortestRecord = 96;

/** What the manifest says of the entry; undefined when the list of files is private. */
function listedAs({ path, size }: RawEntry, { files, privatePart }: Found, listed?: readonly ManifestFile[]) {
  if (privatePart !== undefined)
    throw malformed('payload', `the file "${path}" follows the end of the package's files`);
  const expected = listed?.[files.length];
  if (listed !== undefined && (expected?.path !== path || expected.size !== size)) {
    throw malformed('payload', `the payload has "${path}" with ${size} bytes, which the manifest does not list there`);
  }
  return expected;
}

async function readPrivatePart(entry: RawEntry): Promise<PrivatePart> {
  return parsePrivatePart(await readOwn(entry, maxManifestBytes));
}

/** They come first, so a reader that needs them need not look for them. */
async function readSecrets(entry: RawEntry): Promise<Secrets> {
  if (entry.path !== secretsEntry) throw withoutSecrets();
  return decodeSecrets(await readOwn(entry, maxSecretsBytes));
}

async function readOwn(entry: RawEntry, longest: number): Promise<Uint8Array> {
  if (entry.size > longest) throw malformed('limit', `"${entry.path}" is longer than ${longest} bytes`);
  const pieces: Uint8Array[] = [];
  for await (const chunk of entry.content) pieces.push(new Uint8Array(chunk));
  return Buffer.concat(pieces);
}

function withoutSecrets(): Error {
  return malformed('payload', `"${secretsEntry}" is missing at the beginning of the payload`);
}

function checkComplete({ files, privatePart, secrets }: Found, { manifest }: VouchedPackage): void {
  if (carriesSecrets(manifest.format) && secrets === undefined) throw withoutSecrets();
  const { counts, files: listed = privatePart?.files } = manifest.content;
  if (listed === undefined) throw malformed('payload', `"${privateEntry}" is missing from the payload`);
  const missing = listed.slice(files.length)[0];
  if (missing !== undefined) throw malformed('payload', `"${missing.path}" is missing from the payload`);
  for (const [index, file] of files.entries()) {
    const expected = listed[index];
    if (expected?.path !== file.path || expected.size !== file.size) {
      throw malformed('payload', `the payload has "${file.path}" with ${file.size} bytes, which is not listed there`);
    }
    if (expected.sha256 !== file.sha256) throw malformed('digest', `"${file.path}" does not match its digest`);
  }
  const bytes = files.reduce((total, { size }) => total + size, 0);
  if (counts.files !== files.length || counts.bytes !== bytes) {
    throw malformed('payload', 'the payload does not have as many files or bytes as the manifest says');
  }
}
