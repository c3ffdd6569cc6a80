import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as yazl from 'yazl';
import { readZip, writeZip, ZipDamage, type ZipMember } from '../../../../src/emulators/shared/zip.ts';
import { linux, testWith } from '../../../support/programs.ts';
import { collected, renamed, unzipped } from './zip-bytes.ts';

const members: readonly ZipMember[] = [
  { name: 'metadata.json', data: Buffer.from('{"a":1}') },
  { name: 'Projects/Käse & Wein.json', data: Buffer.from('x'.repeat(10_000)) },
  { name: 'empty.json', data: Buffer.alloc(0) },
];

const bytesOf = (list: readonly ZipMember[]) => collected(writeZip(list));

const told = (list: readonly ZipMember[]) => list.map(({ name, data }) => [name, Buffer.from(data).toString()]);

function python(script: string, ...words: string[]): string {
  return execFileSync('python3', ['-c', script, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], PYTHONIOENCODING: 'utf8' },
  });
}

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'zip-'));
  try {
    await work(join(folder, 'a.zip'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A zip of one stored member, made by the library itself. */
async function zip64(): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  zip.addBuffer(Buffer.from('{"a":1}'), 'metadata.json', { compress: false, forceZip64Format: true });
  zip.end({ forceZip64Format: true, comment: '' });
  return collected(zip.outputStream as AsyncIterable<Buffer>);
}

test('a zip file is read as it was written', async () => {
  const bytes = await bytesOf(members);
  expect(bytes.length).toBeLessThan(1000);
  expect(told(await unzipped(bytes))).toEqual(told(members));
});

test('equal members make equal bytes, whatever the time is', async () => {
  const bytes = await bytesOf(members);
  expect((await bytesOf(members)).equals(bytes)).toBe(true);
  // 1 January 1980, 00:00, as MS-DOS counts.
  expect(bytes.readUInt32LE(bytes.indexOf('PK\x01\x02') + 12)).toBe(0x0021_0000);
});

test('one member after the other is asked for, not all at once', async () => {
  let asked = 0;
  const many = function* () {
    for (; asked < 100; asked += 1)
      yield { name: `${asked}`, data: Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))) };
  };
  const reading = writeZip(many());
  await reading.next();
  await reading.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toBeLessThan(10);
  await reading.return(undefined);
});

test('the failure of a member is the failure of the zip', async () => {
  const failing = async function* () {
    yield await Promise.resolve(members[0]!);
    throw new RangeError('no more');
  };
  await expect(collected(writeZip(failing()))).rejects.toThrow(RangeError);
});

testWith(['python3'], 'another reader reads a zip file of ours', async () => {
  await inFolder(async (file) => {
    writeFileSync(file, await bytesOf(members));
    const script = 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip(), *z.namelist(), sep="|")';
    expect(python(script, file).trim()).toBe(`None|${members.map(({ name }) => name).join('|')}`);
  });
});

test('a zip64 file is read', async () => {
  const bytes = await zip64();
  expect(bytes.includes('PK\x06\x06')).toBe(true);
  expect(told(await unzipped(bytes))).toEqual([['metadata.json', '{"a":1}']]);
});

testWith(['python3'], 'a zip64 file of another writer is read', async () => {
  await inFolder(async (file) => {
    const script = `import sys,zipfile
z=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED)
with z.open("a/Käse.json","w",force_zip64=True) as f: f.write(b"x"*5000)
z.close()`;
    python(script, file);
    expect(told(await unzipped(readFileSync(file)))).toEqual([['a/Käse.json', 'x'.repeat(5000)]]);
  });
});

test('a truncated zip file is always refused', async () => {
  const bytes = await bytesOf(members);
  for (let length = 0; length < bytes.length; length += 7) {
    await expect(unzipped(bytes.subarray(0, length))).rejects.toThrow(ZipDamage);
  }
});

test('a zip file with a changed byte of content is refused', async () => {
  const bytes = await zip64();
  bytes[bytes.indexOf('{"a":1}') + 2]! ^= 1;
  await expect(unzipped(bytes)).rejects.toThrow('The entry metadata.json is damaged.');
});

test('any changed byte is refused with ZipDamage, or does no harm', async () => {
  for (const bytes of [await bytesOf(members.slice(0, 1)), await zip64()]) {
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0xff;
      const outcome = await unzipped(changed).catch((error: unknown) => error);
      if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(ZipDamage);
    }
  }
});

test('a member that grows beyond its stated size is refused before it is unpacked', async () => {
  const bytes = await bytesOf([{ name: 'bomb', data: Buffer.alloc(50_000_000) }]);
  const size = bytes.lastIndexOf('PK\x01\x02') + 24;
  expect(bytes.readUInt32LE(size)).toBe(50_000_000);
  bytes.writeUInt32LE(1000, size);
  await expect(unzipped(bytes)).rejects.toThrow('too many bytes');
  bytes.writeUInt32LE(0x7fff_ffff, size);
  await expect(unzipped(bytes)).rejects.toThrow('The entry bomb cannot be read.');
});

test.each([
  ['an encrypted member', 8, 1],
  ['an unknown compression method', 10, 99],
])('%s is refused', async (_, field, value) => {
  const bytes = await bytesOf(members);
  bytes.writeUInt8(value, bytes.indexOf('PK\x01\x02') + field);
  await expect(unzipped(bytes)).rejects.toThrow(ZipDamage);
});

test('names that lead out, and names in the old encoding, are passed on for the caller to judge', async () => {
  const bytes = renamed(renamed(await bytesOf(members), 'empty.json', '../../json'), 'metadata.json', 'C:\\adata.json');
  expect((await unzipped(bytes)).map(({ name }) => name)).toEqual([
    'C:\\adata.json',
    'Projects/Käse & Wein.json',
    '../../json',
  ]);
  // The flag for UTF-8 is taken away, and `ä` is written as code page 437 has it.
  const old = await bytesOf([{ name: 'K__se', data: Buffer.alloc(0) }]);
  old[old.indexOf('PK\x01\x02') + 9] = 0;
  old[old.lastIndexOf('K__se') + 1] = 0x84;
  expect((await unzipped(old)).map(({ name }) => name)).toEqual(['Kä_se']);
});

testWith([linux], 'the file is closed again, also after damage and when the reader stops early', async () => {
  await inFolder(async (file) => {
    const open = () => readdirSync('/proc/self/fd').length;
    const bytes = await bytesOf(members);
    writeFileSync(file, bytes);
    const before = open();
    for await (const { name } of readZip(file)) {
      expect(name).toBe(members[0]!.name);
      break;
    }
    writeFileSync(file, bytes.fill(0, 60, 80));
    await expect(collected(names(file))).rejects.toThrow(ZipDamage);
    expect(open()).toBe(before);
  });
});

async function* names(file: string) {
  for await (const { data } of readZip(file)) yield data;
}
