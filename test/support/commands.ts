import type { Command } from 'commander';
import { createContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';
import { testIO } from './test-io.ts';

/** The whole command tree, as the program makes it. */
export function program(): Promise<Command> {
  return createProgram(createContext(testIO({ columns: 200 }), []));
}

/** Every command with the words that lead to it, groups included. */
export function everyCommand(command: Command, path: readonly string[] = []): [readonly string[], Command][] {
  return [[path, command], ...command.commands.flatMap((child) => everyCommand(child, [...path, child.name()]))];
}

/** The help text, with the texts that are added to it. */
export function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (chunk) => (text += chunk) });
  command.outputHelp();
  return text;
}

/** The lines under "Examples:", without their prompts. */
export function examplesOf(command: Command): string[] {
  const [, after = ''] = helpOf(command).split('\nExamples:\n');
  return after.split('\n').flatMap((line) => (line.startsWith('  $ ') ? [line.slice('  $ '.length)] : []));
}
