import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface InventoryOptions {
  readonly from?: string;
  readonly all?: boolean;
}

export function inventoryFlags(command: Command): void {
  command
    .argument('[kind]', 'project, or another kind that the product has', 'project')
    .addOption(new Option('--from <instance>', 'the instance'))
    .addOption(new Option('--all', 'every kind'));
  examples(command, ['migrator inventory --from prod', 'migrator inventory environment --from prod']);
}
