// Writes and reads zip files with stored and deflated members, without zip64: at most 65,535 members and 4 GiB.
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, deflateRaw, inflateRaw } from 'node:zlib';
import { codeOf, messageOf } from './error-members.ts';

export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array;
}

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);
const utf8Names = 0x0800;
const limit = 0xffff_ffff;
/** Bytes of the largest member that is read. Documents and task logs are much smaller. */
const largestMember = 256 * 1024 * 1024;

interface Written {
  readonly name: Buffer;
  readonly crc: number;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** The fields that a local header and a directory record have in common: "version needed" to the length of the name. */
function sharedFields(target: Buffer, at: number, member: Written): void {
  target.writeUInt16LE(20, at);
  target.writeUInt16LE(utf8Names, at + 2);
  target.writeUInt16LE(member.method, at + 4);
  // With a fixed date (1 January 1980) equal exports have equal bytes.
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

/** The zip file is damaged. The message goes into the log of a task. */
export class ZipDamage extends Error {
  override readonly name = 'ZipDamage';
}

interface Source {
  readonly size: number;
  readonly read: (offset: number, length: number) => Promise<Buffer>;
}

const outside = () => new ZipDamage('The archive is damaged: it ends early.');

const sourceOf = (handle: FileHandle, size: number): Source => ({
  size,
  async read(offset, length) {
    if (offset + length > size) throw outside();
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, offset);
    if (bytesRead < length) throw outside();
    return bytes;
  },
});

interface Directory {
  readonly count: number;
  readonly bytes: Buffer;
}

async function readDirectory(source: Source): Promise<Directory> {
  const tailSize = Math.min(source.size, 22 + 0xffff);
  const tail = await source.read(source.size - tailSize, tailSize);
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== 0x0605_4b50) continue;
    const bytes = await source.read(tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
    return { count: tail.readUInt16LE(at + 10), bytes };
  }
  throw new ZipDamage('End of Central Directory record could not be found.');
}

async function readMember(source: Source, record: Buffer, name: string): Promise<ZipMember> {
  const [method, packed, size] = [record.readUInt16LE(10), record.readUInt32LE(20), record.readUInt32LE(24)];
  const local = record.readUInt32LE(42);
  const head = await source.read(local, 30);
  if (head.readUInt32LE(0) !== 0x0403_4b50) throw new ZipDamage(`A local file header is corrupt: ${name}`);
  if (size > largestMember || packed > largestMember) throw new ZipDamage(`The entry ${name} cannot be read.`);
  if (method !== 0 && method !== 8) throw new ZipDamage(`The entry ${name} has an unknown compression method.`);
  const raw = await source.read(local + 30 + head.readUInt16LE(26) + head.readUInt16LE(28), packed);
  const data = method === 8 ? await inflate(raw, { maxOutputLength: Math.max(1, size) }) : raw;
  if (data.length !== size || crc32(data) !== record.readUInt32LE(16)) {
    throw new ZipDamage(`The entry ${name} is damaged.`);
  }
  return { name, data };
}

async function* membersOf(source: Source): AsyncGenerator<ZipMember> {
  const { count, bytes } = await readDirectory(source);
  for (let index = 0, at = 0; index < count; index += 1) {
    const record = bytes.subarray(at);
    if (record.readUInt32LE(0) !== 0x0201_4b50) throw new ZipDamage('Central Directory corrupt.');
    const [length, extra, comment] = [record.readUInt16LE(28), record.readUInt16LE(30), record.readUInt16LE(32)];
    const name = record.toString('utf8', 46, 46 + length);
    if (!name.endsWith('/')) yield await readMember(source, record, name);
    at += 46 + length + extra + comment;
  }
}

/** All members except folders, one at a time, each checked against its CRC-32. Fails with ZipDamage. */
export async function* readZip(file: string): AsyncGenerator<ZipMember> {
  const handle = await open(file);
  try {
    yield* membersOf(sourceOf(handle, (await handle.stat()).size));
  } catch (error) {
    // A wrong offset (RangeError) or a broken deflate stream also means that the file is damaged.
    if (error instanceof ZipDamage) throw error;
    if (codeOf(error) !== undefined) throw new ZipDamage(`The archive is damaged: ${messageOf(error)}`);
    throw error;
  } finally {
    await handle.close();
  }
}
