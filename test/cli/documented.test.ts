import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { CommanderError, type Command } from 'commander';
import { createContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';
import { words } from '../support/command-line.ts';
import { everyCommand } from '../support/commands.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';
import { testIO } from '../support/test-io.ts';

// Each command line in a fenced block of the README, the docs and the examples. All of migrator are parsed as the program
// parses them. Those of one document run one after the other in one folder, beside servers "lab" and "prod". The scripts
// of the examples run whole, in test/e2e/examples.test.ts.
const root = fileURLToPath(new URL('../..', import.meta.url));
const { here, run } = sharedWorkshop({ lab: { pace: 1 } });

interface Line {
  readonly document: string;
  readonly text: string;
  readonly program: string;
}

/** Lines of migrator that are not run here, and why. */
const notRun: Readonly<Record<string, string>> = {
  'migrator init': 'it asks questions: test/cli/examples.test.ts answers them',
  'migrator key generate --passphrase prompt --identity-passphrase prompt':
    'it asks: test/cli/examples.test.ts answers',
  'migrator key generate -o ci-keys --passphrase prompt --identity-passphrase prompt':
    'it asks: test/cli/examples.test.ts answers',
};

/** Documents whose lines another test runs. */
const ranElsewhere: Readonly<Record<string, string>> = {
  'docs/air-gap.md': 'test/cli/air-gap.test.ts runs them in the order of the page',
  'docs/workers.md': 'they need a queue and several machines: test/e2e/examples.test.ts runs the example two-networks',
};

/** Other programs, and why their lines are not run here. */
const others: Readonly<Record<string, string>> = {
  npm: 'installs or publishes: test/cli/installed.test.ts installs from a registry of its own',
  docker: 'needs Docker',
  gh: 'needs a release on GitHub',
  node: 'serves until it is stopped; or is the contract suite, which test/cli/adapter.test.ts runs',
  export: 'its variables are given by the test',
  sha256sum: 'test/cli/packages.test.ts opens packages with stock programs',
  tar: 'test/cli/packages.test.ts opens packages with stock programs',
  age: 'test/cli/packages.test.ts opens packages with stock programs',
  minisign: 'test/cli/packages.test.ts opens packages with stock programs',
  ...Object.fromEntries(
    ['gunzip', 'mkdir', 'head', 'grep', 'cd'].map((name) => [name, 'prepares or reads what stock programs open']),
  ),
  ...Object.fromEntries(['case', '0)', '3)', '9)', '*)', 'esac'].map((name) => [name, 'branches on an exit code'])),
};

async function documents(): Promise<readonly string[]> {
  const below = async (folder: string) =>
    (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name));
  const all = [...(await readdir(root)), ...(await below('docs')), ...(await below('examples'))];
  return all.filter((path) => path.endsWith('.md') && !path.includes('node_modules')).sort();
}

/** The lines that a reader would type: all of a block `sh`, and those after a prompt of a block `console`. */
function linesOf(document: string, text: string): readonly Line[] {
  const lines: Line[] = [];
  for (const [, kind, block = ''] of text.matchAll(/^ *```(sh|bash|console)\n([^]*?)^ *```/gmu)) {
    for (const line of block.replace(/\\\n\s*/gu, ' ').split('\n')) {
      const typed = kind === 'console' ? /^\s*\$ (.*)$/u.exec(line)?.[1] : line.trim();
      if (typed === undefined || typed === '' || typed.startsWith('#')) continue;
      // The shell handles what follows, and what is in front of the program are variables.
      const [first = ''] = typed.replace(/^(?:[A-Z_]+=\S+ )+/u, '').split(/ +(?:#|>|\||\|\||&&) ?/u);
      lines.push({
        document,
        text: first.trim(),
        program: /^(?:npx )?migrator(?:-cli)? /u.test(first) ? 'migrator' : first.split(' ')[0]!,
      });
    }
  }
  return lines;
}

const all = (
  await Promise.all((await documents()).map(async (path) => linesOf(path, await readFile(join(root, path), 'utf8'))))
).flat();
const ours = all.filter(({ program }) => program === 'migrator');
const argsOf = (line: string) => words(line.replace(/^npx /u, '')).slice(1);

/** What the program's own parser says against a line; undefined when it takes it. No command runs. */
async function faultOf(line: string): Promise<string | undefined> {
  const args = argsOf(line);
  // What the reader puts in may be anything.
  const given = args.map((word) => word.replace(/<[^>]+>/gu, 'x'));
  const program: Command = await createProgram(createContext(testIO(), []));
  for (const [, command] of everyCommand(program)) {
    if (command.commands.length === 0) command.action(() => undefined);
  }
  try {
    await program.parseAsync(given, { from: 'user' });
    return undefined;
  } catch (error) {
    return error instanceof CommanderError && error.exitCode === 0 ? undefined : (error as Error).message;
  }
}

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill();
});

/** The servers of the example, installed as its README says. */
async function acme(folder: string): Promise<Readonly<Record<string, string>>> {
  await cp(join(root, 'examples/custom-adapter'), folder, { recursive: true });
  const installed = join(folder, 'node_modules/migrator-cli');
  await mkdir(installed, { recursive: true });
  await copyFile(join(root, 'package.json'), join(installed, 'package.json'));
  await symlink(join(root, 'dist'), join(installed, 'dist'), 'junction');
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  let rc = /```yaml\n([^]*?)```/u.exec(readme)![1]!;
  for (const line of linesOf('README.md', readme).filter(({ text }) => text.startsWith('node server.mjs '))) {
    const child = spawn(process.execPath, words(line.text).slice(1), {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    const url = await new Promise<string>((done) =>
      child.stdout.once('data', (text: Buffer) => done(String(text).trim())),
    );
    rc = rc.replace(/http:\/\/127\.0\.0\.1:400\d/u, url);
  }
  await writeFile(join(folder, '.migratorrc.yaml'), rc);
  return { HERE_TOKEN: 'a-token', THERE_TOKEN: 'another-token' };
}

/** An rc file that is code, and the digest that allows it. */
async function script(folder: string): Promise<Readonly<Record<string, string>>> {
  await writeFile(join(folder, 'migrator.mjs'), 'export default { instances: {} };');
  const trust = ['config', 'trust', '--show', '--config', './migrator.mjs', '--json'];
  const { stdout } = await run(trust, { cwd: folder });
  return { MIGRATOR_TRUST_CONFIG: (JSON.parse(stdout) as { digest: string }).digest };
}

/** A team with a group, and keys of its own. */
async function team(folder: string): Promise<Readonly<Record<string, string>>> {
  const key = 'age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj';
  const servers = await readFile(here().path('.migratorrc.yaml'), 'utf8');
  await writeFile(join(folder, '.migratorrc.yaml'), `${servers}\nkeys: { recipients: { night-team: [${key}] } }\n`);
  return { MIGRATOR_CONFIG_DIR: join(folder, 'config') };
}

/** What a document needs beside the servers "lab" and "prod". Gives variables. */
const prepared: Readonly<Record<string, (folder: string) => Promise<Readonly<Record<string, string>>>>> = {
  'docs/configuration.md': script,
  'docs/keys.md': team,
  'examples/custom-adapter/README.md': acme,
};

describe('command lines in the documents', () => {
  test('there are lines of migrator in the README, the docs and the examples', () => {
    const folders = new Set(ours.map(({ document }) => dirname(document)));
    expect([...folders]).toEqual(expect.arrayContaining(['.', 'docs', 'examples/custom-adapter']));
    expect(ours.length).toBeGreaterThan(12);
  });

  // The flags of an adapter are known where its rc file is: those lines are parsed when they run.
  const parsed = ours.filter(({ document }) => prepared[document] !== acme);
  test.each(parsed.map(({ document, text }) => [text, document]))('the program takes %s (%s)', async (text) => {
    expect(await faultOf(text)).toBeUndefined();
  });

  test('the parser of this test refuses what the program refuses', async () => {
    expect(await faultOf('migrator import x.tar --too prod')).toContain('--too');
    expect(await faultOf('migrator partial-export --compression lzma')).toContain('lzma');
    expect(await faultOf('migrator job show')).toContain('missing required argument');
    expect(await faultOf('migrator package list surplus')).toContain('too many arguments');
    expect(await faultOf('migrator job show <handle>')).toBeUndefined();
  });

  test('every line of another program has a reason why it is not run', () => {
    const unknown = all.filter(({ program }) => program !== 'migrator' && !Object.hasOwn(others, program));
    expect(unknown).toEqual([]);
  });

  test('every line that is not run is in a document', () => {
    expect(Object.keys(notRun).filter((text) => !ours.some((line) => line.text === text))).toEqual([]);
  });

  const ran = [...new Set(ours.map(({ document }) => document))].filter(
    (document) => !Object.hasOwn(ranElsewhere, document),
  );
  test.each(ran)('the lines of %s run', async (document) => {
    const cwd = await mkdtemp(here().path('documented-'));
    const more = (await prepared[document]?.(cwd)) ?? {};
    const env = { ...here().env, MOVE_PASSWORD: 'correct horse battery staple 8', ...more };
    for (const { text } of ours.filter((line) => line.document === document)) {
      // What a reader has to fill in is only parsed.
      if (/<[^>]+>/u.test(text) || Object.hasOwn(notRun, text)) continue;
      const { code, stderr } = await run(argsOf(text), { cwd, env });
      expect({ text, code, stderr: code === 0 ? '' : stderr }).toEqual({ text, code: 0, stderr: '' });
    }
  });
});
