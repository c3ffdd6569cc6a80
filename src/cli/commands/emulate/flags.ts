import { type Command, Option } from 'commander';
import { productOptions } from '../../../adapters/index.ts';
import { examples } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';

export interface EmulateOptions {
  readonly data?: string;
  readonly port?: string;
  readonly sample: 'source' | 'target' | 'none';
  readonly serverVersion?: string;
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
    .addOption(new Option('--data <folder>', 'where its state lies (default: ./<product>-instance)'))
    .addOption(new Option('--port <port>', 'the port on 127.0.0.1 (default: a free one)'))
    .addOption(
      new Option('--sample <kind>', 'what a new instance holds')
        .choices(['source', 'target', 'none'])
        .default('source'),
    )
    .addOption(new Option('--server-version <version>', 'the version it reports'))
    .addOption(new Option('--pace <duration>', 'how long a task takes for each step'))
    .addOption(
      new ListOption(
        '--fault <fault>',
        'misbehave: a name, or "POST /path status=503 times=2" (repeatable; "list" prints them)',
      ),
    )
    .addOption(
      new Option(
        '--api-key <secret>',
        "the administrator's key to accept: env:NAME, file:path or plain (default: a generated one)",
      ),
    )
    .addOption(new Option('--username <name>', "the administrator's name, where the product has accounts"))
    .addOption(
      new Option(
        '--password <secret>',
        "the administrator's password: env:NAME, file:path or plain (default: a generated one)",
      ),
    )
    .addOption(new Option('--storage <folder>', 'a folder that it shares with other instances (MicroStrategy)'));
  examples(command, [
    'migrator emulate octopus --data ./lab',
    'migrator emulate octopus --data ./lab --port 8065 --fault success-with-errors',
  ]);
}
