import type { Command } from 'commander';
import type { Context } from './context.ts';
import { exitCodeOfOutcome } from './exit-codes.ts';
import { fromEnvironment, programOf, settle } from './flags/flag-values.ts';
import { ListOption } from './flags/list-flag.ts';

/** Does a command's work; the outcome it returns decides the exit code between done and partial. */
export type Action<O> = (
  options: O,
  context: Context,
  args: readonly string[],
  command: Command,
) => Promise<{ readonly outcome?: string } | undefined>;

interface ProgramOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly progress?: 'auto' | 'plain' | 'json' | 'none';
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly color?: boolean;
}

export interface ActionSettings {
  /** False for commands that must work whatever the rc file looks like. */
  readonly config?: boolean;
  /** Flags that the rc file's `defaults` must not set for this command. */
  readonly notFromDefaults?: readonly string[];
}

/** Wires a command to its work: settles the globals, then the command's options, then runs it. */
export function act<O>(command: Command, context: Context, action: Action<O>, settings: ActionSettings = {}): Command {
  return command.action(async () => {
    fromEnvironment(programOf(command), context);
    settleGlobals(command, context);
    if (settings.config === false) {
      fromEnvironment(command, context);
    } else {
      await settle(command, context, settings.notFromDefaults);
      settleGlobals(command, context);
    }
    fillLists(command);
    const result = await action(command.opts<O & object>(), context, command.args, command);
    if (result?.outcome !== undefined) context.exitCode = exitCodeOfOutcome(result.outcome);
  });
}

/** A repeatable flag that nobody gave is an empty list. */
function fillLists(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (!(option instanceof ListOption) || command.getOptionValue(name) !== undefined) continue;
    command.setOptionValueWithSource(name, [], 'default');
  }
}

function settleGlobals(command: Command, context: Context): void {
  const options = programOf(command).opts<ProgramOptions>();
  context.globals = {
    config: options.config,
    json: options.json === true,
    progress: options.progress ?? 'auto',
    quiet: options.quiet === true,
    debug: options.debug === true,
    color: context.globals.color && options.color !== false,
  };
}
