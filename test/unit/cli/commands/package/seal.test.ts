import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commandLine } from '../../../../support/command-line.ts';
import { tempDirs } from '../../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

test('a package that cannot be written makes no keys', async () => {
  const folder = await tempDir();
  await mkdir(join(folder, 'files'));
  await writeFile(join(folder, 'files', 'note.txt'), 'a note');
  const env = { MIGRATOR_CONFIG_DIR: join(folder, 'config'), MIGRATOR_STATE_DIR: join(folder, 'state') };
  const { code, stderr } = await commandLine(['package', 'seal', 'files', '-o', 'absent/s.tar'], { cwd: folder, env });
  expect(stderr).toMatch(/absent" does not exist/u);
  expect({ code, there: await readdir(folder) }).toEqual({ code: expect.any(Number), there: ['files'] });
  expect(code).not.toBe(0);
});

test('a trivial passphrase is refused with one hint, makes no keys, and masks nothing that is no secret', async () => {
  const folder = await tempDir();
  await mkdir(join(folder, 'files'));
  await writeFile(join(folder, 'files', 'note.txt'), 'a note');
  const env = { MIGRATOR_CONFIG_DIR: join(folder, 'config'), MIGRATOR_STATE_DIR: join(folder, 'state'), P: 'migrator' };
  const line = ['package', 'seal', 'files', '--passphrase', 'env:P', '-o', 's.tar'];
  const { code, stderr } = await commandLine(line, { cwd: folder, env });
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^migrator: error: the package passphrase is too easy/u),
    expect.stringMatching(/^migrator: hint: a passphrase has at least/u),
  ]);
  expect({ code, there: await readdir(folder) }).toEqual({ code: 2, there: ['files'] });
});
