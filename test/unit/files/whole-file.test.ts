import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createFileSink, writePrivateFile } from '../../../src/files/whole-file.ts';
import { tempDirs } from '../../support/with-temp-dir.ts';
import { noRoot, posix, testWith } from '../../support/programs.ts';

const tempDir = tempDirs();
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('createFileSink', () => {
  test('shows nothing before the commit and the whole file after it', async () => {
    const folder = await tempDir();
    const path = join(folder, 'a.tar');
    const sink = await createFileSink(path, { overwrite: false });
    await sink.write(bytes('hello '));
    await sink.write(bytes('world'));
    await sink.patch(0, bytes('HE'));
    const before = await readdir(folder);
    expect(before).toHaveLength(1);
    expect(before[0]).toMatch(/^\.a\.tar\.\d+-[0-9a-f]{12}\.partial$/);
    await sink.commit();
    expect(await readdir(folder)).toEqual(['a.tar']);
    expect(await readFile(path, 'utf8')).toBe('HEllo world');
    await sink.discard();
    expect(await readdir(folder)).toEqual(['a.tar']);
  });

  test('discard leaves nothing, and may be called twice', async () => {
    const folder = await tempDir();
    const sink = await createFileSink(join(folder, 'a'), { overwrite: false });
    await sink.write(bytes('x'));
    await sink.discard();
    await sink.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  test('keeps a file that appeared meanwhile, and fails with CONFLICT', async () => {
    const folder = await tempDir();
    const path = join(folder, 'a');
    const sink = await createFileSink(path, { overwrite: false });
    await sink.write(bytes('mine'));
    await writeFile(path, 'theirs');
    await expect(() => sink.commit()).toThrowCode('CONFLICT');
    expect(await readFile(path, 'utf8')).toBe('theirs');
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('of several writers of one name exactly one succeeds', async () => {
    const folder = await tempDir();
    const path = join(folder, 'a');
    const sinks = await Promise.all([1, 2, 3].map(() => createFileSink(path, { overwrite: false })));
    for (const [index, sink] of sinks.entries()) await sink.write(bytes(String(index)));
    const results = await Promise.allSettled(sinks.map((sink) => sink.commit()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('replaces a link itself and not the file behind it', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'target'), 'target');
    await symlink('target', join(folder, 'link'));
    const sink = await createFileSink(join(folder, 'link'), { overwrite: true });
    await sink.write(bytes('new'));
    await sink.commit();
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('target');
    expect(await readFile(join(folder, 'link'), 'utf8')).toBe('new');
  });

  test.each([
    ['an existing file', 'CONFLICT', 'file'],
    ['a dangling link', 'CONFLICT', 'link'],
    ['a folder', 'USAGE', 'folder'],
    ['a missing folder', 'USAGE', 'missing/x'],
    ['a file as folder', 'USAGE', 'file/x'],
    ['a name too long', 'USAGE', `${'d'.repeat(300)}/x`],
  ] as const)('refuses %s with %s before anything is written', async (_, code, name) => {
    const folder = await tempDir();
    await writeFile(join(folder, 'file'), '');
    await symlink('nowhere', join(folder, 'link'));
    await mkdir(join(folder, 'folder'));
    await expect(() => createFileSink(join(folder, name), { overwrite: false })).toThrowCode(code);
    expect((await readdir(folder)).sort()).toEqual(['file', 'folder', 'link']);
  });

  test('names the flag that allows a file to be replaced only where there is one', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'file'), '');
    const refused = (flag?: string) => createFileSink(join(folder, 'file'), { overwrite: false, flag });
    await expect(refused()).rejects.toMatchObject({ hint: 'choose another name' });
    await expect(refused('--force')).rejects.toMatchObject({ hint: expect.stringContaining('with --force') });
  });

  testWith([posix], 'refuses to replace a device', async () => {
    await expect(() => createFileSink('/dev/null', { overwrite: true })).toThrowCode('USAGE');
  });

  testWith([noRoot], 'fails with LOCAL_IO in a folder without write permission', async () => {
    const folder = await tempDir();
    await chmod(folder, 0o500);
    await expect(() => createFileSink(join(folder, 'a'), { overwrite: false })).toThrowCode('LOCAL_IO');
    await chmod(folder, 0o700);
  });

  testWith([posix], 'gives the file the usual mode, or the one that was asked for', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'reference'), '');
    for (const [name, options, expected] of [
      ['usual', { overwrite: false }, (await stat(join(folder, 'reference'))).mode & 0o777],
      ['private', { overwrite: false, mode: 0o600 }, 0o600],
    ] as const) {
      const sink = await createFileSink(join(folder, name), options);
      await sink.commit();
      expect((await stat(join(folder, name))).mode & 0o777).toBe(expected);
    }
  });

  test('takes a name of 255 bytes', async () => {
    const folder = await tempDir();
    const sink = await createFileSink(join(folder, 'n'.repeat(255)), { overwrite: false });
    await sink.commit();
    expect(await readdir(folder)).toEqual(['n'.repeat(255)]);
  });
});

describe('writePrivateFile', () => {
  test('writes a file that only the user may read, and replaces it when asked to', async () => {
    const folder = await tempDir();
    const path = join(folder, 'record.json');
    await writePrivateFile(path, 'old', 'create');
    await writePrivateFile(path, 'new', 'replace');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['record.json']);
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('of many that create the same file at once exactly one succeeds, and the others meet CONFLICT', async () => {
    const folder = await tempDir();
    const path = join(folder, 'lock');
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => writePrivateFile(path, String(index), 'create')),
    );
    const winners = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [String(index)] : []));
    expect(winners).toEqual([await readFile(path, 'utf8')]);
    const codes = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as { code?: unknown }).code] : [],
    );
    expect(codes).toEqual(Array.from({ length: 19 }, () => 'CONFLICT'));
    expect(await readdir(folder)).toEqual(['lock']);
  });

  test.each(['missing/x', 'file/x', 'folder'])('fails with LOCAL_IO where no file can be (%s)', async (name) => {
    const folder = await tempDir();
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'folder'));
    await expect(() => writePrivateFile(join(folder, name), 'text', 'replace')).toThrowCode('LOCAL_IO');
    expect((await readdir(folder)).sort()).toEqual(['file', 'folder']);
  });
});
