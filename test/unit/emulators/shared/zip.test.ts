import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeZip, ZipDamage, type ZipMember } from '../../../../src/emulators/shared/zip.ts';
import { collected, unzipped } from './zip-bytes.ts';
import { testWith } from '../../../support/programs.ts';

const members: readonly ZipMember[] = [
  { name: 'metadata.json', data: Buffer.from('{"a":1}') },
  { name: 'Projects/Käse & Wein.json', data: Buffer.from('x'.repeat(10_000)) },
  { name: 'empty.json', data: Buffer.alloc(0) },
];

const bytesOf = (list: readonly ZipMember[]) => collected(writeZip(list));

test('a zip file is read as it was written', async () => {
  const bytes = await bytesOf(members);
  expect(bytes.length).toBeLessThan(1000);
  expect((await unzipped(bytes)).map(({ name, data }) => [name, Buffer.from(data).toString()])).toEqual(
    members.map(({ name, data }) => [name, Buffer.from(data).toString()]),
  );
});

test('equal members make equal bytes', async () => {
  expect((await bytesOf(members)).equals(await bytesOf(members))).toBe(true);
});

testWith(['python3'], 'another reader reads a zip file of ours', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zip-'));
  try {
    const file = join(folder, 'a.zip');
    writeFileSync(file, await bytesOf(members));
    const script = 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip(), *z.namelist(), sep="|")';
    const output = execFileSync('python3', ['-c', script, file], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], PYTHONIOENCODING: 'utf8' },
    });
    expect(output.trim()).toBe(`None|${members.map(({ name }) => name).join('|')}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a truncated zip file is always refused', async () => {
  const bytes = await bytesOf(members);
  for (let length = 0; length < bytes.length; length += 7) {
    await expect(unzipped(bytes.subarray(0, length))).rejects.toThrow(ZipDamage);
  }
});

test('a zip file with a changed byte of content is refused', async () => {
  const bytes = await bytesOf(members);
  bytes[bytes.indexOf('{"a":1}') + 2]! ^= 1;
  await expect(unzipped(bytes)).rejects.toThrow(ZipDamage);
});
