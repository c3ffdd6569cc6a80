import type { Command } from 'commander';
import { MigratorError } from '../../../errors.ts';
import { nearest } from '../../../nearest.ts';
import type { Entry, Invocation, Run } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { printed } from '../../help/markdown.ts';
import { insteadOf, meantBy, namesOf } from '../../help/meant.ts';
import { pages, type Page } from '../../help/pages.ts';
import { endsFor, sectionsFor } from '../../help/sections.ts';
import { lines } from '../../terminal/table.ts';
import type { HelpOptions } from './flags.ts';

export function runHelp(table: readonly Entry[]): Run<HelpOptions> {
  return async ({ args: words, options }: Invocation<HelpOptions>, context: Context) => {
    const text = await helpText(words, options, table, context);
    context.result('help', { words, text }, text);
    return undefined;
  };
}

async function helpText(
  words: readonly string[],
  { all = false }: HelpOptions,
  table: readonly Entry[],
  context: Context,
): Promise<string> {
  const [first = '', ...rest] = words;
  if (rest.length === 0 && first === 'topics') return topics(await pages());
  const page = rest.length > 0 || first === '' ? undefined : pageOf(first, await pages());
  // `config` is a topic and a group of commands. The page names the commands.
  if (page?.isTopic === true) return printed(page.markdown, context.io.columns);
  const command = commandOf(words, await context.commandTree(words));
  if (command !== undefined) {
    context.helpSections = all ? 'all' : await sectionsFor(words, context.io);
    context.helpEnds = await endsFor(words, context.io);
    return textOf(command);
  }
  if (page !== undefined) return printed(page.markdown, context.io.columns);
  throw unknown(words, table, await pages());
}

/** Also by its path in docs/, as other texts name it: `docs/adapters/octopus.md`. */
function pageOf(word: string, known: readonly Page[]): Page | undefined {
  return known.find(({ name }) => name === word.replace(/^.*\/|\.md$/gu, ''));
}

function commandOf([first, ...rest]: readonly string[], command: Command): Command | undefined {
  if (first === undefined) return command;
  const child = command.commands.find((one) => one.name() === first);
  return child === undefined ? undefined : commandOf(rest, child);
}

function textOf(command: Command): string {
  let text = '';
  command.configureOutput({ ...command.configureOutput(), writeOut: (chunk) => (text += chunk) });
  command.outputHelp();
  return text.trimEnd();
}

/** Topics fit a screen; the other pages are longer. */
function topics(known: readonly Page[]): string {
  const widest = Math.max(...known.map(({ name }) => name.length));
  const listed = (isTopic: boolean) =>
    known
      .filter((page) => page.isTopic === isTopic)
      .map(({ name, title }) => `  ${name.padEnd(widest)}  ${title.replaceAll('`', '')}`);
  return lines('Topics:', ...listed(true), '', 'Longer pages:', ...listed(false), '', 'Read one: migrator help <name>');
}

function unknown(words: readonly string[], table: readonly Entry[], known: readonly Page[]): MigratorError {
  const groups = table.filter(({ commands }) => commands !== undefined).map(({ name }) => name);
  const [first = '', second] = words;
  const inGroup = second !== undefined && groups.includes(first);
  const word = inGroup ? second : first;
  const page = inGroup
    ? undefined
    : nearest(
        word,
        known.map(({ name }) => name),
      );
  // "exit" is the beginning of "exit-codes", and only like "edit".
  const isBeginning = page !== undefined && word.length >= 3 && page.startsWith(word.toLowerCase());
  const meant = isBeginning ? [] : meantBy(word, inGroup ? [first] : [], table).map((path) => `help ${path}`);
  const all = page === undefined ? meant : [...meant, `help ${page}`];
  const instead = second === undefined && !isBeginning ? insteadOf(word) : undefined;
  return new MigratorError('USAGE', `there is no command and no page "${words.join(' ')}"`, {
    hint: instead ?? (all.length === 0 ? 'migrator help topics lists the pages' : `did you mean ${namesOf(all)}?`),
  });
}
