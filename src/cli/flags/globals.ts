import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { durationFlag } from './duration-and-size.ts';

interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly progress?: 'auto' | 'plain' | 'json' | 'none';
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly color?: boolean;
  readonly patience?: string;
}

/** The flags of every command. */
export function withGlobals(program: Command): Command {
  return program
    .option('--config <file>', 'use this rc file, and do not search for one')
    .option('--json', 'print the result as one JSON document')
    .addOption(new Option('--progress <mode>', 'how to show progress').choices(['auto', 'plain', 'json', 'none']))
    .option('-q, --quiet', 'print only errors and the result')
    .addOption(
      new Option('--debug', 'print requests and stack traces, without bodies and without secrets').conflicts('quiet'),
    )
    .option('--no-color', 'print without colours')
    .option('--patience <duration>', 'how long an unavailable server is asked again (90s, 20m; see http.patience)');
}

/** Copies the values of the global flags into the context. */
export function settleGlobals(command: Command, context: Context): void {
  const options = programOf(command).opts<GlobalOptions>();
  context.globals = {
    config: options.config,
    json: options.json === true,
    progress: options.progress ?? 'auto',
    quiet: options.quiet === true,
    debug: options.debug === true,
    color: context.globals.color && options.color !== false,
    patience:
      options.patience === undefined ? undefined : durationFlag(options.patience, context.flagSource('patience')),
  };
}

export function programOf(command: Command): Command {
  return command.parent === null ? command : programOf(command.parent);
}
