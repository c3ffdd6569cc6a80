import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandLine, type Ended } from '../../../support/command-line.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

const declared = `[
  { name: 'depth', value: 'n', choices: ['flat', 'deep'], description: 'how deep', verbs: ['partial-export'] },
  { name: 'tags', value: 'tag', many: true, description: 'with these tags', verbs: ['partial-export', 'import'] },
]`;

/** Runs lines in a folder whose rc file names an adapter with these options. It leaves a file where it runs. */
async function lines<T>(
  {
    options = declared,
    rc = '',
    trusted = true,
    others = [],
  }: { options?: string; rc?: string; trusted?: boolean; others?: readonly string[] },
  work: (line: (...words: string[]) => Promise<Ended>, ran: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  return withTempDir(async (cwd) => {
    const module = `import { writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(join(cwd, 'ran'))}, '');
      export const contract = 1, product = 'acme', title = 'Acme Works', secretSettings = [];
      export const options = ${options};
      export const create = () => { throw new Error('opened'); };`;
    for (const name of ['acme.mjs', ...others]) await writeFile(join(cwd, name), module);
    const instances =
      'instances: { a: { product: acme, url: "https://a.example" }, lab: { product: octopus, url: "embedded:./lab" } }';
    await writeFile(
      join(cwd, '.migratorrc.yaml'),
      `adapters: ${JSON.stringify(['./acme.mjs', ...others])}\n${instances}\n${rc}\n`,
    );
    const line = (...words: string[]) => commandLine(words, { cwd, env: { MIGRATOR_CONFIG_DIR: join(cwd, 'config') } });
    if (trusted) expect(await line('config', 'trust')).toMatchObject({ code: 0 });
    return work(line, async () => (await readdir(cwd)).includes('ran'));
  });
}

describe('flags that an adapter of the rc file declares', () => {
  test('the help shows them below the title of the product, for the verbs that have them', () =>
    lines({}, async (line) => {
      const { stdout } = await line('partial-export', '--help=all');
      const [, group = ''] = stdout.split('\nAcme Works options:\n');
      expect(group.split('\n\n')[0]).toMatch(
        /^ {2}--depth <n> +how deep \(choices: "flat", "deep"\)\n {2}--tags <tag>/u,
      );
      const ofImport = (await line('import', '--help=acme')).stdout;
      expect(ofImport).toContain('--tags <tag>');
      expect(ofImport).not.toContain('--depth');
    }));

  test('completion has them', () =>
    lines({}, async (line) => {
      const { code, stdout } = await line('completion', 'bash');
      expect(code).toBe(0);
      expect(stdout).toContain('--depth');
    }));

  test('the line, the environment and the defaults of the rc file may give them, and their choices are checked', () =>
    lines({ rc: 'defaults: { tags: [x] }' }, async (line) => {
      // The adapter of this test opens no instance: that it is asked to shows that the line was taken.
      const taken = await line('partial-export', '--from', 'a', '--project', 'P', '--depth', 'deep', '--tags', 'y');
      expect(taken.stderr).toContain('opened');
      const wrong = await line('partial-export', '--from', 'a', '--project', 'P', '--depth', 'steep');
      expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/steep[^]*flat, deep/u) });
      const misspelt = await line('partial-export', '--from', 'a', '--dept', 'flat');
      expect(misspelt).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean --depth?') });
    }));

  test('a flag of the adapter is refused for another product, and --set for what is a flag', () =>
    lines({}, async (line) => {
      const other = await line('partial-export', '--from', 'lab', '--project', 'P', '--depth', 'deep');
      expect(other).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--depth is for Acme Works, and this instance is octopus'),
      });
      const set = await line('partial-export', '--from', 'a', '--project', 'P', '--set', 'depth=deep');
      expect(set).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('hint: use the flags of acme; --help lists them'),
      });
      const foreign = await line('partial-export', '--from', 'a', '--project', 'P', '--ignore-machines');
      expect(foreign).toMatchObject({ code: 2, stderr: expect.stringContaining('--ignore-machines is for Octopus') });
    }));

  test('--config is read before the line is parsed, in both spellings', () =>
    lines({}, async (line) => {
      for (const words of [['--config', '.migratorrc.yaml'], ['--config=.migratorrc.yaml']]) {
        expect((await line('partial-export', '--help=acme', ...words)).stdout).toContain('--depth');
      }
      const none = await line('partial-export', '--help', '--config', 'absent.yaml');
      expect(none).toMatchObject({ code: 0, stdout: expect.not.stringContaining('--depth') });
    }));
});

describe('an rc file that the user has not allowed', () => {
  test('runs no code for the help and for completion, and the help says what is missing', () =>
    lines({ trusted: false }, async (line, ran) => {
      const help = await line('partial-export', '--help');
      expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.not.stringContaining('--depth') });
      expect(help.stdout).toMatch(/The flags of the rc file's adapters are not shown: .*runs code on this machine/u);
      expect((await line('completion', 'bash')).code).toBe(0);
      expect(await ran()).toBe(false);
    }));

  test('a flag of its adapter is refused with the way out', () =>
    lines({ trusted: false }, async (line, ran) => {
      const given = await line('partial-export', '--from', 'a', '--depth', 'flat');
      expect(given).toMatchObject({ code: 2, stderr: expect.stringContaining('migrator config trust') });
      expect(given.stderr).not.toContain('unknown option');
      expect(await ran()).toBe(false);
    }));
});

describe('options that are wrong', () => {
  const option = (text: string) => `[{ name: 'depth', description: 'how deep', verbs: ['import'], ${text} }]`;

  test.each([
    ['{}', 'options must be a list'],
    ['[1]', 'each of its options must be an object'],
    ["[{ name: '--depth' }]", 'needs a name in lower case without dashes in front'],
    [option("name: 'Depth'"), 'needs a name in lower case'],
    [option("choises: ['a']"), 'its option depth has an unknown member "choises"; did you mean "choices"?'],
    [option("verbs: ['export']"), 'its option depth has the unknown verb "export"; there are partial-export'],
    [option('verbs: undefined'), 'its option depth needs a list of texts as its verbs'],
    [option("description: ''"), 'its option depth needs a text as its description'],
    [option("many: 'yes'"), 'its option depth needs true or false as its many'],
    [option('many: true'), 'its option depth has many and no value, so nothing could be given'],
    [`[...${option('')}, ...${option('')}]`, 'it declares the option depth twice'],
  ])('%s', (options, message) =>
    lines({ options }, async (line) => {
      const { code, stderr } = await line('import', 'x.tar', '--to', 'a');
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    }),
  );

  test.each(['from', 'output', 'json', 'set', 'help'])(
    'an option cannot be --%s, which is of migrator itself',
    (name) =>
      lines({ options: `[{ name: '${name}', description: 'x', verbs: ['partial-export'] }]` }, async (line) => {
        const { code, stderr } = await line('partial-export', '--from', 'a');
        expect(stderr).toContain(`the adapter of acme declares --${name}, a flag of migrator itself`);
        expect(stderr).toContain(`acme-${name}`);
        expect(code).toBe(2);
      }),
  );

  test('two adapters for one product are refused', () =>
    lines({ others: ['./other.mjs'] }, async (line) => {
      const { code, stderr } = await line('config', 'check');
      expect(stderr).toContain('two adapters of the rc file are for the product "acme"');
      expect(code).toBe(2);
    }));
});
