import { Command, type CommanderError } from 'commander';
import { MigratorError } from '../errors.ts';
import { buildCommand } from './build-command.ts';
import { commands } from './commands/index.ts';
import { wordHint } from '../nearest.ts';
import type { Context } from './context.ts';
import { withGlobals } from './flags/globals.ts';
import { version } from './version.ts';

/**
 * Builds the command tree. With `argv`, only the commands that it names are loaded; without it, all are. No command
 * runs here.
 */
export async function createProgram(context: Context, argv?: readonly string[]): Promise<Command> {
  const program = new Command('migrator')
    .description(
      'move projects between instances of Octopus Deploy, eNMS, MicroStrategy and SnapLogic, in signed and encrypted packages',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => context.io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => context.io.columns,
      getOutHasColors: () => false,
    })
    .addHelpText('after', footer);
  withGlobals(program);
  for (const entry of commands) program.addCommand(await buildCommand(entry, context, argv));
  govern(program, program);
  return program;
}

/**
 * Commander copies its settings only to subcommands made with `command()`. Ours are added later, so they get them here.
 */
function govern(command: Command, program: Command): void {
  command.copyInheritedSettings(program).exitOverride((error) => {
    // Commander also throws after --help and --version. These are not failures.
    throw error.exitCode === 0 ? error : usageError(error, command);
  });
  for (const child of command.commands) govern(child, program);
}

const footer = `
Every flag has an environment variable: MIGRATOR_PACKAGE_ID for --package-id.
Exit codes: 0 done, 2 usage or config, 3 partial, 4 refused, 5 unreachable,
            6 package, 7 conflict, 8 job failed, 9 still running,
            10 local disk, 130 interrupted, 1 a bug in migrator.

Start here:
  $ migrator demo
  $ migrator init`;

/** Turns an error of commander into USAGE, so that all errors are reported in the same way. */
export function usageError({ message, code }: CommanderError, command: Command): MigratorError {
  const path = pathOf(command);
  if (code === 'commander.help') {
    const [word, topic] = command.args;
    if (word === 'help' && topic !== undefined) {
      return new MigratorError('USAGE', `unknown command '${topic}'`, { hint: `see ${path} --help` });
    }
    const names = command.commands.map((child) => child.name());
    return new MigratorError('USAGE', `"${path}" is not complete: a command is missing`, {
      hint: `there are ${names.join(', ')}; see ${path} --help`,
    });
  }
  const [first = '', ...rest] = message.replace(/^error: /u, '').split('\n');
  const suggestion = /Did you mean (.+)\?/u.exec(rest.join(' '))?.[1];
  const [, refused, allowed] = /argument '(.*)' is invalid\. Allowed choices are (.*)$/u.exec(first) ?? [];
  if (refused !== undefined && allowed !== undefined) {
    const option = /^option '[^']*?(--[a-z-]+)/u.exec(first)?.[1] ?? 'the option';
    return new MigratorError('USAGE', `${option} cannot be "${refused}"`, {
      hint: wordHint(refused, allowed.replace(/\.$/u, '').split(', ')),
    });
  }
  const unknown = /^unknown option '--([^'=]+)/u.exec(first)?.[1];
  const argument = command.registeredArguments.map((one) => one.name()).find((name) => name === unknown);
  return new MigratorError('USAGE', first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/u, ''), {
    hint:
      argument !== undefined
        ? `name it without a flag: ${path} <${argument}>`
        : suggestion === undefined
          ? `see ${path} --help`
          : `did you mean ${suggestion}?`,
  });
}

/** The words that lead to a command: `migrator package list`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
