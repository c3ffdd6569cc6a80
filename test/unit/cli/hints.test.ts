import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { everyCommand, program } from '../../support/commands.ts';

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));

/** The flags in the hints of a source file. */
const flagsInHints = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/\bhint:([^;]*?)(?:;|\n *(?:details|cause)\b|\n *\}\))/gu)].flatMap(
    ([, hint = '']) => hint.match(/(?<![\w-])--[a-z][a-z-]*[a-z]/gu) ?? [],
  );

const flagsOf = (command: Command): readonly string[] =>
  command.options.flatMap(({ long, flags }) => [long ?? '', ...(flags.match(/--[a-z][a-z-]*[a-z]/gu) ?? [])]);

test('a hint names no flag that no command has', async () => {
  const known = new Set([...everyCommand(await program()).flatMap(([, command]) => flagsOf(command)), '--help']);
  const wrong = sources('src').flatMap((file) =>
    flagsInHints(file).flatMap((flag) => (known.has(flag) ? [] : [`${file}: ${flag}`])),
  );
  expect(wrong).toEqual([]);
});
