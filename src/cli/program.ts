import { Command, Option } from 'commander';
import { completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config/index.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { emulateCommand } from './commands/emulate.ts';
import { importCommand } from './commands/import.ts';
import { initCommand } from './commands/init.ts';
import { jobCommand } from './commands/job/index.ts';
import { inventoryCommand } from './commands/inventory.ts';
import { keyCommand } from './commands/key/index.ts';
import { migrateProjectCommand } from './commands/migrate-project.ts';
import { packageCommand } from './commands/package/index.ts';
import { partialExportCommand } from './commands/partial-export.ts';
import type { Context } from './context.ts';
import { usageError } from './usage-error.ts';
import { version } from './version.ts';

/** The command tree. The path of a command's file equals the words typed. Nothing here does work. */
export function createProgram(context: Context): Command {
  const program = new Command('migrator')
    .description(
      'move projects between instances of Octopus Deploy, eNMS, MicroStrategy and SnapLogic, in signed and encrypted packages',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
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
    .addOption(new Option('--no-color', 'print without colour'));
  for (const create of commands) {
    program.addCommand(create(context));
  }
  program.addHelpText('after', footer);
  govern(program, program);
  return program;
}

/** Commands that are made on their own inherit nothing: what holds for the program is said to each of them. */
function govern(command: Command, program: Command): void {
  command.copyInheritedSettings(program).exitOverride((error) => {
    // Commander also ends help and --version by throwing: these are not failures.
    throw error.exitCode === 0 ? error : usageError(error, command);
  });
  for (const child of command.commands) govern(child, program);
}

const commands: readonly ((context: Context) => Command)[] = [
  partialExportCommand,
  importCommand,
  migrateProjectCommand,
  inventoryCommand,
  packageCommand,
  jobCommand,
  keyCommand,
  configCommand,
  initCommand,
  doctorCommand,
  emulateCommand,
  demoCommand,
  completionCommand,
];

const footer = `
Every flag has an environment variable: --include-task-logs is MIGRATOR_INCLUDE_TASK_LOGS.
Exit codes: 0 done, 2 usage or config, 3 partial, 4 refused, 5 unreachable, 6 package, 7 conflict, 8 job failed,
            9 still running, 10 local disk, 130 interrupted, 1 a bug in migrator.

Start here:
  $ migrator demo
  $ migrator init`;
