import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface InitOptions {
  readonly yes?: boolean;
  readonly force?: boolean;
}

export function initFlags(command: Command): void {
  command
    .addOption(new Option('-y, --yes', 'ask nothing'))
    .addOption(new Option('--force', 'overwrite an rc file that exists'));
  examples(command, ['migrator init', 'migrator init --yes']);
}
