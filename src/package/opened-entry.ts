import { hash } from 'node:crypto';
import { MigratorError } from '../errors.ts';
import type { ByteStream } from '../ports/artifact.ts';
import type { ManifestFile } from './manifest/manifest.ts';
import { malformed } from './refusal.ts';
import { createStreamHash, type StreamHash } from './stream-hash.ts';
import type { RawEntry } from './tar/payload-reader.ts';

/** One file that comes out of a package. Its content can be read once, before the next entry is asked for. */
export interface OpenedEntry {
  readonly path: string;
  readonly size: number;
  /** With `reuseMemory` a chunk is good only until the next but one is asked for. */
  readonly content: ByteStream;
  /** The content of a small file, which is known to be right already; undefined for a large one. */
  readonly bytes: Uint8Array | undefined;
}

/** Up to this size a file is read and checked whole before it is handed out. */
const smallBytes = 256 * 1024;

/** Hands out the entry as soon as it may be read, and gives what was found of it. `expected`: what the manifest says. */
export async function* checkedEntry(
  entry: RawEntry,
  expected: ManifestFile | undefined,
): AsyncGenerator<OpenedEntry, ManifestFile> {
  const { path, size } = entry;
  if (size <= smallBytes) {
    const bytes = await entry.whole();
    const sha256 = hash('sha256', bytes);
    checkDigest(path, sha256, expected?.sha256);
    yield { path, size, content: new WholeContent(path, bytes), bytes };
    return { path, size, sha256 };
  }
  const content = new CheckedContent(entry, expected?.sha256);
  try {
    yield { path, size, content, bytes: undefined };
    return { path, size, sha256: await content.finish() };
  } finally {
    content.close();
  }
}

class WholeContent implements AsyncIterable<Uint8Array> {
  readonly #path: string;
  #bytes: Uint8Array | undefined;

  constructor(path: string, bytes: Uint8Array) {
    this.#path = path;
    this.#bytes = bytes;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- bytes that are at hand, told as a stream
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    const bytes = this.#bytes;
    if (bytes === undefined) throw readAlready(this.#path);
    this.#bytes = undefined;
    if (bytes.length > 0) yield bytes;
  }
}

function checkDigest(path: string, found: string, expected: string | undefined): void {
  if (expected === undefined || found === expected) return;
  throw malformed('digest', `"${path}" does not match its digest in the manifest`);
}

function readAlready(path: string): Error {
  return new MigratorError('USAGE', `"${path}" was read already: a package's files are read once, in order`);
}

/** Compares the digest with the last byte it hands out, so a consumer that reads to the end meets the failure before it is done. */
class CheckedContent implements AsyncIterable<Uint8Array> {
  readonly #entry: RawEntry;
  readonly #expected: string | undefined;
  readonly #hash: StreamHash;
  #digest = '';

  constructor(entry: RawEntry, expected: string | undefined) {
    this.#entry = entry;
    this.#expected = expected;
    this.#hash = createStreamHash(entry.size);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    if (this.#digest !== '') throw readAlready(this.#entry.path);
    for await (const chunk of this.#entry.content) {
      const hashing = this.#hash.update(chunk);
      if (hashing !== undefined) await hashing;
      yield chunk;
    }
    this.#digest = await this.#hash.digest();
    checkDigest(this.#entry.path, this.#digest, this.#expected);
  }

  /** The digest, after reading what the consumer has left. */
  async finish(): Promise<string> {
    if (this.#digest === '') {
      const rest = this[Symbol.asyncIterator]();
      while ((await rest.next()).done !== true);
    }
    return this.#digest;
  }

  close(): void {
    this.#hash.close();
  }
}
