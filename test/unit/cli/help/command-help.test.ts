import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { products } from '../../../../src/adapters/index.ts';
import { commandLine } from '../../../support/command-line.ts';
import { everyCommand, program } from '../../../support/commands.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();
const paths = everyCommand(await program()).map(([path]) => path);

/** A folder with an rc file of this text, or none, and a home without one. */
async function folderWith(rc: string | undefined, name = '.migratorrc.yaml'): Promise<string> {
  const folder = await tempDir();
  await mkdir(join(folder, 'home'));
  if (rc !== undefined) await writeFile(join(folder, name), rc);
  return folder;
}

const helpIn = (folder: string, ...args: string[]) =>
  commandLine(args, { cwd: folder, env: { HOME: join(folder, 'home') } });

const instance = (name: string, product: string) => `  ${name}: { product: ${product}, url: https://${name}.example }`;
const rcOf = (...lines: string[]) => `instances:\n${lines.join('\n')}\n`;

describe('the help of a command', () => {
  test('fits one screen of 80 columns for every command, with the flags of no product or of one', async () => {
    const folder = await folderWith(undefined);
    const long: unknown[] = [];
    for (const path of paths) {
      for (const named of ['--help', ...products.map((product) => `--help=${product}`)]) {
        const { code, stdout } = await helpIn(folder, ...path, named);
        const lines = stdout.trimEnd().split('\n').length;
        if (code !== 0 || lines > 45) long.push({ path, named, code, lines });
        // An id of MicroStrategy has 32 characters, SnapLogic names projects by paths, and an example must be a line to copy.
        const shorter = stdout.replaceAll(/[0-9A-F]{32}|\/Acme-Dev\S+|"?microstrategy.tutorial"?/giu, 'id');
        for (const line of shorter.split('\n')) if (stringWidth(line) > 80) long.push({ path, named, line });
      }
    }
    expect(long).toEqual([]);
  });

  test('shows no example with a flag of another product', async () => {
    const ofEnms = await folderWith(rcOf(instance('lab', 'enms')));
    const ofAcme = await folderWith(`adapters: [./acme.mjs]\n${rcOf(instance('lab', 'acme'))}`);
    for (const folder of [ofEnms, ofAcme]) {
      for (const words of [['partial-export'], ['import'], ['inventory'], ['package', 'delete'], ['migrate-project']]) {
        const { stdout } = await helpIn(folder, ...words, '--help');
        expect(stdout).toContain('Examples:');
        expect(stdout).not.toMatch(/--password|--ignore-machines|Octopus\.|environment --from/u);
      }
    }
    const ofOctopus = await folderWith(rcOf(instance('lab', 'octopus')));
    expect((await helpIn(ofOctopus, 'import', '--help')).stdout).toContain('env:MOVE_PASSWORD');
  });

  test('shows examples with a project as the product names it, between the instances of the rc file', async () => {
    const ofSnaplogic = await folderWith(rcOf(instance('dev', 'snaplogic'), instance('test', 'snaplogic')));
    for (const words of [
      ['migrate-project', '--help'],
      ['help', 'migrate-project'],
      ['migrate-project', '--help=all'],
    ]) {
      const { stdout } = await helpIn(ofSnaplogic, ...words);
      expect(stdout).toContain('--from dev --to test');
    }
    const { stdout } = await helpIn(ofSnaplogic, 'migrate-project', '--help');
    expect(stdout).toContain('migrate-project /Acme-Dev/Finance/Invoices --from dev');
    const ofEnms = await folderWith(rcOf(instance('lab', 'enms'), instance('other', 'enms')));
    expect((await helpIn(ofEnms, 'partial-export', '--help')).stdout).toContain('--from lab --project nightly');
    const ofAcme = `adapters: [./acme.mjs]\ndefaults: { to: there }\n`;
    const acme = rcOf(instance('here', 'acme'), instance('else', 'acme'), instance('there', 'acme'));
    expect((await helpIn(await folderWith(ofAcme + acme), 'compare', '--help')).stdout).toContain(
      'compare --from here --to there',
    );
    expect((await helpIn(await folderWith(undefined), 'compare', '--help')).stdout).toContain(
      'compare --from lab --to prod --project "Web Shop"',
    );
  });

  test('names or describes every flag of the command itself, and points to the rest', async () => {
    const folder = await folderWith(undefined);
    const { stdout } = await helpIn(folder, 'import', '--help');
    for (const flag of ['--to', '--dry-run', '--no-backup', '--identity', '--max-ratio'])
      expect(stdout).toContain(flag);
    for (const flag of ['--overwrite-existing', '--progress', '--set']) expect(stdout).not.toContain(flag);
    expect(stdout).toContain('migrator import --help=all');
    expect(stdout).toContain('migrator help global-flags');
    expect(stdout).toMatch(/Flags of a product: Octopus Deploy \(\d+\), eNMS \(\d+\)/);
  });

  test('--help=<group> describes a group of flags that is only named otherwise', async () => {
    const folder = await folderWith(undefined);
    const { stdout } = await helpIn(folder, 'import', '--help=package');
    expect(stdout).toMatch(/\n {2}--max-ratio <times> +how many times/);
  });

  test('--help=all after `help` and a verb shows the help of the verb', async () => {
    const folder = await folderWith(undefined);
    expect((await helpIn(folder, 'help', 'import', '--help=all')).stdout).toBe(
      (await helpIn(folder, 'import', '--help=all')).stdout,
    );
    expect((await helpIn(folder, 'help', '--help')).stdout).toContain('Usage: migrator help');
  });

  test('--help with a name that is none is a USAGE error that lists the names', async () => {
    const folder = await folderWith(undefined);
    expect(await helpIn(folder, 'import', '--help=octopuss')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/cannot show "octopuss"\n.*all, octopus, enms, microstrategy, snaplogic/),
    });
  });

  test('a flag of several products is described as it is meant for the product that is shown', async () => {
    const folder = await folderWith(undefined);
    const enms = (await helpIn(folder, 'migrate-project', '--help=enms')).stdout;
    expect(enms).toContain('eNMS options:');
    expect(enms).toContain('--via <web|rest>');
    expect(enms).not.toContain('export-import');
  });
});

describe('the product whose flags the help shows', () => {
  const both = rcOf(instance('lab', 'octopus'), instance('net', 'enms'));

  test.each([
    ['the instances of the line name', both, ['import', 'x.tar', '--to', 'net', '--help'], ['eNMS']],
    ['the line names with =', both, ['import', '--to=lab', '-h'], ['Octopus Deploy']],
    [
      'all instances of the rc file have',
      rcOf(instance('a', 'snaplogic'), instance('b', 'snaplogic')),
      ['import', '-h'],
      ['SnapLogic'],
    ],
    ['help of an rc file with one product has', rcOf(instance('a', 'enms')), ['help', 'import'], ['eNMS']],
    ['nothing tells is that of none', both, ['import', '--help'], []],
    ['an unknown instance does not tell is that of none', both, ['import', '--to', 'nope', '--help'], []],
    ['a broken rc file tells is that of none', 'instances: {lab: [', ['import', '--help'], []],
    ['an rc file of another shape tells is that of none', 'instances: [1, null]', ['import', '--help'], []],
    ['a missing rc file tells is that of none', undefined, ['import', '--config', 'none.yaml', '--help'], []],
    ['a third-party adapter tells is that of none', rcOf(instance('a', 'acme')), ['import', '--help'], []],
  ])('what %s', async (_, rc, args, expected) => {
    const folder = await folderWith(rc);
    const { code, stdout, stderr } = await helpIn(folder, ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const shown = ['Octopus Deploy', 'eNMS', 'MicroStrategy', 'SnapLogic'].filter((title) =>
      stdout.includes(`\n${title} options:\n`),
    );
    expect(shown).toEqual(expected);
  });

  test('code in an rc file does not run for a help', async () => {
    const folder = await folderWith('throw new Error("it ran")', '.migratorrc.mjs');
    const { code, stdout, stderr } = await helpIn(folder, 'import', '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Flags of a product:');
  });
});

test('a narrow terminal shows each description whole, under its flag', async () => {
  const folder = await folderWith(undefined);
  const { stdout } = await commandLine(['import', '--help'], {
    cwd: folder,
    env: { HOME: join(folder, 'home') },
    columns: 40,
  });
  const of = await commandLine(['--help'], { cwd: folder, env: { HOME: join(folder, 'home') }, columns: 40 });
  for (const line of of.stdout.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(40);
  const [text = ''] = stdout.split('\nExamples:\n');
  expect(text).toContain(
    '  --on-conflict <fail|keep|overwrite>\n      what to do if the feed already has\n      this id and version\n',
  );
  for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(40);
});
