import { Command, type CommanderError, Option } from 'commander';
import { MigratorError } from '../errors.ts';
import { commandGroup } from './command-group.ts';
import type { Context } from './context.ts';
import { version } from './version.ts';

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly load: (argv: readonly string[] | undefined) => Promise<(context: Context) => Command>;
}

/** The words a user types first. A command's file lies at the path of its words and is loaded when they are typed. */
const entries: readonly Entry[] = [
  {
    name: 'partial-export',
    description: 'export projects of an instance to a signed, encrypted package',
    load: async () => (await import('./commands/partial-export.ts')).partialExportCommand,
  },
  {
    name: 'import',
    description: 'import a package into an instance: verified first, rehearsed with --dry-run',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'migrate-project',
    description: 'move projects from one instance to another, by the shortest route that works',
    load: async () => (await import('./commands/migrate-project.ts')).migrateProjectCommand,
  },
  {
    name: 'inventory',
    description: 'list what an instance holds',
    load: async () => (await import('./commands/inventory.ts')).inventoryCommand,
  },
  {
    name: 'package',
    description: "packages: in an instance's feed, and as files",
    load: async (argv) => commandGroup('package', (await import('./commands/package/index.ts')).packageCommands, argv),
  },
  {
    name: 'job',
    description: 'remote jobs: a handle and the rc file are enough, on any machine',
    load: async (argv) => commandGroup('job', (await import('./commands/job/index.ts')).jobCommands, argv),
  },
  {
    name: 'key',
    description: 'keys: minisign for signing, age for encrypting',
    load: async () => (await import('./commands/key/index.ts')).keyCommand,
  },
  {
    name: 'config',
    description: 'the rc file',
    load: async () => (await import('./commands/config/index.ts')).configCommand,
  },
  {
    name: 'init',
    description: 'write an rc file: asks on a terminal, or writes a commented starter with --yes',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  {
    name: 'doctor',
    description: 'check this machine, the keys and each instance: version, account, rights, mode',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'emulate',
    description: 'serve an embedded instance of a product on this machine, for rehearsals and for other clients',
    load: async () => (await import('./commands/emulate.ts')).emulateCommand,
  },
  {
    name: 'demo',
    description: 'see it work: two embedded Octopus Deploy instances, and projects that move between them',
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
  {
    name: 'completion',
    description: 'print the completion script of a shell',
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
];

/**
 * The command tree. Only what the line names is loaded, which is all that its help needs; without a line, everything
 * is. Nothing here does work.
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
    .addOption(new Option('--config <file>', 'the rc file to use, instead of searching for one'))
    .addOption(new Option('--json', 'print the result as one JSON document'))
    .addOption(new Option('--progress <mode>', 'how to tell progress').choices(['auto', 'plain', 'json', 'none']))
    .addOption(new Option('-q, --quiet', 'print nothing but errors and the result'))
    .addOption(new Option('--debug', 'print requests and stack traces, without bodies and secrets'))
    .addOption(new Option('--no-color', 'print without colour'))
    .addHelpText('after', footer);
  for (const { name, description, load } of entries) {
    const wanted = argv === undefined || argv.includes(name);
    const command = wanted ? (await load(argv))(context) : new Command(name);
    program.addCommand(command.description(description));
  }
  govern(program, program);
  return program;
}

/** Settings reach subcommands made with `command()` only; these are added, so they are given here. */
function govern(command: Command, program: Command): void {
  command.copyInheritedSettings(program).exitOverride((error) => {
    // Commander also ends help and --version by throwing: these are not failures.
    throw error.exitCode === 0 ? error : usageError(error, command);
  });
  for (const child of command.commands) govern(child, program);
}

const footer = `
Every flag has an environment variable: --package-id is MIGRATOR_PACKAGE_ID.
Exit codes: 0 done, 2 usage or config, 3 partial, 4 refused, 5 unreachable,
            6 package, 7 conflict, 8 job failed, 9 still running,
            10 local disk, 130 interrupted, 1 a bug in migrator.

Start here:
  $ migrator demo
  $ migrator init`;

/** Commander's own complaints become USAGE, so that there is one way out. */
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
  return new MigratorError('USAGE', first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/u, ''), {
    hint: suggestion === undefined ? `see ${path} --help` : `did you mean ${suggestion}?`,
  });
}

/** The words that lead to a command: `migrator package list`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
