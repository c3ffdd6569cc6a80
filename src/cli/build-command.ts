import { Command } from 'commander';
import type { z } from 'zod';
import type { Context } from './context.ts';
import { exitCodeOfOutcome } from './exit-codes.ts';
import { fromEnvironment, programOf, settle } from './flags/flag-values.ts';
import { settleGlobals } from './flags/globals.ts';
import { ListOption } from './flags/list-flag.ts';

/** What was typed, once every flag has its value. */
export interface Invocation<Options = object> {
  readonly args: readonly string[];
  readonly options: Options;
  readonly command: Command;
}

/** Does a command's work; the outcome it returns decides the exit code between done and partial. */
export type Run<Options> = (
  invocation: Invocation<Options>,
  context: Context,
) => Promise<{ readonly outcome?: string } | undefined>;

/** One line of the table of commands. A command's parts are loaded when its words are typed. */
export interface Entry {
  readonly name: string;
  readonly description: string;
  /** The commands below this word; a word that has some does nothing itself. */
  readonly commands?: readonly Entry[];
  /** Declares arguments, flags and examples. */
  readonly flags?: () => Promise<(command: Command) => void>;
  /** Loaded only when the work begins, so that `--help` stays quick. */
  readonly run?: () => Promise<Run<never>>;
  /** What it prints under `--json`, by the name in the `document` field. A word with commands below it has one file for all. */
  readonly documents?: () => Promise<Readonly<Record<string, z.core.$ZodLooseShape>>>;
  /** False for commands that must work whatever the rc file looks like. */
  readonly config?: boolean;
  /** Flags that the rc file's `defaults` must not set for this command. */
  readonly notFromDefaults?: readonly string[];
}

/** The command of a table entry. With a line only what the line names is loaded; without one, everything is. */
export async function buildCommand(
  entry: Entry,
  context: Context,
  argv: readonly string[] | undefined,
): Promise<Command> {
  const { name, description, commands = [], flags, run } = entry;
  const command = new Command(name).description(description);
  const isTyped = argv === undefined || argv.includes(name);
  if (!isTyped) return command;
  const named = commands.filter((member) => argv?.includes(member.name) === true);
  // The help of a word lists all the commands below it.
  for (const member of named.length === 0 ? commands : named) {
    command.addCommand(await buildCommand(member, context, named.length === 0 ? undefined : argv));
  }
  (await flags?.())?.(command);
  if (run !== undefined) command.action(async () => act(command, entry, run, context));
  return command;
}

/** Gives the globals and the command's flags their values, then runs the command. */
async function act(command: Command, entry: Entry, load: () => Promise<Run<never>>, context: Context): Promise<void> {
  fromEnvironment(programOf(command), context);
  settleGlobals(command, context);
  if (entry.config === false) {
    fromEnvironment(command, context);
  } else {
    await settle(command, context, entry.notFromDefaults);
    settleGlobals(command, context);
  }
  fillLists(command);
  const run = await load();
  const result = await run({ args: command.args, options: command.opts<never>(), command }, context);
  if (result?.outcome !== undefined) context.exitCode = exitCodeOfOutcome(result.outcome);
}

/** A repeatable flag that nobody gave is an empty list. */
function fillLists(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (!(option instanceof ListOption) || command.getOptionValue(name) !== undefined) continue;
    command.setOptionValueWithSource(name, [], 'default');
  }
}
