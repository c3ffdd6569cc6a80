import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface InitOptions {
  readonly yes?: boolean;
  readonly force?: boolean;
}

export function initFlags(command: Command): void {
  command
    .option('-y, --yes', 'ask no questions: write an example with two embedded instances')
    .option('--force', 'overwrite an existing rc file');
  examples(command, ['migrator init', 'migrator init --yes']);
}
