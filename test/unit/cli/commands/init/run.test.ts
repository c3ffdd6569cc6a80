import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { main } from '../../../../../src/cli/main.ts';
import { commandLine, words } from '../../../../support/command-line.ts';
import { testIO } from '../../../../support/test-io.ts';
import { tempDirs } from '../../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

/** A folder of somebody who has no keys yet, and the command lines typed there. */
async function newcomer() {
  const cwd = await tempDir();
  const env = {
    MIGRATOR_CONFIG_DIR: join(cwd, 'own', 'config'),
    MIGRATOR_STATE_DIR: join(cwd, 'own', 'state'),
    MIGRATOR_POLL_INTERVAL: '20ms',
  };
  return {
    cwd,
    env,
    line: (text: string) => commandLine(words(text).slice(1), { cwd, env }),
  };
}

describe('init --yes', () => {
  test.each([
    ['enms', 'nightly', /^service +3\/3 +8\/8 +2\/2$/mu],
    ['microstrategy', 'MicroStrategy Tutorial', /^metric +1$/mu],
    ['snaplogic', '/Acme-Dev/Finance/Invoices', /^Pipeline +3\/3$/mu],
  ])('the starter for %s moves %s at the first try, by the lines that init prints', async (product, what, moved) => {
    const { cwd, line } = await newcomer();
    const begun = await line(`migrator init --yes --product ${product} --json`);
    expect(begun.code).toBe(0);
    const { next, missing } = JSON.parse(begun.stdout) as { next: readonly string[]; missing: readonly string[] };
    expect(missing).toEqual([]);
    // The embedded servers work as slowly as real ones. Only the test is in a hurry.
    const file = join(cwd, '.migratorrc.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/( +)sample:/gu, '$1pace: 5ms\n$1sample:'));
    expect(next).toHaveLength(5);
    const [check = '', doctor = '', inventory = '', dryRun = '', move = ''] = next;
    expect(move).toContain(what);
    expect(dryRun).toBe(`${move} --dry-run`);
    expect(await line(check)).toMatchObject({ code: 0, stdout: expect.stringContaining('2 instances (lab, prod)') });
    expect(await line(doctor)).toMatchObject({ code: 0, stdout: expect.not.stringMatching(/FAIL|warn/u) });
    expect(await line(inventory)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^project /mu) });
    expect(await line(dryRun)).toMatchObject({ code: 0, stdout: expect.stringMatching(/nothing was changed/u) });
    expect(await line(move)).toMatchObject({ code: 0, stdout: expect.stringMatching(moved) });
  });

  test('the starter without --product is that for Octopus Deploy', async () => {
    const [plain, named] = await Promise.all([newcomer(), newcomer()]);
    await plain.line('migrator init --yes');
    await named.line('migrator init --yes --product octopus');
    const texts = [plain, named].map(({ cwd }) => readFile(join(cwd, '.migratorrc.yaml'), 'utf8'));
    expect(await texts[0]).toBe(await texts[1]);
  });

  test('the server that the starter shows as a comment is one of the product, and config check takes it', async () => {
    for (const product of ['octopus', 'enms', 'microstrategy', 'snaplogic']) {
      const { cwd, line } = await newcomer();
      await line(`migrator init --yes --product ${product}`);
      const file = join(cwd, '.migratorrc.yaml');
      const text = await readFile(file, 'utf8');
      expect(text).toContain(`  #   product: ${product}\n`);
      await writeFile(
        file,
        text.replace(/^ {2}# staging:\n(?: {2}# {3}.*\n)+/mu, (block) => block.replaceAll('  # ', '  ')),
      );
      const checked = await line('migrator config check --json');
      expect(JSON.parse(checked.stdout)).toMatchObject({ instances: ['lab', 'prod', 'staging'] });
    }
  });

  test('an unknown product is refused with the nearest one', async () => {
    const { line } = await newcomer();
    const { code, stderr } = await line('migrator init --yes --product octopuss');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--product cannot be "octopuss"\n.*did you mean "octopus"\?/u);
  });
});

describe('init with questions', () => {
  /** Answers the questions of `init` one after the other, as each is shown. */
  async function answered(answers: readonly string[], args: readonly string[] = []) {
    const { cwd, env } = await newcomer();
    const stdin = new PassThrough();
    const left = [...answers];
    const texts: string[] = [];
    const stderr = {
      write: (chunk: string | Uint8Array) => {
        texts.push(Buffer.from(chunk).toString());
        if (texts.at(-1)?.endsWith(': ') === true) setImmediate(() => stdin.write(`${left.shift() ?? ''}\n`));
      },
      flush: () => Promise.resolve(),
    };
    const io = testIO({ cwd, env, home: cwd, stdin, stdinIsTTY: true, stderrIsTTY: true, columns: 200, stderr });
    const code = await main(['init', ...args], io);
    return { cwd, code, stdout: io.out, asked: texts.join(''), left };
  }

  test('it says which files and variables the references need, and that a command must be allowed', async () => {
    const { cwd, code, stdout } = await answered([
      ...['lab', 'octopus', 'https://lab.example', 'file:./lab-key', ''],
      ...['prod', 'enms', 'https://prod.example', 'admin', 'env:PROD_PASSWORD'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      [
        'first:',
        `  write the apiKey of lab into ${join(cwd, 'lab-key')}, and let nobody else read it: chmod 600`,
        '  set the variable PROD_PASSWORD to the password of prod',
        'next:',
        '  migrator config check',
      ].join('\n'),
    );
    const other = await answered([
      ...['lab', 'octopus', 'https://lab.example', 'command:pass show lab', ''],
      ...['prod', 'octopus', 'embedded:./prod'],
    ]);
    expect(other.stdout).not.toContain('first:');
    expect(other.stdout).toContain('next:\n  migrator config trust\n  migrator config check\n');
  });

  test('a reference is taken for a secret only, and --product answers the questions about products', async () => {
    const { cwd, asked, left } = await answered(
      [...['lab', 'https://lab.example', 'env:LAB_KEY', 'file:./lab-key', 'Default'], ...['prod', 'embedded:./prod']],
      ['--product', 'octopus'],
    );
    expect(asked).not.toContain('Its product');
    expect(asked).toContain('that is no secret, and only secrets can be references; write the value itself');
    expect(left).toEqual([]);
    expect(await readFile(join(cwd, '.migratorrc.yaml'), 'utf8')).toContain('space: Default');
  });
});
