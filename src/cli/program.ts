import { Command, type CommanderError } from 'commander';
import { MigratorError } from '../errors.ts';
import { buildCommand } from './build-command.ts';
import { commands } from './commands/index.ts';
import { nearest, wordHint } from '../nearest.ts';
import type { Context } from './context.ts';
import { contradiction, refuseContradictions } from './flags/contradictions.ts';
import { withGlobals } from './flags/globals.ts';
import { commandHelp } from './help/command-help.ts';
import { insteadOf, meantBy, namesOf } from './help/meant.ts';
import { wrapped } from './terminal/wrap.ts';
import { answerVersion, versionElsewhere } from './version-flag.ts';

/**
 * Builds the command tree. With `argv`, only the commands that it names are loaded; without it, all are. No command
 * runs here.
 */
export async function createProgram(context: Context, argv?: readonly string[]): Promise<Command> {
  const program = new Command('migrator')
    .description(
      'move projects between instances of Octopus Deploy, eNMS, MicroStrategy and SnapLogic, in signed and encrypted packages',
    )
    .option('-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    // `help` is a command of its own, which knows topics too.
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) => command.name(),
      formatHelp: (command, helper) =>
        commandHelp(command, helper, context.helpSections, context.knownProducts, context.helpEnds),
    })
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => context.io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => context.io.columns,
      getOutHasColors: () => false,
    })
    .addHelpText('after', () => footer(context.io.columns));
  withGlobals(program);
  for (const entry of commands) program.addCommand(await buildCommand(entry, context, argv));
  govern(program, program, context);
  answerVersion(program, argv ?? []);
  return program;
}

/**
 * Commander copies its settings only to subcommands made with `command()`. Ours are added later, so they get them here.
 */
function govern(command: Command, program: Command, context: Context): void {
  refuseContradictions(command);
  command.copyInheritedSettings(program).exitOverride((error) => {
    // Commander also throws after --help and --version. These are not failures.
    if (error.exitCode === 0) throw error;
    // The flag may be one of an adapter that could not be read.
    if (error.code === 'commander.unknownOption' && context.unreadAdapters !== undefined) throw context.unreadAdapters;
    throw usageError(error, command);
  });
  if (command !== program && command.commands.length > 0)
    command.helpCommand('help [command]', 'show the help of a command');
  for (const child of command.commands) govern(child, program, context);
}

const exits =
  '0 done, 2 usage or config, 3 partial, 4 refused, 5 unreachable, 6 package, 7 conflict, 8 job failed, ' +
  '9 still running, 10 local disk, 130 interrupted, 1 a bug in migrator.';

function footer(columns: number): string {
  const width = Math.max(40, Math.min(columns, 80));
  return [
    '',
    ...wrapped('Every flag has an environment variable: MIGRATOR_PACKAGE_ID for --package-id.', width, '  '),
    // A code and its word stay in one line.
    ...wrapped(`Exit codes: ${exits.replaceAll(/(?<!,) /gu, '_')}`, width, ' '.repeat('Exit codes: '.length)).map(
      (line) => line.replaceAll('_', ' '),
    ),
    '',
    'Start here:',
    '  $ migrator demo',
    '  $ migrator init',
  ].join('\n');
}

/** Turns an error of commander into USAGE, so that all errors are reported in the same way. */
export function usageError({ message, code }: CommanderError, command: Command): MigratorError {
  const path = pathOf(command);
  if (code === 'commander.help') {
    const [word, topic] = command.args;
    if (word === 'help' && topic !== undefined) return unknownCommand(topic, command);
    const names = command.commands.map((child) => child.name());
    return new MigratorError('USAGE', `"${path}" is not complete: a command is missing`, {
      hint: `there are ${names.join(', ')}; see ${path} --help`,
    });
  }
  const [first = '', ...rest] = message.replace(/^error: /u, '').split('\n');
  if (code === 'commander.unknownCommand') return unknownCommand(/'(.*)'/u.exec(first)?.[1] ?? '', command);
  const [, one, other] = /^option '(-[^']*)' cannot be used with option '(-[^']*)'/u.exec(first) ?? [];
  if (one !== undefined && other !== undefined) return contradiction(longOf(one), longOf(other));
  const like = /Did you mean (.+)\?/u.exec(rest.join(' '))?.[1];
  const [, refused, allowed] = /argument '(.*)' is invalid\. Allowed choices are (.*)$/u.exec(first) ?? [];
  if (refused !== undefined && allowed !== undefined) {
    const option = /^option '[^']*?(--[a-z-]+)/u.exec(first)?.[1] ?? 'the option';
    return new MigratorError('USAGE', `${option} cannot be "${refused}"`, {
      hint: wordHint(refused, allowed.replace(/\.$/u, '').split(', ')),
    });
  }
  const argumentFault = refusedArgument(first, code, command);
  if (argumentFault !== undefined) return argumentFault;
  const valueless = /^option '(?:-\w, )?(--[a-z-]+) (<[^>]+>)' argument missing/u.exec(first);
  if (valueless !== null)
    return new MigratorError('USAGE', `${valueless[1] ?? ''}: argument missing`, {
      hint: `give ${valueless[1] ?? ''} ${valueless[2] ?? ''}; see ${path} --help`,
    });
  const unknown = /^unknown option '--([^'=]+)/u.exec(first)?.[1];
  // Commander finds --version near to every word that begins with a v.
  const suggestion = like === '--version' && nearest(unknown ?? '', ['version']) === undefined ? undefined : like;
  const elsewhere = unknown === undefined ? undefined : ofOthers[unknown];
  const isEnd = unknown !== undefined && ['from', 'to', 'at'].includes(unknown);
  const ends = isEnd ? command.options.find(({ flags }) => flags.endsWith(' <instance>'))?.flags : undefined;
  if (unknown === 'version' && command.parent !== null) return versionElsewhere(command, path);
  const argument = command.registeredArguments.map((one) => one.name()).find((name) => name === unknown);
  return new MigratorError('USAGE', first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/u, ''), {
    hint:
      argument !== undefined
        ? `name it without a flag: ${path} <${argument}>`
        : (elsewhere ??
          (ends !== undefined
            ? `its instance is named with ${ends}`
            : suggestion === undefined
              ? `see ${path} --help`
              : `did you mean ${suggestion}?`)),
  });
}

/** Flags of one command that people look for at others. */
const ofOthers: Readonly<Record<string, string>> = {
  verify: 'migrate-project has --verify; after another command, compare both sides with: migrator compare',
};

/** A word that is no flag: too many, too few, or none of the choices. */
function refusedArgument(first: string, code: string, command: Command): MigratorError | undefined {
  const path = pathOf(command);
  const takes = command.registeredArguments;
  if (code === 'commander.excessArguments') {
    const surplus = command.args.slice(takes.length).map((word) => `"${word}"`);
    const flags = command.options.filter(({ long }) => naming.includes(long ?? '')).map(({ flags: form }) => form);
    const [word = ''] = command.args.slice(takes.length);
    const quoted = /^[\w.-]+$/u.test(word) ? word : `"${word}"`;
    const project = flags.some((flag) => flag.includes('--project')) ? `; for a project: --project ${quoted}` : '';
    const form = takes.map((one) => `<${one.name()}>`).join(' ');
    return new MigratorError('USAGE', `too many arguments for ${path}: ${surplus.join(', ')}`, {
      hint:
        form !== ''
          ? `it takes one: ${path} ${form}; a name with spaces needs quotes`
          : flags.length > 0
            ? `an instance or a project is named with a flag: ${flags.join(', ')}${project}`
            : `it takes none; see ${path} --help`,
    });
  }
  const missing = /^missing required argument '(.*)'/u.exec(first)?.[1];
  const wanted = takes.find((one) => one.name() === missing);
  if (wanted !== undefined) {
    return new MigratorError('USAGE', first, {
      hint: `give ${path} <${wanted.name()}>: ${wanted.description}; see ${path} --help`,
    });
  }
  const [, word, name, choices] =
    /value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*?)\.?$/u.exec(first) ?? [];
  if (word === undefined || choices === undefined) return undefined;
  return new MigratorError('USAGE', `<${name ?? ''}> cannot be "${word}"`, {
    hint: wordHint(word, choices.split(', ')),
  });
}

/** The flags that name what people also give as a bare word. */
const naming: readonly string[] = ['--from', '--to', '--at', '--project'];

/** Commander shows the help of the last known word. USAGE names the first word that is no command. */
export function refuseUnknownWords(program: Command, argv: readonly string[]): void {
  let command = program;
  for (const word of argv) {
    if (word.startsWith('-') || command.commands.length === 0) return;
    const child = command.commands.find((one) => one.name() === word);
    if (child === undefined && word !== 'help') throw unknownCommand(word, command);
    if (child === undefined) return;
    command = child;
  }
}

const longOf = (flags: string): string => /--[a-z-]+/u.exec(flags)?.[0] ?? flags;

function unknownCommand(word: string, command: Command): MigratorError {
  const [, ...group] = pathOf(command).split(' ');
  const instead = group.length === 0 ? insteadOf(word) : undefined;
  const meant = meantBy(word, group, commands);
  return new MigratorError('USAGE', `unknown command '${word}'`, {
    hint: instead ?? (meant.length === 0 ? `see ${pathOf(command)} --help` : `did you mean ${namesOf(meant)}?`),
  });
}

/** The words that lead to a command: `migrator package list`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
