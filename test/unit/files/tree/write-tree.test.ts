import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { partialName } from '../../../../src/files/partial-name.ts';
import { createTreeWriter } from '../../../../src/files/tree/write-tree.ts';
import type { ByteStream } from '../../../../src/ports/artifact.ts';
import { seededRandom } from '../../../support/memory-bytes.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';
import { linux, testWith } from '../../../support/programs.ts';

const tempDir = tempDirs();

async function* of(...parts: (string | Uint8Array)[]): ByteStream {
  for (const part of parts) yield await Promise.resolve(typeof part === 'string' ? Buffer.from(part) : part);
}

async function everything(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

describe('createTreeWriter', () => {
  const options = { overwrite: false };

  test.each([true, false])('many runs may replace the same files at once (folder there before: %p)', async (there) => {
    const out = join(await tempDir(), 'out');
    const names = Array.from({ length: 12 }, (_, index) => `deep/f${String(index)}`);
    if (there) {
      await mkdir(join(out, 'deep'), { recursive: true });
      for (const name of names) await writeFile(join(out, name), 'old');
    }
    const open = async () => {
      const writer = await createTreeWriter(out, { overwrite: true });
      for (const name of names) await writer.write(name, of(name));
      await writer.commit();
    };
    await Promise.all(Array.from({ length: 20 }, open));
    expect(await everything(out)).toEqual(['deep', ...names].sort());
    for (const name of names) expect(await readFile(join(out, name), 'utf8')).toBe(name);
  });

  test('a new folder appears with the commit, complete', async () => {
    const parent = await tempDir();
    const writer = await createTreeWriter(join(parent, 'out'), options);
    await writer.write('a.txt', of('one', 'two'));
    await writer.write('deep/er/b.txt', of(''));
    expect(await readdir(parent)).not.toContain('out');
    expect(await writer.commit()).toEqual(['a.txt', 'deep/er/b.txt']);
    expect(await readdir(parent)).toEqual(['out']);
    expect(await readFile(join(parent, 'out', 'a.txt'), 'utf8')).toBe('onetwo');
  });

  test.each([0, 1, 262_144, 262_145, 1_048_576, 4_000_000])('a file of %i bytes is written as it is', async (size) => {
    const parent = await tempDir();
    const bytes = seededRandom('tree').bytes(size);
    const chunks = Array.from({ length: Math.ceil(size / 1_048_576) }, (_, index) =>
      bytes.subarray(index * 1_048_576, (index + 1) * 1_048_576),
    );
    const writer = await createTreeWriter(join(parent, 'out'), options);
    await writer.write('f', of(...chunks));
    await writer.commit();
    expect((await readFile(join(parent, 'out', 'f'))).equals(bytes)).toBe(true);
  });

  describe('with many small files at hand', () => {
    const many = Array.from({ length: 2400 }, (_, index) => ({
      path: `d${index % 7}/f${index}`,
      bytes: seededRandom(String(index)).bytes([0, 262_144, 5][index % 400] ?? index % 3000),
    }));

    test.each([false, true])(
      'writes all of them as they are, and a large one between them (into a folder that exists: %s)',
      async (exists) => {
        const parent = await tempDir();
        if (exists) await mkdir(join(parent, 'out'));
        const writer = await createTreeWriter(join(parent, 'out'), options);
        const memory = Buffer.alloc(262_144);
        for (const { path, bytes } of many) {
          memory.set(bytes);
          await writer.write(path, memory.subarray(0, bytes.length));
          memory.fill(0xee);
          if (path === 'd0/f1750') await writer.write('large', of(Buffer.alloc(300_000, 'x')));
        }
        expect(await writer.commit()).toHaveLength(many.length + 1);
        expect(await readdir(parent)).toEqual(['out']);
        for (const { path, bytes } of many) {
          expect((await readFile(join(parent, 'out', path))).equals(bytes)).toBe(true);
        }
        expect((await readFile(join(parent, 'out', 'large'), 'utf8')).length).toBe(300_000);
      },
    );

    test('names a file that comes twice, with the commit at the latest, and leaves nothing', async () => {
      for (const after of [0, 1200]) {
        const parent = await tempDir();
        const writer = await createTreeWriter(join(parent, 'out'), options);
        const write = async () => {
          for (const { path, bytes } of many.slice(0, 1300 + after)) {
            await writer.write(path, bytes);
            if (path === 'd1/f1296') await writer.write('d1/f1016', bytes);
          }
          await writer.commit();
        };
        await expect(write()).rejects.toMatchObject({
          code: 'PACKAGE_MALFORMED',
          message: expect.stringContaining('"d1/f1016"') as unknown,
        });
        await writer.discard();
        expect(await readdir(parent)).toEqual([]);
      }
    });

    test('discards in the midst and leaves nothing', async () => {
      const parent = await tempDir();
      const writer = await createTreeWriter(join(parent, 'out'), options);
      for (const { path, bytes } of many) await writer.write(path, bytes);
      await writer.discard();
      expect(await readdir(parent)).toEqual([]);
    });
  });

  test('discard leaves nothing', async () => {
    const parent = await tempDir();
    const writer = await createTreeWriter(join(parent, 'out'), options);
    await writer.write('a', of('x'));
    await writer.discard();
    expect(await everything(parent)).toEqual([]);
  });

  test('writes into an existing folder and keeps what is there', async () => {
    const folder = await tempDir();
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep', 'old'), 'old');
    const writer = await createTreeWriter(folder, options);
    await writer.write('deep/new', of('new'));
    await writer.commit();
    expect(await everything(folder)).toEqual(['deep', 'deep/new', 'deep/old'].map((path) => join(path)));
  });

  test('names every file in the way, and then moves nothing', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'b'), 'mine');
    await writeFile(join(folder, 'd'), 'mine');
    const writer = await createTreeWriter(folder, options);
    for (const path of ['a', 'b', 'c', 'd']) await writer.write(path, of('theirs'));
    await expect(writer.commit()).rejects.toMatchObject({ code: 'CONFLICT', details: { existing: ['b', 'd'] } });
    expect(await everything(folder)).toEqual(['b', 'd']);
    expect(await readFile(join(folder, 'b'), 'utf8')).toBe('mine');
  });

  test('replaces files when it may, but never follows a link or replaces a folder', async () => {
    const folder = await tempDir();
    const outside = await tempDir();
    await writeFile(join(folder, 'a'), 'old');
    const writer = await createTreeWriter(folder, { overwrite: true });
    await writer.write('a', of('new'));
    await writer.commit();
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new');

    await symlink(outside, join(folder, 'link'));
    await mkdir(join(folder, 'folder'));
    for (const path of ['link/x', 'link', 'folder']) {
      const second = await createTreeWriter(folder, { overwrite: true });
      await second.write('first', of('1'));
      await second.write(path, of('x'));
      await expect(() => second.commit()).toThrowCode('CONFLICT');
    }
    expect(await everything(outside)).toEqual([]);
    expect(await everything(folder)).toEqual(['a', 'folder', 'link']);
  });

  describe('does not follow a link that appears', () => {
    test('in place of a folder, before the commit', async () => {
      const [folder, outside] = [await tempDir(), await tempDir()];
      await mkdir(join(folder, 'sub'));
      const writer = await createTreeWriter(folder, { overwrite: true });
      await writer.write('first', of('1'));
      await writer.write('sub/x', of('x'));
      await rm(join(folder, 'sub'), { recursive: true });
      await symlink(outside, join(folder, 'sub'));
      await expect(() => writer.commit()).toThrowCode('CONFLICT');
      expect(await everything(outside)).toEqual([]);
      expect(await everything(folder)).toEqual(['sub']);
    });

    test('in place of the new folder, before the commit', async () => {
      const [parent, outside] = [await tempDir(), await tempDir()];
      const writer = await createTreeWriter(join(parent, 'out'), options);
      await writer.write('x', of('x'));
      await symlink(outside, join(parent, 'out'));
      await expect(() => writer.commit()).toThrowCode('CONFLICT');
      expect(await everything(outside)).toEqual([]);
      expect(await readdir(parent)).toEqual(['out']);
    });

    testWith([linux], 'in place of the folder where the files wait', async () => {
      const [folder, outside] = [await tempDir(), await tempDir()];
      await mkdir(join(outside, 'files'));
      const writer = await createTreeWriter(folder, options);
      const [stage] = await readdir(folder);
      await rename(join(folder, stage!), join(folder, 'moved'));
      await symlink(outside, join(folder, stage!));
      await writer.write('x', of('x'));
      await writer.write('deep/y', of('y'));
      await writer.discard();
      expect(await everything(outside)).toEqual(['files']);
    });

    testWith([linux], 'again and again during the commit', async () => {
      const [folder, outside] = [await tempDir(), await tempDir()];
      await mkdir(join(folder, 'sub'));
      // Our own mkdir can run between the steps of the loop. Then the loop starts again.
      const flip = `const fs = require('fs'); process.chdir(${JSON.stringify(folder)}); for (;;) try {
        fs.renameSync('sub', 'kept'); fs.symlinkSync(${JSON.stringify(outside)}, 'sub');
        fs.unlinkSync('sub'); fs.renameSync('kept', 'sub'); } catch { fs.rmSync('kept', { recursive: true, force: true }) }`;
      const adversary = spawn(process.execPath, ['-e', flip], { stdio: 'ignore' });
      const gone = once(adversary, 'exit');
      try {
        await once(adversary, 'spawn');
        const outcomes = new Set<string>();
        const until = Date.now() + 1500;
        for (let round = 0; Date.now() < until; round += 1) {
          const writer = await createTreeWriter(folder, options);
          for (let index = 0; index < 5; index += 1) await writer.write(`sub/${round}-${index}`, of('x'));
          const outcome = await writer.commit().then(
            () => 'written',
            (error: unknown) => (error as { code?: string }).code ?? String(error),
          );
          outcomes.add(outcome);
          expect(await everything(outside)).toEqual([]);
        }
        expect([...outcomes].filter((code) => !['written', 'CONFLICT', 'LOCAL_IO'].includes(code))).toEqual([]);
        expect(outcomes).toContain('CONFLICT');
        expect(adversary.exitCode).toBeNull();
      } finally {
        adversary.kill('SIGKILL');
        await gone;
      }
    });
  });

  test.each([
    ...['', '/etc/passwd', 'a//b', 'a/', '../x', 'a/../../x', 'a/./b', 'C:/x', 'a\\..\\b', 'a\0b', 'a\nb'],
    ...['con', 'sub/NUL.txt', 'lpt1', 'a.', 'a ', 'x:stream', 'a?', 'n'.repeat(256)],
  ])('the path %j is refused on every system, and nothing is written', async (path) => {
    const parent = await tempDir();
    const writer = await createTreeWriter(join(parent, 'out'), options);
    await expect(() => writer.write(path, of('x'))).toThrowCode('PACKAGE_MALFORMED');
    await expect(() => writer.write(path, Buffer.from('x'))).toThrowCode('PACKAGE_MALFORMED');
    expect(await writer.commit()).toEqual([]);
    expect(await everything(parent)).toEqual(['out']);
  });

  test('two entries for the same file are PACKAGE_MALFORMED', async () => {
    const parent = await tempDir();
    const writer = await createTreeWriter(join(parent, 'out'), options);
    await writer.write('a', of('x'));
    for (const path of ['a', 'a/b']) {
      await expect(() => writer.write(path, of('x'))).toThrowCode('PACKAGE_MALFORMED');
    }
    await writer.discard();
    expect(await everything(parent)).toEqual([]);
  });

  test('passes on the failure of a content, and discard leaves nothing', async () => {
    const parent = await tempDir();
    const writer = await createTreeWriter(join(parent, 'out'), options);
    async function* broken(): ByteStream {
      yield await Promise.resolve(Buffer.from('half'));
      throw new Error('bad tag');
    }
    await expect(writer.write('a', broken())).rejects.toThrow('bad tag');
    await writer.discard();
    expect(await everything(parent)).toEqual([]);
  });

  test.each(['file', 'link'])('refuses a destination that is a %s with USAGE', async (kind) => {
    const parent = await tempDir();
    await writeFile(join(parent, 'file'), '');
    await symlink(parent, join(parent, 'link'));
    await expect(() => createTreeWriter(join(parent, kind), options)).toThrowCode('USAGE');
    await expect(() => createTreeWriter(join(parent, 'missing', 'out'), options)).toThrowCode('USAGE');
  });
});

test('what a killed run left is removed by the next one, beside the folder and in it', async () => {
  const above = await tempDir();
  const out = join(above, 'out');
  const dead = 2 ** 31 - 2;
  const left = [partialName(out, dead), partialName(join(out, 'open'), dead)];
  const alive = partialName(out, process.pid);
  for (const folder of [...left, alive]) {
    await mkdir(join(folder, 'files'), { recursive: true });
    await writeFile(join(folder, 'files', 'secret.txt'), 'decrypted');
  }
  const tree = await createTreeWriter(out, { overwrite: true });
  await tree.write('a', Buffer.from('a'));
  await tree.commit();
  expect((await readdir(above)).sort()).toEqual([basename(alive), 'out'].sort());
  expect(await readdir(out)).toEqual(['a']);
});
