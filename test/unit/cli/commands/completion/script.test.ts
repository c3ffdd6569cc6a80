import { spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { completionScript, shells } from '../../../../../src/cli/commands/completion/script.ts';
import { commandPaths, type CommandTree } from '../../../../../src/cli/commands/completion/tree.ts';
import { tempDirs } from '../../../../support/with-temp-dir.ts';
import { describeWith, posix, testWith } from '../../../../support/programs.ts';

const tempDir = tempDirs();

const leaf = (name: string, change: Partial<CommandTree> = {}): CommandTree => ({
  name,
  description: `does ${name}`,
  options: [],
  commands: [],
  arguments: [],
  ...change,
});

const from = {
  flag: '--from',
  description: "the instance's name: [source]",
  takesValue: true,
  completes: 'instance',
} as const;

const tree: CommandTree = {
  name: 'migrator',
  description: 'moves projects',
  options: [
    { flag: '--config', description: 'rc file', takesValue: true, completes: 'file' },
    { flag: '--quiet', short: '-q', description: 'says `nothing` $HOME "at" all; \\', takesValue: false },
    { flag: '--progress', description: 'how', takesValue: true, choices: ['auto', 'plain', 'json', 'none'] },
  ],
  arguments: [],
  commands: [
    leaf('partial-export', {
      options: [from, { flag: '--output', short: '-o', description: 'file', takesValue: true, completes: 'file' }],
    }),
    leaf('package', {
      commands: [
        leaf('upload', {
          options: [{ flag: '--on-conflict', description: 'policy', takesValue: true, choices: ['fail', 'keep'] }],
          arguments: [{ name: 'file', completes: 'file', many: true }],
        }),
        leaf('open', {
          arguments: [
            { name: 'file', completes: 'file' },
            { name: 'folder', completes: 'folder' },
          ],
        }),
      ],
    }),
    leaf('job', { commands: [leaf('wait', { arguments: [{ name: 'handle', completes: 'handle' }] })] }),
    leaf('compare', {
      options: [from, { flag: '--project', description: 'a project', takesValue: true, completes: 'project' }],
    }),
    leaf('doctor', { arguments: [{ name: 'instance', completes: 'instance', many: true }] }),
    leaf('completion', { arguments: [{ name: 'shell', choices: ['bash', 'zsh'] }] }),
  ],
};

/** The rows that a shell offers are the same for all of them. */
const rows: readonly (readonly [typed: string, offered: readonly string[]])[] = [
  ['migrator ', ['partial-export', 'package', 'job', 'compare', 'doctor', 'completion']],
  ['migrator pa', ['partial-export', 'package']],
  ['migrator --q', ['--quiet']],
  ['migrator package ', ['upload', 'open']],
  ['migrator package up', ['upload']],
  ['migrator --quiet package o', ['open']],
  ['migrator --config x package o', ['open']],
  ['migrator partial-export --fr', ['--from']],
  ['migrator partial-export --from ', ['lab', 'prod-eu']],
  ['migrator partial-export --from p', ['prod-eu']],
  ['migrator partial-export --from lab --pro', ['--progress']],
  ['migrator partial-export --progress ', ['auto', 'plain', 'json', 'none']],
  ['migrator package upload --on-conflict k', ['keep']],
  ['migrator package upload a.ta', ['a.tar']],
  ['migrator package upload a.tar "b', ['b file.tar']],
  ['migrator package open a.tar s', ['sub']],
  ['migrator compare --from prod-eu --project ', ['Kiosk']],
  ['migrator doctor lab p', ['prod-eu']],
  ['migrator doctor --config x lab p', ['prod-eu']],
  ['migrator completion ', ['bash', 'zsh']],
];

/** Stands in for the program: prints names as `completion --names` does, with whatever a name may hold. */
const names = `#!/bin/sh
[ "$1 $2" = 'completion --names' ] || exit 3
case $3 in
  instance) printf 'lab\\nprod-eu\\n' ;;
  handle) printf 'octopus:lab:ServerTasks-76\\noctopus:lab:ServerTasks-9\\nsnaplogic:prod:a b;c\\n' ;;
  project) case "$4 $5" in
    '--typed '*'--from prod-eu'*) echo Kiosk; exit ;;
    '--typed '*) ;;
    *) exit 3 ;;
  esac
  printf '%s\\n' 'Web Shop' 'Web: $HOME' "Bob's" Billing ;;
esac
`;

async function place(): Promise<string> {
  const folder = await tempDir();
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'a.tar'), '');
  await writeFile(join(folder, 'b file.tar'), '');
  await writeFile(join(folder, 'migrator'), names);
  await chmod(join(folder, 'migrator'), 0o755);
  for (const shell of shells) await writeFile(join(folder, `script.${shell}`), completionScript(shell, tree));
  return folder;
}

describe.each(shells)('%s', (shell) => {
  const script = completionScript(shell, tree);

  test('names every command, option and choice', () => {
    for (const { command, options } of commandPaths(tree)) {
      expect(script).toContain(command.name);
      for (const { flag, choices } of options) {
        expect(script).toContain(flag.replace(/^--/, ''));
        for (const choice of choices ?? []) expect(script).toContain(choice);
      }
    }
    expect(script).toContain('completion --names');
    expect(script).not.toMatch(/_NAME|undefined|\[object/);
  });

  const programs = { bash: 'bash', zsh: 'zsh', fish: 'fish', powershell: 'pwsh' } as const;
  const program = programs[shell];
  const checks: Readonly<Record<string, readonly string[]>> = {
    bash: ['-n'],
    zsh: ['-n'],
    fish: ['--no-execute'],
    powershell: ['-NoProfile', '-File'],
  };
  testWith([program], 'is valid', async () => {
    const folder = await place();
    const name = join(folder, shell === 'powershell' ? 'script.ps1' : `script.${shell}`);
    await writeFile(name, script);
    const { status, stderr } = spawnSync(program, [...checks[shell]!, name], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describeWith(['bash', posix], 'what bash offers', () => {
  // Calls the function as the shell does on Tab, with the words typed so far.
  const driver = `
    source script.bash
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _migrator
    printf '%s\\n' "\${COMPREPLY[@]}"`;

  /** Bash splits at "=" and ":" outside of quotes too, and leaves quotes and escapes as they are typed. */
  const split = (line: string): readonly string[] => [
    ...(line.match(/(?:"[^"]*"?|\\.|[^\s=:"\\])+|[=:]/gu) ?? []),
    ...(/[ =:]$/u.test(line) && !line.endsWith(':') ? [''] : []),
  ];

  test.each([
    ...rows,
    ['migrator partial-export --from=p', ['prod-eu']],
    ['migrator partial-export --from=', ['lab', 'prod-eu']],
    ['migrator partial-export --progress=json --f', ['--from']],
    // Readline replaces what comes after the last colon. Outside of quotes, what a shell would read is escaped.
    ['migrator job wait ', ['octopus:lab:ServerTasks-76', 'octopus:lab:ServerTasks-9', 'snaplogic:prod:a\\ b\\;c']],
    ['migrator job wait oct', ['octopus:lab:ServerTasks-76', 'octopus:lab:ServerTasks-9']],
    ['migrator job wait octopus:', ['lab:ServerTasks-76', 'lab:ServerTasks-9']],
    ['migrator job wait octopus:lab:ServerTasks-7', ['ServerTasks-76']],
    ['migrator job wait "octopus:lab:ServerTasks-7', ['octopus:lab:ServerTasks-76']],
    ['migrator --quiet job wait snaplogic:prod:', ['a\\ b\\;c']],
    ['migrator compare --project W', ['Web\\ Shop', 'Web:\\ \\$HOME']],
    ['migrator compare --project Web\\ S', ['Web\\ Shop']],
    ['migrator compare --project "Web S', ['Web Shop']],
    ['migrator compare --project B', ["Bob\\'s", 'Billing']],
  ] as const)('%s', async (typed, offered) => {
    const folder = await place();
    const result = spawnSync('bash', ['--norc', '-c', driver, 'driver', ...split(typed)], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
    expect(result.stderr).toBe('');
    expect(
      result.stdout
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    ).toEqual([...offered].sort());
  });

  test('registers itself for the program', async () => {
    const folder = await place();
    const { stdout } = spawnSync('bash', ['--norc', '-c', 'source script.bash; complete -p migrator'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout.trim()).toBe('complete -F _migrator migrator');
  });
});

describeWith(['zsh'], 'what zsh offers', () => {
  test('names keep their colons, blanks and signs, and the arguments of _arguments stay', async () => {
    const folder = await place();
    const lines = `compadd() { print -rl -- "$@[1,-3]" "\${(@P)@[-1]}" }; compdef() { : }; source script.zsh; _migrator_names -J values project`;
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', lines], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder },
    });
    expect({ stderr, lines: stdout.trimEnd().split('\n') }).toEqual({
      stderr: '',
      lines: ['-J', 'values', 'Web Shop', 'Web: $HOME', "Bob's", 'Billing'],
    });
  });
});

describeWith(['fish'], 'what fish offers', () => {
  test.each([
    ['migrator job wait octopus:lab:ServerTasks-7', ['octopus:lab:ServerTasks-76']],
    ['migrator job wait snap', ['snaplogic:prod:a b;c']],
    ['migrator compare --project Web', ['Web Shop', 'Web: $HOME']],
  ])('%s', async (typed, offered) => {
    const folder = await place();
    const { stdout } = spawnSync('fish', ['--no-config', '-c', 'source script.fish; complete -C "$argv[1]"', typed], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder },
    });
    expect(
      stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('\t')[0]!.replaceAll('\\', ''))
        .sort(),
    ).toEqual([...offered].sort());
  });

  test.each(rows)('%s', async (typed, offered) => {
    const folder = await place();
    const result = spawnSync('fish', ['--no-config', '-c', 'source script.fish; complete -C "$argv[1]"', typed], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder },
    });
    const names = result.stdout
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [line.split('\t')[0]!.replace(/\/$/, '').replaceAll('\\ ', ' ')]));
    expect(names.filter((name) => offered.includes(name)).sort()).toEqual([...offered].sort());
    // fish also offers files with a match in the middle. Nothing else may be offered.
    expect(
      names.filter((name) => !offered.includes(name) && !/^(a\.tar|b file|script|migrator|sub)/.test(name)),
    ).toEqual([]);
  });
});

test('options of a command are also options of the commands below it, which list their own first', () => {
  const found = commandPaths(tree).find(({ words }) => words === 'package upload');
  expect(found?.options.map(({ flag }) => flag)).toEqual(['--on-conflict', '--config', '--quiet', '--progress']);
});
