import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface InventoryOptions {
  readonly from?: string;
  readonly all?: boolean;
}

export function inventoryFlags(command: Command): void {
  command
    .argument('[kind]', 'the kind to list: project, or another kind of the product', 'project')
    .option('--from <instance>', 'the instance to read')
    .option('--all', 'list all kinds');
  examples(command, ['migrator inventory --from prod', 'migrator inventory --from prod --all']);
}
