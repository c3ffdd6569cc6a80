import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { programOf } from './flag-values.ts';

interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly progress?: 'auto' | 'plain' | 'json' | 'none';
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly color?: boolean;
}

/** Flags that every command takes. */
export function withGlobals(program: Command): Command {
  return program
    .addOption(new Option('--config <file>', 'the rc file to use, instead of searching for one'))
    .addOption(new Option('--json', 'print the result as one JSON document'))
    .addOption(new Option('--progress <mode>', 'how to tell progress').choices(['auto', 'plain', 'json', 'none']))
    .addOption(new Option('-q, --quiet', 'print nothing but errors and the result'))
    .addOption(new Option('--debug', 'print requests and stack traces, without bodies and secrets'))
    .addOption(new Option('--no-color', 'print without colour'));
}

/** Writes what the global flags say into the context. */
export function settleGlobals(command: Command, context: Context): void {
  const options = programOf(command).opts<GlobalOptions>();
  context.globals = {
    config: options.config,
    json: options.json === true,
    progress: options.progress ?? 'auto',
    quiet: options.quiet === true,
    debug: options.debug === true,
    color: context.globals.color && options.color !== false,
  };
}
