import { type Command, CommanderError } from 'commander';
import { MigratorError } from '../errors.ts';
import { version } from './version.ts';

/** `--version` prints the version where no command is named. After a command people mean the version of something else. */
export function answerVersion(program: Command, argv: readonly string[]): void {
  program.on('option:version', () => {
    const { command, path, rest } = named(program, argv);
    if (command !== program) throw versionElsewhere(command, path);
    // An unknown command is told by the parser.
    if (rest !== undefined) return;
    program.configureOutput().writeOut?.(`${version()}\n`);
    throw new CommanderError(0, 'commander.version', 'printed');
  });
}

/** USAGE for `--version` after a command, with the flag that was meant. */
export function versionElsewhere({ options }: Command, path: string): MigratorError {
  const own = options.flatMap(({ long, required }) => (required && long?.endsWith('-version') === true ? [long] : []));
  return new MigratorError('USAGE', `${path} has no --version`, {
    hint: own.length === 0 ? 'migrator version prints the version of migrator' : `did you mean ${own.join(' or ')}?`,
  });
}

interface Named {
  readonly command: Command;
  readonly path: string;
  /** The first word after the command. */
  readonly rest: string | undefined;
}

/** The command that the first words name. The program itself when they name none. */
function named(program: Command, argv: readonly string[]): Named {
  let command = program;
  const path = [program.name()];
  const words = argv.filter((word, index) => !word.startsWith('-') && !takesValue(program, argv[index - 1]));
  for (const word of words) {
    const child = command.commands.find((one) => one.name() === word);
    if (child === undefined) return { command, path: path.join(' '), rest: word };
    command = child;
    path.push(word);
  }
  return { command, path: path.join(' '), rest: undefined };
}

const takesValue = ({ options }: Command, flag: string | undefined): boolean =>
  options.some(({ long, short, required }) => required && flag !== undefined && [long, short].includes(flag));
