import { describe, expect, test } from '@jest/globals';
import { commandLine } from '../../../../support/command-line.ts';

const help = (...words: string[]) => commandLine(['help', ...words], { cwd: '/', env: { HOME: '/nonexistent' } });

describe('migrator help', () => {
  test.each([
    [[], 'Usage: migrator [options]'],
    [['job'], 'Usage: migrator job'],
    [['job', 'wait'], 'Usage: migrator job wait'],
    [['help'], 'Usage: migrator help'],
    [['exit-codes'], 'Exit codes\n'],
    [['config'], 'The rc file\n'],
    [['docs/adapters/octopus.md'], 'Octopus Deploy\n'],
    [['octopus'], 'Octopus Deploy\n'],
    [['topics'], '  exit-codes'],
  ] as const)('of %j', async (words, expected) => {
    const { code, stdout, stderr } = await help(...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(expected);
    if (words[0] !== 'topics') expect(stdout.startsWith(expected)).toBe(true);
  });

  test('of a command with --all shows every flag of every product', async () => {
    const { stdout } = await help('import', '--all');
    for (const text of ['SnapLogic options:', '--set <name=value>', '--patience']) expect(stdout).toContain(text);
  });

  test.each([
    [['export'], 'did you mean migrator help partial-export or migrator help report?'],
    [['exit-code'], 'did you mean migrator help exit-codes?'],
    [['exit'], 'did you mean migrator help exit-codes?'],
    [['job', 'status'], 'did you mean migrator help job show?'],
    [['xyzzy'], 'migrator help topics lists the pages'],
  ])('of %j, which is nothing, is a USAGE error that leads on', async (words, hint) => {
    const { code, stdout, stderr } = await help(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `migrator: error: there is no command and no page "${words.join(' ')}"\nmigrator: hint: ${hint}\n`,
    );
  });
});

describe('a word that is no command', () => {
  const run = (...args: string[]) => commandLine(args, { cwd: '/', env: { HOME: '/nonexistent' } });

  test.each([
    [['export', '--from', 'lab'], "unknown command 'export'", 'did you mean migrator partial-export?'],
    [['export', '--help'], "unknown command 'export'", 'did you mean migrator partial-export?'],
    [['job', 'status', 'x'], "unknown command 'status'", 'did you mean migrator job show?'],
    [['job', 'help', 'status'], "unknown command 'status'", 'did you mean migrator job show?'],
    [['xyzzy'], "unknown command 'xyzzy'", 'see migrator --help'],
  ])('%j is a USAGE error with a hint, and runs nothing', async (args, message, hint) => {
    expect(await run(...args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `migrator: error: ${message}\nmigrator: hint: ${hint}\n`,
    });
  });
});
