import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { exitCodeOf, exitCodes } from '../../src/cli/exit-codes.ts';
import { pages } from '../../src/cli/help/pages.ts';
import { errorCodes } from '../../src/errors.ts';
import { words } from '../support/command-line.ts';
import { helpOf, program } from '../support/commands.ts';
import { documents } from '../support/documents.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

const below = async (...folders: string[]) =>
  (
    await Promise.all(
      folders.map(async (folder) =>
        (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name)),
      ),
    )
  ).flat();

async function written(): Promise<string[]> {
  const paths = [...(await readdir(root)), ...(await below('docs', 'examples', 'bench', 'test/fixtures'))];
  return paths.filter((path) => /\.(md|sh)$/.test(path));
}

/** Command lines in a document: lines of code blocks and scripts, and what stands in backquotes. */
function commandLines(document: string, path = 'x.md'): string[] {
  const joined = document.replace(/\\\n\s*/g, ' ');
  // Outside code blocks a line may begin with the word migrator in the middle of a sentence.
  const code = path.endsWith('.sh') ? joined : [...joined.matchAll(/^```[^]*?^```/gm)].join('\n');
  const blocks = [...code.matchAll(/^\s*(?:\$ |if )?(?:npx )?(migrator(?:-cli)? .*)$/gm)].map(([, line = '']) => line);
  const inline = [...joined.matchAll(/`(?:npx )?(migrator(?:-cli)? [^`]+)`/g)].map(([, line = '']) =>
    line.replace(/\s+/g, ' '),
  );
  // The shell handles the rest of the line.
  return [...blocks, ...inline].map((line) => line.split(/ (?:\||\|\||&&|>|#|;) ?|[;)]/)[0]!.trim());
}

/** What is wrong with a command line as far as the command tree can tell; undefined when nothing is. */
function faultOf(line: string, tree: Command): string | undefined {
  const rest = words(line).slice(1);
  let command = tree;
  while (rest[0] !== undefined && command.commands.length > 0 && /^[a-z]/.test(rest[0])) {
    const name = rest.shift()!;
    if (name === 'help') return helpFault(rest, tree);
    const child = command.commands.find((one) => one.name() === name);
    if (child === undefined) return `no command "${name}"`;
    command = child;
  }
  for (const word of rest) {
    const [flag = ''] = word.split('=');
    if (!flag.startsWith('-') || flag === '-' || ['--help', '-h'].includes(flag)) continue;
    const options = [...command.options, ...tree.options];
    const any = command.commands.length > 0 ? command.commands.flatMap((child) => child.options) : [];
    if (![...options, ...any].some(({ long, short }) => [long, short].includes(flag))) return `no flag ${flag}`;
  }
  return undefined;
}

/** What is wrong with the words after `migrator help`: they are a page or lead to a command. */
function helpFault(rest: readonly string[], tree: Command): string | undefined {
  const [first = ''] = rest;
  if (first === '' || /^[^a-z]/.test(first) || first === 'topics' || pageNames.includes(first)) return undefined;
  let command: Command | undefined = tree;
  for (const word of rest) command = command?.commands.find((one) => one.name() === word);
  return command === undefined ? `no help "${rest.join(' ')}"` : undefined;
}

const pageNames = (await pages()).map(({ name }) => name);

describe('docs/errors.md', () => {
  test('docs/errors.md has a heading for each error code and no other', async () => {
    const headings = [...(await text('docs/errors.md')).matchAll(/^## (\S+)$/gm)].map(([, heading]) => heading);
    expect(headings.sort()).toEqual([...errorCodes, 'BUG'].sort());
  });

  test('docs/errors.md gives the exit code of each error code', async () => {
    const said = [...(await text('docs/errors.md')).matchAll(/^## (\S+)\n\nExit (\d+)\./gm)];
    const expected = [...errorCodes.map((code) => [code, exitCodeOf(code)]), ['BUG', exitCodes.bug]];
    expect(Object.fromEntries(said.map(([, code, exit]) => [code, Number(exit)]))).toEqual(
      Object.fromEntries(expected),
    );
  });
});

describe('the table of exit codes', () => {
  const codes = Object.values(exitCodes).sort((one, other) => one - other);

  test('docs/topics/exit-codes.md lists all exit codes', async () => {
    const table = await text('docs/topics/exit-codes.md');
    expect([...table.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code))).toEqual(codes);
  });

  test('the help lists all exit codes', async () => {
    const [, said = ''] = /Exit codes: ([^]*?)\.\n/.exec(helpOf(await program()))!;
    expect([...said.matchAll(/(?:^|,\s+)(\d+) /g)].map(([, code]) => Number(code)).sort((a, b) => a - b)).toEqual(
      codes,
    );
  });
});

describe('docs/topics/global-flags.md', () => {
  test('lists the flags of every command as the program describes them', async () => {
    const page = await text('docs/topics/global-flags.md');
    const rows = [...page.matchAll(/^\| `(.+?)` +\| (.+?) +\|$/gm)].map(([, flags, said]) => [flags, said]);
    const flags = (await program()).options.map(({ flags: one, description, argChoices: choices }) => {
      const names = choices?.map((choice) => `\`${choice}\``);
      const list = names === undefined ? '' : `: ${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`;
      return [one, `${description}${list}`];
    });
    expect(rows).toEqual(expect.arrayContaining(flags));
    expect(rows.map(([one]) => one).sort()).toEqual([...flags.map(([one]) => one), '-h, --help'].sort());
  });
});

describe('documents', () => {
  test('migrator knows every command line in the documents', async () => {
    const tree = await program();
    const lines: { path: string; line: string; fault: string | undefined }[] = [];
    for (const path of await written()) {
      for (const line of commandLines(await text(path), path)) lines.push({ path, line, fault: faultOf(line, tree) });
    }
    expect(lines.length).toBeGreaterThan(25);
    // A flag that the adapter of the example declares: test/cli/documented.test.ts runs that line.
    const declared = 'no flag --without-comments';
    expect(lines.filter(({ fault }) => fault !== undefined && fault !== declared)).toEqual([]);
  });

  test('the check of command lines notices unknown commands and flags', async () => {
    const tree = await program();
    expect(faultOf('migrator packge list', tree)).toContain('packge');
    expect(faultOf('migrator package lst', tree)).toContain('lst');
    expect(faultOf('migrator import x.tar --too prod', tree)).toContain('--too');
    expect(faultOf('migrator help exit-code', tree)).toContain('exit-code');
    expect(faultOf('migrator help job wait', tree)).toBeUndefined();
    expect(faultOf('migrator import x.tar --to prod --json', tree)).toBeUndefined();
    expect(commandLines('a `migrator job wait <handle>` b\n```sh\n$ migrator doctor | jq .\n```')).toEqual([
      'migrator doctor',
      'migrator job wait <handle>',
    ]);
  });

  test('every link in the documents leads to a file that exists', async () => {
    const dead: string[] = [];
    for (const path of (await written()).filter((one) => one.endsWith('.md'))) {
      for (const [, target = ''] of (await text(path)).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)/g)) {
        const file = resolve(root, dirname(path), decodeURI(target));
        const there = await readFile(file).then(
          () => true,
          (error: unknown) => (error as NodeJS.ErrnoException).code === 'EISDIR',
        );
        if (!there) dead.push(`${path}: ${relative(root, file)}`);
      }
    }
    expect(dead).toEqual([]);
  });

  test('every file of this repository that the documents name exists', async () => {
    const files = await below('src', 'test', 'scripts', 'bench', 'docs', 'examples');
    const exists = (name: string) => files.some((file) => `/${file}/`.endsWith(`/${name}/`));
    const named = /`((?:src|test|scripts|bench|docs|examples)\/[\w./-]*\w|[\w/-]+\.ts)\/?`/g;
    const found: { path: string; name: string }[] = [];
    for (const path of (await written()).filter((one) => one.endsWith('.md'))) {
      for (const [, name = ''] of (await text(path)).matchAll(named)) found.push({ path, name });
    }
    expect(found.length).toBeGreaterThan(25);
    expect(found.filter(({ name }) => !exists(name))).toEqual([]);
  });

  test('every JSON document that the documents name as migrator/…/1 exists', async () => {
    for (const path of await written()) {
      for (const [, name] of (await text(path)).matchAll(/migrator\/([a-z-]+)\/1/g)) {
        expect({ path, names: documents.names }).toMatchObject({ names: expect.arrayContaining([name]) });
      }
    }
  });
});
