import { appendFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readTree, type TreeEntry } from '../../../../src/files/tree/read-tree.ts';
import { treeContents } from '../../../../src/files/tree/tree-contents.ts';
import { seededRandom } from '../../../support/memory-bytes.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();
const random = seededRandom('contents');

let folder = '';
const files = new Map<string, Buffer>();

/** Enough small files for a thread, a few of them empty or just small enough, and two large ones between them. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  await mkdir(join(folder, 'sub'));
  for (let index = 0; index < 1010; index += 1) {
    const name = `${index % 2 === 0 ? 'sub/' : ''}f${index}`;
    const size = [0, 262_144, 262_145, 700_000][index / 100] ?? index % 3000;
    files.set(name, Buffer.from(random.bytes(size)));
  }
  await Promise.all([...files].map(([name, bytes]) => writeFile(join(folder, name), bytes)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

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
  test('gives many files as they are and in order', async () => {
    const entries = await readTree(folder);
    const found = await contents(entries);
    expect([...found.keys()]).toEqual(entries.map(({ path }) => path));
    expect(found.size).toBe(files.size);
    for (const [name, bytes] of files) expect(found.get(name)?.equals(bytes)).toBe(true);
  });

  test('gives a few files as they are', async () => {
    const small = await tempDir();
    await writeFile(join(small, 'a'), 'one');
    expect(await contents(await readTree(small))).toEqual(new Map([['a', Buffer.from('one')]]));
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
  ])('a file among many that %s is LOCAL_IO, after the files before it', async (_, change, message) => {
    const entries = await readTree(folder);
    const index = 700;
    const { path } = entries[index]!;
    await change(join(folder, path));
    const seen: string[] = [];
    const read = async () => {
      for await (const { entry } of treeContents(entries)) seen.push(entry.path);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'LOCAL_IO',
      message: expect.stringMatching(message) as unknown,
    });
    expect(seen).toEqual(entries.slice(0, index).map((entry) => entry.path));
    await rm(join(folder, path), { recursive: true, force: true });
    await writeFile(join(folder, path), files.get(path)!);
  });

  test('ends its thread when nobody wants the rest', async () => {
    const isWorker = (resource: string) => resource === 'MessagePort' || resource === 'Worker';
    const before = process.getActiveResourcesInfo().filter(isWorker);
    for await (const { entry } of treeContents(await readTree(folder))) if (entry.path.endsWith('3')) break;
    expect(process.getActiveResourcesInfo().filter(isWorker)).toEqual(before);
  });
});
