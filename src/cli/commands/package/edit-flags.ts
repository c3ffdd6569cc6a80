import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';
import { type Products, withProductOptions } from '../../flags/product-flags.ts';
import { type WaitOptions, withWaiting } from '../../flags/waiting.ts';

export interface PackageEditOptions extends WaitOptions {
  readonly at?: string;
  readonly name?: string;
}

export function editFlags(command: Command, products: Products): void {
  command
    .argument('<package>', '<id>@<version>, or only the id if packages have no version')
    .option('--at <instance>', 'the instance that made the package')
    .option('--name <name>', 'the new name of the package');
  withProductOptions(withWaiting(command), 'package', products);
  examples(command, [
    'migrator package edit 35958BEB7C56491C9A43F7661501E177 --at dev --name "Tutorial, second try"',
    'migrator package edit 35958BEB7C56491C9A43F7661501E177 --at dev --object "Year:attribute:use_newer"',
  ]);
}
