import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import ts from 'typescript';
import { everyCommand, program } from '../../support/commands.ts';

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));

/** The flags in the hints of a source file. */
function flagsInHints(file: string): readonly string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'hint')
      found.push(...(node.initializer.getText().match(/(?<![\w-])--[a-z][a-z-]*[a-z]/gu) ?? []));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const flagsOf = (command: Command): readonly string[] =>
  command.options.flatMap(({ long, flags }) => [long ?? '', ...(flags.match(/--[a-z][a-z-]*[a-z]/gu) ?? [])]);

test('a hint names no flag that no command has', async () => {
  const known = new Set([...everyCommand(await program()).flatMap(([, command]) => flagsOf(command)), '--help']);
  const wrong = sources('src').flatMap((file) =>
    flagsInHints(file).flatMap((flag) => (known.has(flag) ? [] : [`${file}: ${flag}`])),
  );
  expect(wrong).toEqual([]);
});
