import { type Command, Option } from 'commander';
import { productOptions } from '../../../adapters/index.ts';
import { examples } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';

export interface EmulateOptions {
  readonly data?: string;
  readonly port?: string;
  readonly sample: 'source' | 'target' | 'none';
  readonly serverVersion?: string;
  readonly flavor?: 'windows' | 'linux' | 'cloud';
  readonly pace?: string;
  readonly fault?: readonly string[];
  readonly apiKey?: string;
  readonly username?: string;
  readonly password?: string;
  readonly storage?: string;
}

export function emulateFlags(command: Command): void {
  command
    .argument('<product>', productOptions.map((entry) => entry.product).join(', '))
    .option('--data <folder>', 'the folder for its data (default: ./<product>-instance)')
    .option('--port <port>', 'the port on 127.0.0.1 (default: a free one)')
    .addOption(
      new Option('--sample <kind>', 'the sample data of a new instance')
        .choices(['source', 'target', 'none'])
        .default('source'),
    )
    .option('--server-version <version>', 'the version that the server reports')
    .addOption(
      new Option('--flavor <flavor>', 'where the server runs (Octopus Deploy)').choices(['windows', 'linux', 'cloud']),
    )
    .option('--pace <duration>', 'the duration of each step of a task')
    .addOption(
      new ListOption(
        '--fault <fault>',
        'simulate a fault: a name, or "POST /path status=503 times=2" (repeatable; "list" prints the names)',
      ),
    )
    .option(
      '--api-key <secret>',
      "the administrator's API key: env:NAME, file:path or plain text (default: a generated key)",
    )
    .option('--username <name>', "the administrator's user name, for products that have accounts")
    .option(
      '--password <secret>',
      "the administrator's password: env:NAME, file:path or plain text (default: a generated password)",
    )
    .option('--storage <folder>', 'a folder that several instances share (MicroStrategy)');
  examples(command, [
    'migrator emulate octopus --data ./lab',
    'migrator emulate octopus --data ./lab --fault success-with-errors',
    'migrator emulate octopus --data ./cloud --flavor cloud',
  ]);
}
