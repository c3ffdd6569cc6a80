import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { ByteReader } from '../byte-reader.ts';
import { malformed } from '../refusal.ts';

/** The header of an age v1 file: C2SP age specification, "Header". */
export interface Stanza {
  readonly type: string;
  readonly args: readonly string[];
  readonly body: Uint8Array;
}

export interface AgeHeader {
  readonly stanzas: readonly Stanza[];
  readonly mac: Uint8Array;
  /** The bytes that the MAC covers, as they were read. */
  readonly covered: Uint8Array;
}

const family = 'age-encryption.org/';
const version = `${family}v1`;
const columns = 64;
const macBytes = 32;
/** Some ten thousand recipients; more is an attack. */
const maxHeaderBytes = 1024 * 1024;

export function headerFault(why: string): Error {
  return malformed('age header', `the header of the encrypted content is damaged: ${why}`);
}

export function printHeader(stanzas: readonly Stanza[], fileKey: Uint8Array): Uint8Array {
  const lines = stanzas.flatMap(({ type, args, body }) => {
    const text = encodeBase64(body);
    const wrapped = Array.from({ length: Math.floor(text.length / columns) + 1 }, (_, row) =>
      text.slice(row * columns, (row + 1) * columns),
    );
    return [`-> ${[type, ...args].join(' ')}`, ...wrapped];
  });
  const covered = Buffer.from([version, ...lines, '---'].join('\n'));
  return Buffer.concat([covered, Buffer.from(` ${encodeBase64(headerMac(covered, fileKey))}\n`)]);
}

export async function readHeader(reader: ByteReader): Promise<AgeHeader> {
  const lines = new HeaderLines(reader);
  const first = await lines.next();
  if (first !== version) {
    throw first.startsWith(family)
      ? malformed('age header', `the content is encrypted as "${first}", and this migrator reads "${version}"`, {
          hint: 'open it with the version of migrator that made it, or a newer one',
        })
      : headerFault('it does not begin with the age version line');
  }
  const stanzas: Stanza[] = [];
  for (let line = await lines.next(); ; line = await lines.next()) {
    if (line.startsWith('---')) return { stanzas: atLeastOne(stanzas), ...readMac(line, lines) };
    stanzas.push(await readStanza(line, lines));
  }
}

/** Proves that whoever wrote the header knew the file key: nobody else added or removed a recipient. */
export function checkMac({ mac, covered }: AgeHeader, fileKey: Uint8Array): void {
  if (!timingSafeEqual(mac, headerMac(covered, fileKey))) {
    throw malformed(
      'age header',
      'the header of the encrypted content was changed: its authentication code does not match',
    );
  }
}

function headerMac(covered: Uint8Array, fileKey: Uint8Array): Buffer {
  return createHmac('sha256', derive(fileKey, new Uint8Array(0), 'header'))
    .update(covered)
    .digest();
}

/** HKDF-SHA-256 to 32 bytes. */
export function derive(key: Uint8Array, salt: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, 32));
}

/** Base64 as age writes it: standard alphabet, no padding. Undefined for anything that encodes differently again. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return encodeBase64(bytes) === text ? bytes : undefined;
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

async function readStanza(line: string, lines: HeaderLines): Promise<Stanza> {
  const [arrow, type, ...args] = line.split(' ');
  if (arrow !== '->' || type === undefined || ![type, ...args].every((arg) => /^[\x21-\x7e]+$/.test(arg))) {
    throw headerFault('a recipient line is not readable');
  }
  const body: Uint8Array[] = [];
  for (;;) {
    const text = await lines.next();
    const part = decodeBase64(text);
    if (part === undefined || text.length > columns) throw headerFault('the body of a recipient is not readable');
    body.push(part);
    if (text.length < columns) return { type, args, body: Buffer.concat(body) };
  }
}

function readMac(line: string, lines: HeaderLines): { mac: Uint8Array; covered: Uint8Array } {
  const mac = line.startsWith('--- ') ? decodeBase64(line.slice(4)) : undefined;
  if (mac?.length !== macBytes) throw headerFault('its last line is not readable');
  const all = lines.bytes();
  return { mac, covered: all.subarray(0, all.length - (line.length - 3) - 1) };
}

function atLeastOne(stanzas: readonly Stanza[]): readonly Stanza[] {
  if (stanzas.length === 0) throw headerFault('it names no recipient');
  return stanzas;
}

class HeaderLines {
  readonly #reader: ByteReader;
  readonly #seen: number[] = [];

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** Without its line feed; every character is one byte. */
  async next(): Promise<string> {
    const start = this.#seen.length;
    while (await this.#reader.fill(1)) {
      const byte = this.#reader.take(1)[0] ?? 0;
      this.#seen.push(byte);
      if (byte === 0x0a) return Buffer.from(this.#seen.slice(start, -1)).toString('latin1');
      if (this.#seen.length > maxHeaderBytes) throw headerFault('it is longer than 1 MiB');
    }
    throw headerFault('it is cut short');
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#seen);
  }
}
