import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandLine } from '../../support/command-line.ts';
import { linux, testWith } from '../../support/programs.ts';
import { tempDirs } from '../../support/with-temp-dir.ts';

const tempDir = tempDirs();
const plain = ['--unsigned', '--unencrypted'];

/** A folder below no rc file, with a file and a package of it. */
async function place() {
  const folder = await tempDir();
  await writeFile(join(folder, 'note.txt'), 'hi');
  const run = (...args: string[]) => commandLine(args, { cwd: folder, env: { HOME: folder } });
  const sealed = await run('package', 'seal', 'note.txt', '-o', 'note.tar', ...plain);
  expect(sealed.code).toBe(0);
  return { folder, run };
}

describe('a wrong place or a wrong name is blamed by name, and the hint leads out', () => {
  test.each([
    [
      ['package', 'seal', 'note.txt', '-o', 'gone/x.tar', ...plain],
      2,
      'the folder "<here>/gone" does not exist',
      'create it',
    ],
    [
      ['package', 'seal', 'note.txt', '-o', 'note.txt/x.tar', ...plain],
      2,
      '"<here>/note.txt" is a file, not a folder',
      'choose another place',
    ],
    [
      ['package', 'seal', 'note.txt', '-o', 'note.txt/y/x.tar', ...plain],
      2,
      '"<here>/note.txt" is a file, not a folder',
      'choose another place',
    ],
    [
      ['package', 'open', 'note.tar', '--allow-unsigned', '-o', 'note.txt/x'],
      2,
      '"<here>/note.txt" is a file, not a folder',
      'choose another place',
    ],
    [
      ['package', 'open', 'note.tar', '--allow-unsigned', '-o', 'gone/x'],
      2,
      'the folder "<here>/gone" does not exist',
      'create it',
    ],
    [
      ['package', 'seal', 'note.txt', '--id', 'a b', ...plain],
      2,
      '--id: "a b" cannot be the id of a package',
      'use letters',
    ],
    [
      ['package', 'seal', 'note.txt', '--package-version', 'x', ...plain],
      2,
      '--package-version: "x" cannot be the version',
      '1.0.0',
    ],
    [
      ['package', 'open', 'note.tar', '--allow-unsigned', '--identity', 'nope'],
      2,
      'there is no key at "<here>/nope"',
      'key list',
    ],
    [
      ['package', 'seal', 'note.txt', '--signing-key', 'nope', '--unencrypted'],
      2,
      'there is no key at "<here>/nope"',
      'key list',
    ],
    [['inventory'], 2, 'there is no rc file', 'migrator init'],
    [['import', 'note.tar'], 2, 'there is no rc file', 'migrator init'],
    [['inventory', '--from', 'lab'], 2, 'there is no rc file', 'migrator init'],
  ] as const)('%j', async (args, code, message, hint) => {
    const { folder, run } = await place();
    const ended = await run(...args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(`migrator: error: ${message.replace('<here>', folder)}`);
    expect(ended.stderr).toMatch(new RegExp(`migrator: hint: .*${hint}`, 'u'));
    expect(ended.stderr).not.toMatch(/key generate|manifest\.json/u);
  });

  testWith([linux], 'a folder that takes no files, such as /proc', async () => {
    const { run } = await place();
    for (const args of [
      ['package', 'seal', 'note.txt', '-o', '/proc/x', ...plain],
      ['package', 'open', 'note.tar', '--allow-unsigned', '-o', '/proc/x'],
    ]) {
      expect(await run(...args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(
          'nothing can be created in the folder "/proc"\nmigrator: hint: choose another place',
        ),
      });
    }
    expect(await run('emulate', 'octopus', '--data', '/proc/x')).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('could not make the folder "/proc/x"'),
    });
  });
});
