import { PathSet } from '../../portable-path.ts';
import type { ByteStream } from '../../ports/artifact.ts';
import type { ByteReader } from '../byte-reader.ts';
import { malformed } from '../refusal.ts';
import { blockBytes, isZero, padding, type HeaderForm } from './header.ts';
import { entryHeader, longName, paxName } from './payload-writer.ts';

export interface RawEntry {
  readonly path: string;
  readonly size: number;
  readonly content: ByteStream;
  /** The whole content at once, instead of `content`. */
  whole(): Promise<Uint8Array>;
}

/** Room for a path of 1024 bytes and the rest of its pax record. */
const maxRecordBytes = 1100;

/**
 * The files of a payload tar, in order; also checks how the tar ends. It accepts exactly what `packPayload` writes:
 * files only, and one form of each header. Content that nobody read is skipped when the next entry is asked for.
 */
export async function* unpackPayload(reader: ByteReader, form: HeaderForm): AsyncGenerator<RawEntry, void> {
  const paths = new PathSet();
  for (;;) {
    const first = await block(reader);
    if (isZero(first)) break;
    const { path, size } = await readEntry(reader, form, first);
    const fault = paths.add(path);
    if (fault !== undefined)
      throw malformed('path', `the path ${JSON.stringify(path)} in the package is refused: it ${fault}`);
    const body = new Body(reader, size, path);
    yield { path, size, content: body, whole: () => body.whole() };
    await body.finish();
  }
  if (!isZero(await block(reader))) throw malformed('payload', 'the payload does not end like a tar file');
  if (await reader.fill(1)) throw malformed('payload', 'bytes follow the end of the payload');
}

async function readEntry(
  reader: ByteReader,
  form: HeaderForm,
  first: Uint8Array,
): Promise<{ readonly path: string; readonly size: number }> {
  const header = form.decode(first);
  if (header?.type === '0') return { path: header.name, size: header.size };
  if (header?.name !== paxName || header.size > maxRecordBytes) throw unreadable();
  const recordBytes = header.size + padding(header.size);
  if (!(await reader.fill(recordBytes + blockBytes))) throw cutShort();
  const record = Buffer.from(reader.take(recordBytes));
  const block = reader.take(blockBytes);
  const path = /^\d+ path=(.*)\n$/s.exec(record.toString('utf8', 0, header.size))?.[1];
  const target = form.decode(block);
  if (path === undefined || target?.name !== longName) throw unreadable();
  const written = entryHeader(form, path, target.size);
  if (!written.equals(Buffer.concat([first, record, block]))) throw unreadable();
  return { path, size: target.size };
}

class Body implements AsyncIterable<Uint8Array> {
  readonly #reader: ByteReader;
  readonly #padding: number;
  readonly #path: string;
  #left: number;

  constructor(reader: ByteReader, size: number, path: string) {
    this.#reader = reader;
    this.#left = size;
    this.#padding = padding(size);
    this.#path = path;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    while (this.#left > 0) {
      if (!(await this.#reader.fill(1))) throw cutShort(this.#path);
      const chunk = this.#reader.takeSome(this.#left);
      this.#left -= chunk.length;
      yield chunk;
    }
  }

  async whole(): Promise<Uint8Array> {
    if (!(await this.#reader.fill(this.#left))) throw cutShort(this.#path);
    const bytes = this.#reader.take(this.#left);
    this.#left = 0;
    return bytes;
  }

  /** Skips what was not read, and checks the padding. */
  async finish(): Promise<void> {
    while (this.#left > 0) {
      if (!(await this.#reader.fill(1))) throw cutShort(this.#path);
      this.#left -= this.#reader.takeSome(this.#left).length;
    }
    if (this.#padding === 0) return;
    if (!(await this.#reader.fill(this.#padding))) throw cutShort(this.#path);
    if (!isZero(this.#reader.take(this.#padding))) {
      throw malformed('payload', `bytes are hidden in the padding after "${this.#path}"`);
    }
  }
}

async function block(reader: ByteReader): Promise<Uint8Array> {
  if (!(await reader.fill(blockBytes))) throw cutShort();
  return reader.take(blockBytes);
}

function unreadable(): Error {
  return malformed(
    'payload',
    'a header in the payload does not have the form that packages use: only plain files are allowed',
  );
}

function cutShort(path?: string): Error {
  return malformed('payload', `the payload is cut short${path === undefined ? '' : ` inside "${path}"`}`);
}
