import { Command, Option } from 'commander';
import { act } from '../command-action.ts';
import type { Context } from '../context.ts';
import { examples } from '../flags/examples.ts';

export interface InventoryOptions {
  readonly from?: string;
  readonly all?: boolean;
}

export function inventoryCommand(context: Context): Command {
  const command = new Command('inventory')
    .argument('[kind]', 'project, or another kind that the product has', 'project')
    .addOption(new Option('--from <instance>', 'the instance'))
    .addOption(new Option('--all', 'every kind'));
  examples(command, ['migrator inventory --from prod', 'migrator inventory environment --from prod']);
  return act<InventoryOptions>(command, context, async (options, _context, args) => {
    const { runInventory } = await import('../verbs/inventory.ts');
    return runInventory(args[0] ?? 'project', options, context);
  });
}
