import { linux, posix, testWith } from '../../../support/programs.ts';
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readTree } from '../../../../src/files/tree/read-tree.ts';
import type { ByteStream } from '../../../../src/ports/artifact.ts';
import { seededRandom } from '../../../support/memory-bytes.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

/** Around the limit between small files and large ones, and around the size of a chunk. */
const sizes = [0, 1, 262_144, 262_145, 1_048_576, 4_000_000];

async function text(stream: ByteStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('readTree', () => {
  test('lists the files in the order of the bytes of their paths', async () => {
    const folder = await tempDir();
    await mkdir(join(folder, 'b', 'empty'), { recursive: true });
    for (const name of ['b/z', 'b-a', 'B', 'é', 'a', 'z']) await writeFile(join(folder, name), name);
    const entries = await readTree(folder);
    expect(entries.map(({ path }) => path)).toEqual(['B', 'a', 'b-a', 'b/z', 'z', 'é']);
    expect(entries.map(({ size }) => size)).toEqual([1, 1, 3, 3, 1, 2]);
    for (const entry of entries) expect(await text(entry.content())).toBe(entry.path);
    expect(await text(entries[0]!.content())).toBe('B');
  });

  test('lists a single file under its own name, also when the path is a link to it', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'one.txt'), 'x');
    await symlink('one.txt', join(folder, 'link'));
    expect(await readTree(join(folder, 'one.txt'))).toMatchObject([{ path: 'one.txt', size: 1 }]);
    const [entry] = await readTree(join(folder, 'link'));
    expect(await text(entry!.content())).toBe('x');
  });

  test('takes a name that holds the replacement character', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, '\uFFFD#'), 'x');
    expect(await readTree(folder)).toMatchObject([{ path: '\uFFFD#' }]);
  });

  testWith([linux], 'refuses a name that is not UTF-8', async () => {
    const folder = await tempDir();
    await writeFile(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff])]), 'y');
    await expect(readTree(folder)).rejects.toMatchObject({
      code: 'USAGE',
      message: `the name of "${join(folder, 'a\uFFFD')}" is not valid UTF-8`,
    });
  });

  test('refuses links, and names all of them', async () => {
    const folder = await tempDir();
    await symlink('/etc/passwd', join(folder, 'l1'));
    await mkdir(join(folder, 'sub'));
    await symlink('..', join(folder, 'sub', 'l2'));
    await expect(readTree(folder)).rejects.toMatchObject({ code: 'USAGE', details: { links: ['l1', 'sub/l2'] } });
  });

  testWith([posix], 'refuses special files, and names all of them', async () => {
    const other = await tempDir();
    execFileSync('mkfifo', [join(other, 'pipe')]);
    await expect(readTree(other)).rejects.toMatchObject({ code: 'USAGE', details: { special: ['pipe'] } });
    await expect(() => readTree(join(other, 'missing'))).toThrowCode('USAGE');
  });

  test.each([
    ['longer', (path: string) => appendFile(path, 'more')],
    ['much longer', (path: string) => appendFile(path, Buffer.alloc(3_000_000))],
    ['shorter', (path: string) => writeFile(path, '')],
    ['another of the same length', async (path: string) => (await writeFile(path, 'XYZ'), utimes(path, 1, 1))],
    ['a link', async (path: string) => (execFileSync('rm', [path]), symlink('/etc/passwd', path))],
    ['gone', (path: string) => Promise.resolve(void execFileSync('rm', [path]))],
  ])('a file that became %s is LOCAL_IO, whether it is small or large', async (_, change) => {
    for (const size of [3, 3_000_000]) {
      const folder = await tempDir();
      await writeFile(join(folder, 'f'), Buffer.alloc(size, 'abc'));
      const [entry] = await readTree(folder);
      await change(join(folder, 'f'));
      await expect(() => text(entry!.content())).toThrowCode('LOCAL_IO');
    }
  });

  test.each(sizes)('a file of %i bytes is read as it is', async (size) => {
    const folder = await tempDir();
    const bytes = seededRandom('tree').bytes(size);
    await writeFile(join(folder, 'f'), bytes);
    const [entry] = await readTree(folder);
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry!.content()) chunks.push(Uint8Array.from(chunk));
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });
});

testWith([linux], 'a file that has more bytes than its size says is not cut', async () => {
  const [status] = await readTree('/proc/self/status');
  await expect(() => text(status!.content())).toThrowCode('LOCAL_IO');
});

testWith([posix], 'a file that became a pipe is refused, and nothing waits for a writer', async () => {
  for (const size of [10, 300_000]) {
    const folder = await tempDir();
    const path = join(folder, 'data');
    await writeFile(path, Buffer.alloc(size));
    const [entry] = await readTree(path);
    await rm(path);
    execFileSync('mkfifo', [path]);
    await expect(() => text(entry!.content())).toThrowCode('LOCAL_IO');
  }
});
