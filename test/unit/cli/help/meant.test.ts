import { describe, expect, test } from '@jest/globals';
import { commandLine } from '../../../support/command-line.ts';
import { commands } from '../../../../src/cli/commands/index.ts';
import { meantBy, namesOf } from '../../../../src/cli/help/meant.ts';

describe('a word that is no command leads to the command that was meant', () => {
  test.each([
    ['export', ['partial-export']],
    ['exports', ['partial-export']],
    ['exprt', ['partial-export']],
    ['EXPORT', ['partial-export']],
    ['partial', ['partial-export']],
    ['move', ['migrate-project']],
    ['migrate', ['migrate-project']],
    ['copy', ['migrate-project']],
    ['transfer', ['migrate-project']],
    ['migrate-projects', ['migrate-project']],
    ['relay', ['migrate-project']],
    ['send', ['migrate-project']],
    ['moov', ['migrate-project']],
    ['deploy', ['migrate-project']],
    ['environments', ['inventory']],
    ['imprt', ['import']],
    ['inspect', ['package inspect']],
    ['verify', ['package verify']],
    ['seal', ['package seal']],
    ['upload', ['package upload']],
    ['uplaod', ['package upload']],
    ['download', ['package download']],
    ['undo', ['job undo']],
    ['wait', ['job wait']],
    ['diff', ['compare']],
    ['list', ['package list', 'job list', 'inventory']],
    ['show', ['job show', 'key show', 'config show']],
    ['generate', ['key generate']],
    ['jobs', ['job']],
    ['packages', ['package']],
    ['job-wait', ['job wait']],
    ['projects', ['inventory']],
    ['upgrade', ['version']],
    ['constructor', []],
    ['xyzzy', []],
  ])('%s', (word, expected) => {
    expect([...meantBy(word, [], commands)].sort()).toEqual([...expected].sort());
  });

  test.each([
    ['package', 'push', ['package upload']],
    ['package', 'listx', ['package list']],
    ['package', 'remove', ['package delete']],
    ['package', 'import', ['import']],
    ['package', 'export', ['partial-export']],
    ['job', 'status', ['job show']],
    ['job', 'logs', ['job log']],
    ['job', 'resume', ['job wait']],
    ['key', 'create', ['key generate']],
    ['key', 'genrate', ['key generate']],
    ['config', 'validate', ['config check']],
    ['config', 'doctor', ['doctor']],
    ['job', 'delete', ['job cancel', 'job undo']],
    ['job', 'rm', ['job cancel', 'job undo']],
    ['adapter', 'create', ['adapter new']],
    ['adapter', 'add', ['adapter new']],
    ['job', 'constructor', []],
  ])('%s %s', (group, word, expected) => {
    expect(meantBy(word, [group], commands)).toEqual(expected);
  });

  test('no word of one group leads to a command of another that destroys something', () => {
    for (const group of ['job', 'key', 'config', 'package', 'adapter'])
      for (const word of ['delete', 'delet', 'remove', 'untrust', 'undo', 'cancel', 'reject', 'rejct'])
        for (const path of meantBy(word, [group], commands))
          expect({ group, word, path }).toEqual({
            group,
            word,
            path: path.startsWith(`${group} `)
              ? path
              : expect.not.stringMatching(/ (delete|untrust|undo|cancel|reject)$/u),
          });
  });

  test('a synonym counts only for a command that exists, and never leads to a command of another kind', () => {
    expect(meantBy('remove', ['key'], commands)).not.toContain('package delete');
    const keys = [
      { name: 'key', commands: [{ name: 'untrust' }] },
      { name: 'package', commands: [{ name: 'delete' }] },
    ];
    expect(meantBy('remove', ['key'], keys)).toEqual(['key untrust']);
  });

  test('each synonym leads to a command that exists, but for those of commands to come', () => {
    for (const word of ['export', 'dump', 'clone', 'pull', 'decrypt', 'status', 'ping', 'serve', 'docs', 'update']) {
      expect({ word, found: meantBy(word, [], commands).length > 0 }).toEqual({ word, found: true });
    }
  });
});

test('several commands are named as a sentence does', () => {
  expect(namesOf(['a'])).toBe('migrator a');
  expect(namesOf(['a', 'b c', 'd'])).toBe('migrator a, migrator b c or migrator d');
});

test('words for what migrator does not have are answered, and a choice says what each does', async () => {
  const hint = async (...words: string[]) => (await commandLine(words, { cwd: '/' })).stderr.split('hint: ')[1];
  expect(await hint('login')).toContain('migrator has no session');
  expect(await hint('quit')).toContain('Ctrl-C');
  expect(await hint('help', 'quit')).toContain('Ctrl-C');
  expect(await hint('job', 'remove')).toMatch(
    /job cancel \(stops a job that runs\) or migrator job undo \(takes back/u,
  );
  expect(await hint('import', 'x.tar', '--verify')).toContain('migrator compare');
  expect(await hint('import', 'x.tar', '--vesion')).toContain('--version');
});

describe('--version', () => {
  const run = (...words: string[]) => commandLine(words, { cwd: '/' });

  test.each([
    ['package', 'seal', '../content', '-o', 'a.tar', '--version', '2.0.0'],
    ['package', 'seal', '../content', '-o', 'a.tar', '--version=2.0.0'],
    ['--version', 'package', 'seal', '../content'],
    ['partial-export', 'p', '--from', 'a', '-V'],
  ])('after a command is refused, and leads to the flag of the package: %s', async (...words) => {
    expect(await run(...words)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/has no --version[^]*did you mean --package-version/u),
    });
  });

  test.each([
    ['job', 'show', 'x', '--version'],
    ['job', 'show', 'x', '--version=2.0.0'],
    ['package', '--version'],
    ['--progress', 'none', 'doctor', '-qV'],
  ])('after a command without a version says which command prints it: %s', async (...words) => {
    expect(await run(...words)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('migrator version prints the version'),
    });
  });

  test('without a command prints the version, also beside other flags', async () => {
    for (const words of [['-V'], ['--quiet', '--version'], ['--progress', 'none', '-V']])
      expect(await run(...words)).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/u), stderr: '' });
  });

  test('after an unknown word the word is what is wrong', async () => {
    expect(await run('xyzzy', '--version')).toMatchObject({ code: 2, stderr: expect.stringContaining("'xyzzy'") });
  });
});
