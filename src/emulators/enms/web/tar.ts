// The part of tar that the server needs: ustar with pax headers for long names.
import { ServerError } from '../refusal.ts';

const block = 512;

export interface TarMember {
  readonly name: string;
  readonly type: 'file' | 'folder';
  readonly content: Uint8Array;
}

const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;

function header(name: string, flag: string, size: number): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(name, 0, 100, 'utf8');
  bytes.write(octal(flag === '5' ? 0o755 : 0o644, 8), 100);
  bytes.write(octal(0, 8), 108);
  bytes.write(octal(0, 8), 116);
  bytes.write(octal(size, 12), 124);
  bytes.write(octal(Math.floor(Date.now() / 1000), 12), 136);
  bytes.write('        ', 148);
  bytes.write(flag, 156);
  bytes.write('ustar\0' + '00', 257);
  bytes.write('enms', 265);
  bytes.write('enms', 297);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

const padding = (size: number) => Buffer.alloc((block - (size % block)) % block);

/** `<length> path=<name>\n`. The length includes its own digits. */
function paxRecord(name: string): Buffer {
  const tail = ` path=${name}\n`;
  const length = Buffer.byteLength(tail);
  let total = length + String(length).length;
  if (String(total).length !== String(length).length) total = length + String(total).length;
  return Buffer.from(`${total}${tail}`);
}

export function tarMember({ name, type, content }: TarMember): Buffer {
  const flag = type === 'folder' ? '5' : '0';
  const head = header(name, flag, content.length);
  const parts = [head, content, padding(content.length)];
  if (Buffer.byteLength(name) > 100) {
    const record = paxRecord(name);
    parts.unshift(header('././@PaxHeader', 'x', record.length), record, padding(record.length));
  }
  return Buffer.concat(parts);
}

export const tarEnd = (): Buffer => Buffer.alloc(block * 2);

const textAt = (bytes: Buffer, start: number, length: number) =>
  bytes.toString('utf8', start, start + length).replace(/\0[\s\S]*$/, '');

/** The members of an uncompressed archive. Fails for what is not a tar archive. */
export function readTar(bytes: Buffer): readonly TarMember[] {
  const members: TarMember[] = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0;) {
    const size = Number.parseInt(textAt(bytes, at + 124, 12).trim() || '0', 8);
    if (!Number.isSafeInteger(size) || !textAt(bytes, at + 257, 5).startsWith('ustar')) {
      throw new ServerError('tarfile.ReadError: not a tar file');
    }
    const flag = textAt(bytes, at + 156, 1);
    const content = bytes.subarray(at + block, at + block + size);
    const prefix = textAt(bytes, at + 345, 155);
    const short = textAt(bytes, at, 100);
    const name = longName ?? (prefix === '' ? short : `${prefix}/${short}`);
    longName = undefined;
    if (flag === 'x') [, longName] = /\d+ path=(.*)\n/.exec(content.toString('utf8')) ?? [];
    else if (flag === '5') members.push({ name, type: 'folder', content: Buffer.alloc(0) });
    else if (flag === '0' || flag === '') members.push({ name, type: 'file', content });
    at += block + Math.ceil(size / block) * block;
  }
  return members;
}
