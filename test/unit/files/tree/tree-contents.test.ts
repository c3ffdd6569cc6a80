import { appendFile, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readTree, type TreeEntry } from '../../../../src/files/tree/read-tree.ts';
import { treeContents } from '../../../../src/files/tree/tree-contents.ts';
import { seededRandom } from '../../../support/memory-bytes.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();
const random = seededRandom('contents');

/** Enough small files for a thread, a few of them empty or just small enough, and two large ones between them. */
async function manyFiles(): Promise<{ readonly folder: string; readonly files: ReadonlyMap<string, Buffer> }> {
  const folder = await tempDir();
  await mkdir(join(folder, 'sub'));
  const files = new Map<string, Buffer>();
  for (let index = 0; index < 1010; index += 1) {
    const name = `${index % 2 === 0 ? 'sub/' : ''}f${index}`;
    const size = [0, 262_144, 262_145, 700_000][index / 100] ?? index % 3000;
    files.set(name, Buffer.from(random.bytes(size)));
  }
  await Promise.all([...files].map(([name, bytes]) => writeFile(join(folder, name), bytes)));
  return { folder, files };
}

async function contents(entries: readonly TreeEntry[]): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for await (const { entry, bytes } of treeContents(entries)) {
    const chunks: Buffer[] = [];
    for await (const chunk of bytes === undefined ? entry.content() : [bytes]) chunks.push(Buffer.from(chunk));
    found.set(entry.path, Buffer.concat(chunks));
  }
  return found;
}

describe('treeContents', () => {
  test('gives many files as they are, in their order', async () => {
    const { folder, files } = await manyFiles();
    const entries = await readTree(folder);
    const found = await contents(entries);
    expect([...found.keys()]).toEqual(entries.map(({ path }) => path));
    expect(found.size).toBe(files.size);
    for (const [name, bytes] of files) expect(found.get(name)?.equals(bytes)).toBe(true);
  });

  test('gives a few files as they are', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'a'), 'one');
    expect(await contents(await readTree(folder))).toEqual(new Map([['a', Buffer.from('one')]]));
  });

  test.each([
    ['became longer', (path: string) => appendFile(path, 'more'), /changed while it was read/],
    ['became shorter', (path: string) => writeFile(path, ''), /changed while it was read/],
    ['was written anew', (path: string) => utimes(path, 1, 1), /changed while it was read/],
    [
      'became a link',
      async (path: string) => (await rm(path), symlink('/etc/passwd', path)),
      /changed while it was read/,
    ],
    ['is gone', (path: string) => rm(path), /changed while it was read/],
    ['became a folder', async (path: string) => (await rm(path), mkdir(path)), /could not read|changed/],
  ])('one of many that %s is LOCAL_IO, after those before it', async (_, change, message) => {
    const { folder } = await manyFiles();
    const entries = await readTree(folder);
    const index = 700;
    await change(join(folder, entries[index]!.path));
    const seen: string[] = [];
    const read = async () => {
      for await (const { entry } of treeContents(entries)) seen.push(entry.path);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'LOCAL_IO',
      message: expect.stringMatching(message) as unknown,
    });
    expect(seen).toEqual(entries.slice(0, index).map(({ path }) => path));
  });

  test('can be left on the way', async () => {
    const { folder } = await manyFiles();
    const entries = await readTree(folder);
    const seen: string[] = [];
    for await (const { entry } of treeContents(entries)) if (seen.push(entry.path) === 3) break;
    expect(seen).toEqual(entries.slice(0, 3).map(({ path }) => path));
  });
});
