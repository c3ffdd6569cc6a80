import { describe, expect, test } from '@jest/globals';
import { productOptions } from '../../src/adapters/index.ts';
import { commandLine } from '../support/command-line.ts';
import { everyCommand, examplesOf, helpOf, program } from '../support/commands.ts';

const run = (...args: string[]) => commandLine(args, { cwd: process.cwd() });
const all = everyCommand(await program());
const leaves = all.filter(([, command]) => command.commands.length === 0);
const named = leaves.map(([path, command]): [string, readonly string[], typeof command] => [
  path.join(' '),
  path,
  command,
]);

test('the command tree has exactly these commands', () => {
  expect(leaves.map(([path]) => path.join(' ')).sort()).toEqual(
    [
      ...[
        'partial-export',
        'import',
        'migrate-project',
        'compare',
        'inventory',
        'init',
        'doctor',
        'worker',
        'emulate',
        'demo',
        'completion',
        'help',
        'version',
      ],
      ...['list', 'upload', 'download', 'delete', 'certify', 'edit', 'inspect', 'verify', 'seal', 'open'].map(
        (word) => `package ${word}`,
      ),
      ...['list', 'show', 'wait', 'log', 'cancel', 'approve', 'reject', 'undo'].map((word) => `job ${word}`),
      ...['generate', 'list', 'rotate', 'show', 'trust', 'untrust'].map((word) => `key ${word}`),
      ...['show', 'check', 'trust', 'schema'].map((word) => `config ${word}`),
      ...['init', 'check', 'run', 'status', 'stop', 'report'].map((word) => `wave ${word}`),
      'adapter new',
    ].sort(),
  );
});

test('the footer of the help fits a terminal of 80 columns', async () => {
  const { stdout } = await run('--help');
  const footer = stdout.slice(stdout.indexOf('Every flag'));
  expect(footer).toContain('Exit codes: 0 done');
  expect(footer.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

describe.each(named)('migrator %s', (_, path, command) => {
  test('--help=all goes to stdout, describes every flag and argument, and ends with 0', async () => {
    const { code, stdout, stderr } = await run(...path, '--help=all');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: migrator ${path.join(' ')}`);
    for (const option of command.options.filter((one) => !one.hidden)) {
      expect(stdout).toContain(option.long);
      expect(option.description).toMatch(/\S/);
    }
    for (const argument of command.registeredArguments) {
      expect(stdout).toContain(argument.name());
      expect(argument.description).toMatch(/\S/);
    }
    expect(command.description()).toMatch(/^[a-z][^.]*[^.]$/);
  });

  test('the help has examples, and each of them runs the command', () => {
    const lines = examplesOf(command);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(`${line} `).toContain(`migrator ${path.join(' ')} `);
  });

  test('an unknown flag is a USAGE error that suggests the nearest flag', async () => {
    expect(await run(...path, '--no-such-flag-at-all')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('unknown option'),
    });
    const flag = command.options.find((option) => (option.long ?? '').length > 8 && !option.negate && !option.hidden);
    if (flag?.long === undefined) return;
    const { stderr } = await run(...path, flag.long.slice(0, -1));
    expect(stderr).toMatch(/did you mean .*--/);
  });

  const required = command.registeredArguments.find((argument) => argument.required);
  if (required === undefined) return;
  test('a missing argument is a USAGE error that names it', async () => {
    const { code, stderr } = await run(...path);
    expect(code).toBe(2);
    expect(stderr).toContain(`missing required argument '${required.name()}'`);
    expect(stderr).toContain(`see migrator ${path.join(' ')} --help`);
  });
});

describe.each(all.filter(([path, command]) => path.length > 0 && command.commands.length > 0))(
  'the group %s',
  (path, command) => {
    test('a group without a command is a USAGE error that lists its commands', async () => {
      const { code, stdout, stderr } = await run(...path);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      for (const child of command.commands) expect(stderr).toContain(child.name());
    });

    test('an unknown command is a USAGE error that suggests the nearest one', async () => {
      const [first] = command.commands;
      const slip = `${first!.name()}x`;
      const { code, stderr } = await run(...path, slip);
      expect(code).toBe(2);
      expect(stderr).toContain(`unknown command '${slip}'`);
      expect(stderr).toContain(`did you mean migrator ${[...path, first!.name()].join(' ')}?`);
    });
  },
);

describe('product flags', () => {
  test.each(['partial-export', 'import', 'migrate-project'] as const)(
    'the help of %s groups the flags by product',
    async (verb) => {
      const { stdout } = await run(verb, '--help=all');
      const firstWith = (name: string) =>
        productOptions.find(({ options }) => options.some((one) => one.name === name && one.verbs.includes(verb)))
          ?.title;
      for (const { title, options } of productOptions) {
        const [, after = ''] = stdout.split(`\n${title} options:\n`);
        const group = after.split('\n\n')[0]!;
        for (const spec of options) {
          expect({ flag: spec.name, there: new RegExp(`^  --${spec.name}(\\s|$)`, 'm').test(group) }).toEqual({
            flag: spec.name,
            there: spec.verbs.includes(verb) && firstWith(spec.name) === title,
          });
        }
      }
    },
  );
});

describe('the program itself', () => {
  test('migrator without arguments shows its help and ends with 2', async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(stdout).toContain('Usage: migrator');
    expect(stdout).toContain('$ migrator demo');
  });

  test('the help lists every command of the first level, and the exit codes', async () => {
    const root = await program();
    const { stdout } = await run('--help');
    for (const command of root.commands) expect(stdout).toContain(`  ${command.name()} `);
    expect(helpOf(root)).toContain('Exit codes: 0 done');
  });

  test.each([
    ['help', 'import'],
    ['import', '-h'],
  ])('migrator %s %s shows the help of the command', async (...words) => {
    const { code, stdout } = await run(...words);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: migrator import');
    expect(stdout).toContain('Flags of a product: Octopus Deploy (');
  });

  test('a flag of the name of an argument is told to be one', async () => {
    const { code, stderr } = await run('migrate-project', '--project', 'x', '--from', 'lab');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('name it without a flag: migrator migrate-project <project>'),
    ]);
  });

  test('help for an unknown command is a USAGE error', async () => {
    expect(await run('help', 'nothing')).toMatchObject({ code: 2, stderr: expect.stringContaining('"nothing"') });
  });

  test('--version and -V print only the version', async () => {
    for (const flag of ['--version', '-V']) {
      expect(await run(flag)).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' });
    }
  });

  test('an invalid choice, an extra argument and a flag without its value are USAGE errors', async () => {
    expect(await run('partial-export', '--compression', 'lzma')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/lzma[^]*auto, gzip, zstd, none/u),
    });
    expect(await run('package', 'list', 'surplus')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('too many arguments'),
    });
    expect(await run('import', 'x.tar', '--to')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('argument missing'),
    });
  });
});
