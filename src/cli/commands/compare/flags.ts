import { type Command, Option } from 'commander';
import { examples, withProject } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';
import { type Products, withProductOptions } from '../../flags/product-flags.ts';
import { withReport } from '../../flags/report.ts';

export interface CompareOptions {
  readonly from?: string;
  readonly to?: string;
  readonly project: readonly string[];
}

export function compareFlags(command: Command, products: Products): void {
  command
    .addOption(new Option('--from <instance>', 'the instance on the left'))
    .addOption(new Option('--to <instance>', 'the instance on the right'))
    .addOption(new ListOption('--project <project>', 'a project to compare, by name, id or path (repeatable)'));
  withReport(command);
  withProductOptions(command, 'compare', products);
  examples(command, [
    withProject((name) => `migrator compare --from lab --to prod --project ${name}`, { enms: 'default' }),
  ]);
}
