import { type Command, Option } from 'commander';
import { type Product, products } from '../../../adapters/index.ts';
import { examples } from '../../flags/examples.ts';

export interface InitOptions {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly product?: Product;
}

export function initFlags(command: Command): void {
  command
    .option('-y, --yes', 'ask no questions: write an example with two embedded instances')
    .addOption(new Option('--product <product>', 'the product of both instances').choices(products))
    .option('--force', 'overwrite an existing rc file');
  examples(command, ['migrator init', 'migrator init --yes', 'migrator init --yes --product enms --force']);
}
