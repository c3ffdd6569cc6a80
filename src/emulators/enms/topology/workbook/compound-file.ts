// The container of .xls files: a small file system in sectors (MS-CFB, version 3).

const sectorSize = 512;
const endOfChain = 0xfffffffe;
const free = 0xffffffff;
const fatSector = 0xfffffffd;
const difatSector = 0xfffffffc;
const perSector = sectorSize / 4;
const inHeader = 109;
const signature = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/** Streams that are shorter are stored in the mini stream, all others in sectors of their own. */
const smallest = 4096;

export class SpreadsheetError extends Error {
  override readonly name = 'SpreadsheetError';
}

const sectorsFor = (size: number) => Math.ceil(size / sectorSize);

/** How many sectors the table (FAT) and its own table (DIFAT) need. Both tables also list their own sectors. */
function tableSizes(others: number): { readonly fat: number; readonly difat: number } {
  let fat = 0;
  let difat = 0;
  for (;;) {
    const needed = Math.ceil((others + fat + difat) / perSector);
    const more = needed <= inHeader ? 0 : Math.ceil((needed - inHeader) / (perSector - 1));
    if (needed === fat && more === difat) return { fat, difat };
    fat = needed;
    difat = more;
  }
}

function directoryEntry(name: string, kind: number, child: number, start: number, size: number): Buffer {
  const entry = Buffer.alloc(128);
  const text = Buffer.from(`${name}\0`, 'utf16le');
  text.copy(entry);
  entry.writeUInt16LE(text.length, 64);
  entry.writeUInt8(kind, 66);
  entry.writeUInt8(1, 67);
  entry.writeUInt32LE(free, 68);
  entry.writeUInt32LE(free, 72);
  entry.writeUInt32LE(child, 76);
  entry.writeUInt32LE(start, 116);
  entry.writeUInt32LE(size, 120);
  return entry;
}

function emptyEntry(): Buffer {
  const entry = Buffer.alloc(128);
  for (const at of [68, 72, 76]) entry.writeUInt32LE(free, at);
  return entry;
}

/** Writes a file with one stream. A stream of less than 4096 bytes is filled up with zeros. */
export function writeCompoundFile(name: string, stream: Uint8Array): Buffer {
  const size = Math.max(stream.length, smallest);
  const data = sectorsFor(size);
  const { fat, difat } = tableSizes(data + 1);
  const directory = data;
  const firstFat = directory + 1;
  const firstDifat = firstFat + fat;
  const total = firstDifat + difat;
  const bytes = Buffer.alloc((total + 1) * sectorSize);
  const at = (sector: number) => (sector + 1) * sectorSize;

  signature.copy(bytes);
  bytes.writeUInt16LE(0x3e, 24);
  bytes.writeUInt16LE(3, 26);
  bytes.writeUInt16LE(0xfffe, 28);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt16LE(6, 32);
  bytes.writeUInt32LE(fat, 44);
  bytes.writeUInt32LE(directory, 48);
  bytes.writeUInt32LE(smallest, 56);
  bytes.writeUInt32LE(endOfChain, 60);
  bytes.writeUInt32LE(difat === 0 ? endOfChain : firstDifat, 68);
  bytes.writeUInt32LE(difat, 72);
  for (let index = 0; index < inHeader; index += 1) {
    bytes.writeUInt32LE(index < fat ? firstFat + index : free, 76 + index * 4);
  }

  bytes.set(stream, at(0));
  Buffer.concat([
    directoryEntry('Root Entry', 5, 1, endOfChain, 0),
    directoryEntry(name, 2, free, 0, size),
    emptyEntry(),
    emptyEntry(),
  ]).copy(bytes, at(directory));

  const next = (sector: number): number => {
    if (sector < data) return sector === data - 1 ? endOfChain : sector + 1;
    if (sector === directory) return endOfChain;
    if (sector < firstDifat) return fatSector;
    return sector < total ? difatSector : free;
  };
  for (let sector = 0; sector < fat * perSector; sector += 1)
    bytes.writeUInt32LE(next(sector), at(firstFat) + sector * 4);
  for (let index = 0; index < difat; index += 1) {
    const start = at(firstDifat + index);
    for (let slot = 0; slot < perSector - 1; slot += 1) {
      const number = inHeader + index * (perSector - 1) + slot;
      bytes.writeUInt32LE(number < fat ? firstFat + number : free, start + slot * 4);
    }
    bytes.writeUInt32LE(index === difat - 1 ? endOfChain : firstDifat + index + 1, start + sectorSize - 4);
  }
  return bytes;
}

interface Container {
  readonly bytes: Buffer;
  readonly size: number;
  readonly fat: readonly number[];
}

function sectorOf({ bytes, size }: Container, sector: number): Buffer {
  const start = (sector + 1) * size;
  if (start >= bytes.length) throw new SpreadsheetError('a sector lies outside the file');
  return bytes.subarray(start, start + size);
}

const numbers = (bytes: Buffer): number[] =>
  Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readUInt32LE(index * 4));

/** The sectors of a chain. A chain that contains a sector twice means that the file is damaged. */
function* chain(table: readonly number[], first: number): Generator<number> {
  let left = table.length + 1;
  for (let sector = first; sector < fatSector - 1; sector = table[sector] ?? endOfChain) {
    left -= 1;
    if (left < 0) throw new SpreadsheetError('a chain of sectors has no end');
    yield sector;
  }
}

function readFat(bytes: Buffer, size: number): readonly number[] {
  const container = { bytes, size, fat: [] };
  const list = Array.from({ length: inHeader }, (_, index) => bytes.readUInt32LE(76 + index * 4));
  let more = bytes.readUInt32LE(68);
  for (let left = bytes.readUInt32LE(72); left > 0 && more < difatSector; left -= 1) {
    const slots = numbers(sectorOf(container, more));
    more = slots.pop() ?? endOfChain;
    list.push(...slots);
  }
  return list.filter((sector) => sector < difatSector).flatMap((sector) => numbers(sectorOf(container, sector)));
}

const streamOf = (container: Container, first: number): Buffer =>
  Buffer.concat([...chain(container.fat, first)].map((sector) => sectorOf(container, sector)));

function shortStream(container: Container, root: Buffer, first: number): Buffer {
  const { bytes } = container;
  const inner = streamOf(container, root.readUInt32LE(116));
  const table = numbers(streamOf(container, bytes.readUInt32LE(60)));
  const shift = bytes.readUInt16LE(32);
  const width = 2 ** shift;
  return Buffer.concat([...chain(table, first)].map((sector) => inner.subarray(sector * width, (sector + 1) * width)));
}

/**
 * The first stream with one of these names. SpreadsheetError when there is none or the bytes are not a compound file.
 */
export function readCompoundFile(content: Uint8Array, names: readonly string[]): Buffer {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length < sectorSize || !bytes.subarray(0, 8).equals(signature)) {
    throw new SpreadsheetError('this is not an .xls file');
  }
  const shift = bytes.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) throw new SpreadsheetError('the sectors of the file have an unknown size');
  const size = 2 ** shift;
  const container: Container = { bytes, size, fat: readFat(bytes, size) };
  const directory = streamOf(container, bytes.readUInt32LE(48));
  for (let at = 128; at + 128 <= directory.length; at += 128) {
    const entry = directory.subarray(at, at + 128);
    const length = entry.readUInt16LE(64);
    const name = entry.toString('utf16le', 0, Math.max(0, Math.min(length, 64) - 2));
    if (entry.readUInt8(66) !== 2 || !names.includes(name)) continue;
    const bytesOf = entry.readUInt32LE(120);
    const first = entry.readUInt32LE(116);
    const isShort = bytesOf < bytes.readUInt32LE(56);
    const stream = isShort ? shortStream(container, directory.subarray(0, 128), first) : streamOf(container, first);
    return stream.subarray(0, bytesOf);
  }
  throw new SpreadsheetError('the file has no workbook');
}
