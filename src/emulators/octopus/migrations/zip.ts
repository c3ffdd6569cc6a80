// A small zip writer and reader: stored and deflated members, one disk, no zip64 (at most 65,535 members and 4 GiB).
import { promisify } from 'node:util';
import { crc32, deflateRaw, inflateRawSync } from 'node:zlib';
import { codeOf, messageOf } from '../../error-facts.ts';

export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array;
}

const deflate = promisify(deflateRaw);
const utf8Names = 0x0800;
const limit = 0xffff_ffff;
/** An expanded member may not exceed this: a document is small, a task log is not huge. */
const largestMember = 256 * 1024 * 1024;

interface Written {
  readonly name: Buffer;
  readonly crc: number;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** The fields a local header and a directory record share, from "version needed" to the length of the name. */
function sharedFields(target: Buffer, at: number, member: Written): void {
  target.writeUInt16LE(20, at);
  target.writeUInt16LE(utf8Names, at + 2);
  target.writeUInt16LE(member.method, at + 4);
  // A fixed date (1 January 1980) keeps equal exports equal, byte for byte.
  target.writeUInt32LE(0x0021_0000, at + 6);
  target.writeUInt32LE(member.crc, at + 10);
  target.writeUInt32LE(member.packed, at + 14);
  target.writeUInt32LE(member.size, at + 18);
  target.writeUInt16LE(member.name.length, at + 22);
}

function localHeader(member: Written): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  sharedFields(header, 4, member);
  return Buffer.concat([header, member.name]);
}

function directoryRecord(member: Written): Buffer {
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x0201_4b50, 0);
  record.writeUInt16LE(20, 4);
  sharedFields(record, 6, member);
  record.writeUInt32LE(member.offset, 42);
  return Buffer.concat([record, member.name]);
}

/** The bytes of a zip file, member by member; a member is deflated when that makes it smaller. */
export async function* writeZip(members: Iterable<ZipMember> | AsyncIterable<ZipMember>): AsyncGenerator<Uint8Array> {
  const written: Written[] = [];
  let offset = 0;
  for await (const { name, data } of members) {
    const deflated = await deflate(data);
    const smaller = deflated.length < data.length;
    const bytes = smaller ? deflated : data;
    const member: Written = {
      name: Buffer.from(name, 'utf8'),
      crc: crc32(data),
      method: smaller ? 8 : 0,
      packed: bytes.length,
      size: data.length,
      offset,
    };
    const header = localHeader(member);
    offset += header.length + bytes.length;
    if (offset > limit || written.length >= 0xffff)
      throw new Error('the zip file would need zip64, which this writer lacks');
    written.push(member);
    yield header;
    yield bytes;
  }
  const directory = Buffer.concat(written.map(directoryRecord));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(written.length, 8);
  end.writeUInt16LE(written.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  yield Buffer.concat([directory, end]);
}

/** Says what is wrong with the bytes; callers put it into a task's log. */
export class ZipDamage extends Error {
  override readonly name = 'ZipDamage';
}

function directoryEnd(bytes: Buffer): number {
  const earliest = Math.max(0, bytes.length - 22 - 0xffff);
  for (let at = bytes.length - 22; at >= earliest; at -= 1) {
    if (bytes.readUInt32LE(at) === 0x0605_4b50) return at;
  }
  throw new ZipDamage('End of Central Directory record could not be found.');
}

function readMember(bytes: Buffer, at: number): { readonly member: ZipMember; readonly next: number } {
  if (bytes.readUInt32LE(at) !== 0x0201_4b50) throw new ZipDamage('Central Directory corrupt.');
  const [method, packed, size] = [
    bytes.readUInt16LE(at + 10),
    bytes.readUInt32LE(at + 20),
    bytes.readUInt32LE(at + 24),
  ];
  const [nameLength, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
    number,
    number,
    number,
  ];
  const local = bytes.readUInt32LE(at + 42);
  const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
  if (bytes.readUInt32LE(local) !== 0x0403_4b50) throw new ZipDamage(`A local file header is corrupt: ${name}`);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const raw = bytes.subarray(start, start + packed);
  if (raw.length < packed || size > largestMember) throw new ZipDamage(`The entry ${name} cannot be read.`);
  if (method !== 0 && method !== 8) throw new ZipDamage(`The entry ${name} has an unknown compression method.`);
  const data = method === 8 ? inflateRawSync(raw, { maxOutputLength: Math.max(1, size) }) : raw;
  if (data.length !== size || crc32(data) !== bytes.readUInt32LE(at + 16)) {
    throw new ZipDamage(`The entry ${name} is damaged.`);
  }
  return { member: { name, data }, next: at + 46 + nameLength + extra + comment };
}

/** All members but folders, checked against their sums. Fails with ZipDamage. */
export function readZip(bytes: Buffer): readonly ZipMember[] {
  try {
    const end = directoryEnd(bytes);
    const count = bytes.readUInt16LE(end + 10);
    let at = bytes.readUInt32LE(end + 16);
    const members: ZipMember[] = [];
    for (let index = 0; index < count; index += 1) {
      const { member, next } = readMember(bytes, at);
      if (!member.name.endsWith('/')) members.push(member);
      at = next;
    }
    return members;
  } catch (error) {
    // A wild offset (RangeError) or a broken deflate stream: the same thing to the caller.
    if (error instanceof ZipDamage) throw error;
    if (codeOf(error) !== undefined) throw new ZipDamage(`The archive is damaged: ${messageOf(error)}`);
    throw error;
  }
}
