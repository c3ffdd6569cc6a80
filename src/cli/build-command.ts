import { Command } from 'commander';
import type { z } from 'zod';
import type { Ending } from '../core/report/facts.ts';
import type { ProductOptions } from '../ports/options.ts';
import type { Context } from './context.ts';
import { exitCodeOfOutcome } from './exit-codes.ts';
import { programOf, settleGlobals } from './flags/globals.ts';

/** A command line after every flag has its value. */
export interface Invocation<Options = object> {
  readonly args: readonly string[];
  readonly options: Options;
  readonly command: Command;
}

/** Does the work of a command. The returned outcome sets the exit code to done or partial. `told` is for a report. */
export type Run<Options> = (
  invocation: Invocation<Options>,
  context: Context,
) => Promise<{ readonly outcome?: string; readonly told?: Ending } | undefined>;

/** One entry of the table of commands. Its parts are loaded only when the command line names the command. */
export interface Entry {
  readonly name: string;
  readonly description: string;
  /** The commands below this word. A word with commands below it has no `run`. */
  readonly commands?: readonly Entry[];
  /** Declares arguments, flags and examples. `products` is empty unless `productFlags` is set. */
  readonly flags?: () => Promise<(command: Command, products: readonly ProductOptions[]) => void>;
  /** The command has the flags of the products, also of those whose adapters the rc file names. */
  readonly productFlags?: boolean;
  /** Loaded only when the work begins, so that `--help` is fast. */
  readonly run?: () => Promise<Run<never>>;
  /**
   * The documents that it prints under `--json`, by the name in the `document` field. Commands below one word share one
   * file.
   */
  readonly documents?: () => Promise<Readonly<Record<string, z.core.$ZodLooseShape>>>;
  /** False for commands that must work even if the rc file is wrong. */
  readonly config?: boolean;
  /** A shell runs the command at its start and at each Tab, so it warns of no variable. */
  readonly forShells?: boolean;
  /** Flags that the rc file's `defaults` must not set for this command. */
  readonly notFromDefaults?: readonly string[];
}

/** Builds the command of an entry. With `argv`, only the commands that it names are loaded; without it, all are. */
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
  const products = entry.productFlags === true ? await context.productOptions() : [];
  if (products.length > 0) context.knownProducts = products;
  (await flags?.())?.(command, products);
  const { unreadAdapters } = context;
  if (entry.productFlags === true && unreadAdapters !== undefined) {
    command.addHelpText('after', `\nThe flags of the rc file's adapters are not shown: ${unreadAdapters.message}`);
  }
  if (run !== undefined) command.action(async () => act(command, entry, run, context));
  return command;
}

/** Sets the values of the global flags and of the command's flags, then runs the command. */
async function act(command: Command, entry: Entry, load: () => Promise<Run<never>>, context: Context): Promise<void> {
  // Loaded only when a command runs, so that `--help` is fast.
  const { fillLists, fromEnvironment, settle } = await import('./flags/flag-values.ts');
  const { warnOfUnknownVariables } = await import('./flags/unknown-variables.ts');
  fromEnvironment(programOf(command), context);
  settleGlobals(command, context);
  if (entry.config === false) {
    fromEnvironment(command, context);
  } else {
    // Known before the rc file is read, which may be what is wrong.
    fromEnvironment(command, context);
    await begin(command, context);
    await settle(command, context, entry.notFromDefaults);
    settleGlobals(command, context);
    await begin(command, context);
  }
  if (entry.forShells !== true) await warnOfUnknownVariables(command, context);
  fillLists(command);
  const { queue, volatileQueue } = command.opts<{ readonly queue?: string; readonly volatileQueue?: boolean }>();
  if (queue !== undefined) (await import('./servers/queue.ts')).noteInQueue({ queue, volatileQueue }, context);
  const run = await load();
  let result: Awaited<ReturnType<typeof run>>;
  try {
    result = await run({ args: command.args, options: command.opts<never>(), command }, context);
  } catch (error) {
    throw await (await import('./servers/instances.ts')).aboutInstances(error, context);
  }
  if (result?.outcome !== undefined) context.exitCode = exitCodeOfOutcome(result.outcome);
  context.askedReport?.ended(result?.outcome, result?.told);
}

/** The report that the command line asks for, as a file or to be watched, as early as it is known. */
async function begin(command: Command, context: Context): Promise<void> {
  const { report, watch } = command.opts<{ readonly report?: string; readonly watch?: string }>();
  if (report === undefined && watch === undefined) return;
  await (await import('./reporting/reporting.ts')).beginReport(command, context);
}
