import { Header } from 'tar/header';

export const blockBytes = 512;

/** `0` a file, `x` the pax records of the file that follows. */
export type EntryType = '0' | 'x';

export interface TarHeader {
  readonly name: string;
  readonly size: number;
  readonly type: EntryType;
}

const nameField = { start: 0, length: 100 };
const sizeField = { start: 124, length: 12 };
const timeField = { start: 136, length: 12 };
const checksumField = { start: 148, length: 8 };
const typeField = 156;
const zeros = Buffer.alloc(2 * blockBytes);
/** The largest size that eleven octal digits hold. */
const maxOctalSize = 0o77777777777;

/**
 * The one form that a header has in a package: ustar, mode 0644, owner 0, no owner names, one modification time. Only
 * name, size and type vary. A reader encodes what it has read and compares all 512 bytes, so nothing can hide in a
 * header.
 */
export class HeaderForm {
  readonly #template: Buffer;
  readonly #templateSum: number;
  /** The memory in which `decode` encodes a header again. */
  readonly #other = Buffer.alloc(blockBytes);

  /** `time` in whole seconds since 1970. */
  constructor(time: number) {
    const header = new Header({ mode: 0o644, uid: 0, gid: 0, size: 0, mtime: new Date(time * 1000), type: 'File' });
    this.#template = Buffer.alloc(blockBytes);
    header.encode(this.#template);
    this.#template.fill(0, sizeField.start, sizeField.start + sizeField.length);
    this.#template.fill(0x20, checksumField.start, checksumField.start + checksumField.length);
    this.#template[typeField] = 0;
    this.#templateSum = sumOf(this.#template, 0, blockBytes);
  }

  /** `name`: at most 99 bytes of ASCII. */
  encode(name: string, size: number, type: EntryType = '0'): Buffer {
    return this.#encodeInto(Buffer.allocUnsafe(blockBytes), name, size, type);
  }

  #encodeInto(block: Buffer, name: string, size: number, type: EntryType): Buffer {
    this.#template.copy(block);
    block.write(name, nameField.start, 'latin1');
    writeSize(block, size);
    block[typeField] = type.charCodeAt(0);
    const sum =
      this.#templateSum +
      sumOf(block, nameField.start, nameField.start + name.length) +
      sumOf(block, sizeField.start, sizeField.start + sizeField.length) +
      type.charCodeAt(0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, checksumField.start, 'latin1');
    return block;
  }

  /** Undefined when the block is not exactly as `encode` would write it. */
  decode(block: Uint8Array): TarHeader | undefined {
    const bytes = Buffer.from(block.buffer, block.byteOffset, blockBytes);
    const end = bytes.indexOf(0);
    const type = String.fromCharCode(bytes[typeField] ?? 0);
    const size = readSize(bytes);
    if (end < 1 || end > nameField.length || size === undefined || (type !== '0' && type !== 'x')) return undefined;
    const name = bytes.toString('latin1', 0, end);
    if (!fitsName(name)) return undefined;
    return this.#encodeInto(this.#other, name, size, type).equals(bytes) ? { name, size, type } : undefined;
  }
}

export function fitsName(name: string): boolean {
  return name.length < nameField.length && /^[\x20-\x7e]+$/.test(name);
}

/** The modification time of a header, in seconds; undefined when the field is not a plain octal number. */
export function headerTime(block: Uint8Array): number | undefined {
  const text = Buffer.from(block).toString('latin1', timeField.start, timeField.start + timeField.length);
  return /^([0-7]{11}|[0-7]{10} )\0$/.test(text) ? parseInt(text, 8) : undefined;
}

export function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** `bytes`: at most two blocks. */
export function isZero(bytes: Uint8Array): boolean {
  return zeros.subarray(0, bytes.length).equals(bytes);
}

function writeSize(block: Buffer, size: number): void {
  if (size <= maxOctalSize) {
    block.write(`${size.toString(8).padStart(11, '0')}\0`, sizeField.start, 'latin1');
    return;
  }
  // Base 256, as GNU tar and bsdtar read it: the first bit set, then the number, most significant byte first.
  block.fill(0, sizeField.start, sizeField.start + sizeField.length);
  block[sizeField.start] = 0x80;
  block.writeBigUInt64BE(BigInt(size), sizeField.start + 4);
}

function readSize(block: Buffer): number | undefined {
  if (block[sizeField.start] === 0x80) {
    const size = Number(block.readBigUInt64BE(sizeField.start + 4));
    return Number.isSafeInteger(size) ? size : undefined;
  }
  const text = block.toString('latin1', sizeField.start, sizeField.start + sizeField.length);
  return /^[0-7]{11}\0$/.test(text) ? parseInt(text, 8) : undefined;
}

function sumOf(bytes: Buffer, start: number, end: number): number {
  let sum = 0;
  for (let index = start; index < end; index += 1) sum += bytes[index] ?? 0;
  return sum;
}
