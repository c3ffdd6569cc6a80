import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { collect, failsWith, never, read } from '../../../src/testing/workbench.ts';
import { partialName } from '../../../src/files/partial-name.ts';
import { noRoot, testWith } from '../../support/programs.ts';
import { fileOf, folderStore, sha256 } from '../../support/stores.ts';
import { tempDirs } from '../../support/with-temp-dir.ts';

const ref = { id: 'web-shop', version: '1.0.0' };
const tempDir = tempDirs();

test('a folder that is missing is named, and never made: its share may not be mounted', async () => {
  const root = join(await tempDir(), 'share');
  const store = await folderStore(root);
  for (const work of [
    () => store.probe(never),
    () => collect(store.feed.list(undefined, never)),
    () => store.feed.upload(fileOf(randomBytes(9)), ref, 'fail', never),
  ]) {
    const error = await failsWith('NOT_FOUND', work);
    expect(error.message).toBe(`the folder "${root}" does not exist`);
    expect(error.hint).toBe('mount the share, or create the folder');
  }
  await expect(stat(root)).rejects.toThrow('ENOENT');
});

test('a file in the place of the folder is named', async () => {
  const root = join(await tempDir(), 'share');
  await writeFile(root, '');
  const error = await failsWith('CONFIG_INVALID', async () => (await folderStore(root)).probe(never));
  expect(error.message).toBe(`"${root}" is not a folder`);
});

testWith([noRoot], 'a folder that may not be written is named before anything is sent', async () => {
  const root = await tempDir();
  await chmod(root, 0o500);
  const store = await folderStore(root);
  expect((await store.probe(never)).rights).toMatchObject([{ action: 'write packages', allowed: false }]);
  await failsWith('AUTH_REFUSED', () => store.feed.check?.(never));
  await failsWith('AUTH_REFUSED', () => store.feed.upload(fileOf(randomBytes(9)), ref, 'fail', never));
  await chmod(root, 0o700);
});

test('what is no package of the store is left alone: files, links, hidden and partial files', async () => {
  const root = await tempDir();
  const outside = await tempDir();
  const told = { notices: [] as string[] };
  const { feed } = await folderStore(root, told);
  const bytes = randomBytes(500);
  await feed.upload(fileOf(bytes), ref, 'fail', never);
  const folder = join(root, ref.id, ref.version);
  await writeFile(join(root, 'README.txt'), 'ours');
  await writeFile(join(folder, '.DS_Store'), '');
  await writeFile(partialName(join(folder, 'x.tar')), 'half');
  await writeFile(join(outside, `${'a'.repeat(64)}.tar`), 'elsewhere');
  await symlink(join(outside, `${'a'.repeat(64)}.tar`), join(folder, `${'a'.repeat(64)}.tar`));
  await mkdir(join(outside, '1.0.0'));
  await symlink(outside, join(root, 'linked'));
  const listed = await collect(feed.list(undefined, never));
  expect(listed.map(({ digest }) => digest?.hex)).toEqual([sha256(bytes)]);
  expect(told.notices).toEqual([expect.stringContaining('holds 3 other files, such as "README.txt"')]);
  expect((await read(await feed.download(ref, never))).equals(bytes)).toBe(true);
});

test('a link in the store leads no upload and no download out of it', async () => {
  const root = await tempDir();
  const outside = await tempDir();
  await symlink(outside, join(root, 'web-shop'));
  const { feed } = await folderStore(root);
  const error = await failsWith('CONFLICT', () => feed.upload(fileOf(randomBytes(9)), ref, 'fail', never));
  expect(error.message).toContain('leads to another folder');
  expect(await readdir(outside)).toEqual([]);
  await mkdir(join(outside, '1.0.0'));
  await writeFile(join(outside, '1.0.0', `${'b'.repeat(64)}.tar`), 'planted');
  await failsWith('CONFLICT', async () => read(await feed.download(ref, never)));
});

test('the root itself may be a link', async () => {
  const place = await tempDir();
  const root = join(place, 'link');
  await mkdir(join(place, 'real'));
  await symlink(join(place, 'real'), root);
  const { feed } = await folderStore(root);
  const bytes = randomBytes(10);
  await feed.upload(fileOf(bytes), ref, 'fail', never);
  expect((await read(await feed.download(ref, never))).equals(bytes)).toBe(true);
});

test('a file that shrinks after the listing is refused', async () => {
  const root = await tempDir();
  const { feed } = await folderStore(root);
  const bytes = randomBytes(3000);
  await feed.upload(fileOf(bytes), ref, 'fail', never);
  const file = await feed.download(ref, never);
  await writeFile(join(root, ref.id, ref.version, `${sha256(bytes)}.tar`), bytes.subarray(0, 10));
  const error = await failsWith('REMOTE_UNREACHABLE', () => read(file));
  expect(error.message).toContain('could not be downloaded, 10 bytes came');
});
