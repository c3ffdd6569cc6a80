import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createContext } from '../../../../src/cli/context.ts';
import { packageFolder } from '../../../../src/cli/packages/package-folder.ts';
import { partialName } from '../../../../src/files/partial-name.ts';
import type { ByteStream } from '../../../../src/ports/artifact.ts';
import { never, once } from '../../../support/packages.ts';
import { noRoot, posix, testWith } from '../../../support/programs.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

const contextIn = (state: string) => createContext(testIO({ env: { MIGRATOR_STATE_DIR: state } }), []);

async function textOf(stream: ByteStream): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('files are read as often as wanted, whole and in parts', async () => {
  await withTempDir(async (state) => {
    const folder = await packageFolder(contextIn(state));
    await folder.write('native/a.zip', once(Buffer.from('hello '), Buffer.from('world')));
    await folder.commit();
    const file = folder.file('native/a.zip', 11);
    for (let time = 0; time < 2; time += 1) expect(await textOf(file.open(never))).toBe('hello world');
    expect(await textOf(file.range!(6, 3, never))).toBe('wor');
    expect(await textOf(file.range!(9, 10, never))).toBe('ld');
  });
});

test('the folder is removed when the run ends', async () => {
  await withTempDir(async (state) => {
    const context = contextIn(state);
    const folder = await packageFolder(context);
    await folder.write('native/a.zip', Buffer.from('x'));
    expect(await readdir(join(state, 'staging'))).toHaveLength(1);
    await context.close();
    expect(await readdir(join(state, 'staging'))).toEqual([]);
  });
});

test('what a killed run left is removed, and what a living one uses is kept', async () => {
  await withTempDir(async (state) => {
    const dead = partialName(join(state, 'staging', 'opened'), 2 ** 22 + 1);
    const living = partialName(join(state, 'staging', 'opened'), process.ppid);
    const other = partialName(join(state, 'staging', 'run.tar'), 2 ** 22 + 1);
    for (const folder of [dead, living]) {
      await mkdir(join(folder, 'files'), { recursive: true });
      await writeFile(join(folder, 'files', 'a.zip'), 'x');
    }
    await writeFile(other, 'x');
    const context = contextIn(state);
    await packageFolder(context);
    await context.close();
    expect((await readdir(join(state, 'staging'))).map((name) => join(state, 'staging', name)).sort()).toEqual(
      [living, other].sort(),
    );
  });
});

testWith([posix], 'nobody else may enter the folder', async () => {
  await withTempDir(async (state) => {
    await packageFolder(contextIn(state));
    const [name = ''] = await readdir(join(state, 'staging'));
    expect((await stat(join(state, 'staging', name))).mode & 0o777).toBe(0o700);
  });
});

test('a path that leads out of the folder is refused', async () => {
  await withTempDir(async (state) => {
    const folder = await packageFolder(contextIn(state));
    await expect(() => folder.write('../x', Buffer.from('x'))).toThrowCode('PACKAGE_MALFORMED');
  });
});

const hint = 'the files of a package need space in the state folder; MIGRATOR_STATE_DIR names another one';

test('a state directory that cannot be used is LOCAL_IO, and the hint says what to do', async () => {
  await withTempDir(async (folder) => {
    await writeFile(join(folder, 'state'), 'a file');
    await expect(packageFolder(contextIn(join(folder, 'state')))).rejects.toMatchObject({ code: 'LOCAL_IO', hint });
  });
});

testWith([posix, noRoot], 'a folder that cannot be written is LOCAL_IO with the same hint', async () => {
  await withTempDir(async (state) => {
    await mkdir(join(state, 'staging'), { mode: 0o500 });
    await expect(packageFolder(contextIn(state))).rejects.toMatchObject({ code: 'LOCAL_IO', hint });
  });
});
