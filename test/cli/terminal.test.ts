import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect } from '@jest/globals';
import { parseFault } from '../../src/emulators/index.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';
import { testWith } from '../support/programs.ts';
import { sample } from '../support/sample.ts';
import { aTerminal, onTerminal, type Typed } from '../support/pseudo-terminal.ts';

const { here, run } = sharedWorkshop({ lab: { pace: 40 } });
const password = ['--password', 'env:MOVE_PASSWORD'];
const exportTo = (file: string) => ['partial-export', '--from', 'lab', '--project', 'Billing', ...password, '-o', file];
const escape = '\u001b[';

const at = (more: Readonly<Record<string, string>> = {}) => ({ cwd: here().folder, env: { ...here().env, ...more } });
const terminal = (args: readonly string[], typed?: Typed, more?: Readonly<Record<string, string>>) =>
  onTerminal(args, at(more), typed);

beforeAll(async () => {
  await writeFile(here().path('note.txt'), 'for the night shift');
});

describe('on a terminal', () => {
  testWith([aTerminal], 'a terminal shows a spinner and colours, and the result at the end', async () => {
    const { code, shown } = await terminal(exportTo('spun.tar'));
    expect(code).toBe(0);
    expect(shown).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    expect(shown).toContain(`${escape}36m`);
    expect(shown).toMatch(/exported "Billing" from lab[^]*spun\.tar/);
    // The cursor that the spinner hid is shown again.
    expect(shown.lastIndexOf(`${escape}?25h`)).toBeGreaterThan(shown.lastIndexOf(`${escape}?25l`));
  });

  testWith(
    [aTerminal],
    'a redirected result has no escape codes, and the terminal still shows the spinner',
    async () => {
      const { code, shown } = await onTerminal(exportTo('redirected.tar'), { ...at(), redirect: ' > result.txt' });
      expect(code).toBe(0);
      expect(shown).toContain(escape);
      const result = await readFile(here().path('result.txt'), 'utf8');
      expect(result).toContain('redirected.tar');
      expect(result).not.toContain('\u001b');
    },
  );

  testWith([aTerminal], 'NO_COLOR and --no-color turn the colours off, and CI turns the spinner off too', async () => {
    const colour = new RegExp(`\u001b\\[[0-9;]*m`);
    const colourless = [
      [['doctor'], { NO_COLOR: '1' }],
      [['doctor', '--no-color'], {}],
      [['doctor'], { MIGRATOR_NO_COLOR: '1' }],
    ] as const;
    for (const [args, env] of sample(colourless, 1)) {
      const { code, shown } = await terminal(args, [], env);
      expect(code).toBe(0);
      expect(shown).not.toMatch(colour);
    }
    const plain: readonly (readonly [readonly string[], Readonly<Record<string, string>>])[] = [
      [['doctor'], { CI: 'true' }],
      [['doctor'], { TERM: 'dumb' }],
      [['doctor', '--progress', 'plain'], {}],
      [['doctor', '--quiet'], {}],
    ];
    for (const [args, env] of sample(plain, 2)) {
      expect((await terminal(args, [], env)).shown).not.toContain(escape);
    }
  });

  testWith([aTerminal], 'Ctrl-C detaches from the job and says how to wait for it and how to resume', async () => {
    here().lab.faults.add(parseFault('stuck-queue'));
    const { code, shown } = await terminal(exportTo('detached.tar'), [[/ServerTasks-\d+/, '\u0003']]);
    here().lab.faults.clear();
    expect(code).toBe(130);
    expect(shown).toMatch(/detached from octopus:lab:ServerTasks-\d+/);
    expect(shown).toMatch(/migrator job wait octopus:lab:ServerTasks-\d+/);
    expect(shown).toContain('to resume, run the same command again');
  });

  testWith([aTerminal], 'init asks questions and writes the answers to the rc file', async () => {
    const cwd = here().path('asked');
    await mkdir(cwd);
    const { code, shown } = await onTerminal(['init'], { ...at(), cwd }, [
      [/Name of the instance to move from \[lab\]/, 'spring\n'],
      [/product/, 'octopuss\n'],
      [/did\s+you\s+mean\s+"octopus"\?[^]*product/, '\n'],
      [/URL/, 'htp://spring.example\n'],
      [/must\s+begin[^]*URL/, 'https://spring.example\n'],
      [/reference to its apiKey/, 'hunter2\n'],
      [/is\s+not\s+a\s+reference[^]*reference to its apiKey/, '\n'],
      [/Its space/, 'Default\n'],
      [/Name of the instance to move to \[prod\]/, 'autumn\n'],
      [/product/, '\n'],
      [/URL/, 'embedded:./autumn\n'],
    ]);
    expect({ code, wrote: shown.includes('wrote') }).toEqual({ code: 0, wrote: true });
    const text = await readFile(join(cwd, '.migratorrc.yaml'), 'utf8');
    expect(text).toMatch(
      /spring:[^]*https:\/\/spring\.example[^]*env:SPRING_API_KEY[^]*space: Default[^]*autumn:[^]*embedded:\.\/autumn[^]*sample: target/,
    );
    expect(text).not.toContain('hunter2');
    expect(text).toMatch(/from: spring\n {2}to: autumn/);
    const checked = await run(['config', 'check'], { cwd, env: { ...here().env, SPRING_API_KEY: 'x' } });
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining('spring, autumn') });
  });

  testWith([aTerminal], 'package delete asks first and deletes only after a yes', async () => {
    const exported = await run([...exportTo('doomed.tar'), '--package-version', '1.0.0-doomed']);
    expect(exported.code).toBe(0);
    const line = ['package', 'delete', 'Octopus.Space.Migration@1.0.0-doomed', '--from', 'lab'];
    const held = async () => (await run(['package', 'list', '--from', 'lab'])).stdout.includes('1.0.0-doomed');
    const declined = await terminal(line, [[/\[y\/N\]/, '\n']]);
    expect(declined.code).toBe(130);
    expect(await held()).toBe(true);
    const agreed = await terminal(line, [[/\[y\/N\]/, 'y\n']]);
    expect(agreed.code).toBe(0);
    expect(await held()).toBe(false);
  });

  testWith([aTerminal], 'a secret is asked for without echo and used as it was typed', async () => {
    const sealed = await terminal(
      ['package', 'seal', 'note.txt', '-o', 'prompted.tar', '--passphrase', 'prompt'],
      [
        [/passphrase: /, 'open sesamx\u007fe\r'],
        [/once more: /, 'open sesame\r'],
      ],
    );
    expect(sealed.code).toBe(0);
    expect(sealed.shown).not.toContain('sesam');
    const env = { ...here().env, PHRASE: 'open sesame' };
    const opened = await run(['package', 'verify', 'prompted.tar', '--content', '--passphrase', 'env:PHRASE'], { env });
    expect(opened).toMatchObject({ code: 0 });
    const asked = await terminal(
      ['package', 'verify', 'prompted.tar', '--content'],
      [[/passphrase: /, 'open sesame\r']],
    );
    expect(asked.code).toBe(0);
    const left = await terminal(['package', 'verify', 'prompted.tar', '--content'], [[/passphrase: /, '\u0003']]);
    expect(left.code).toBe(130);
  });

  testWith([aTerminal], 'init --yes asks no question on a terminal', async () => {
    const cwd = here().path('unasked');
    await mkdir(cwd);
    expect((await onTerminal(['init', '--yes'], { ...at(), cwd })).code).toBe(0);
    expect((await stat(join(cwd, '.migratorrc.yaml'))).isFile()).toBe(true);
  });
});
