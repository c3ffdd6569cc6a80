import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';

export interface PackageListOptions {
  readonly from?: string;
  readonly id?: string;
}

export function listCommand(context: Context): Command {
  const command = new Command('list')
    .description("list the packages in an instance's feed")
    .addOption(new Option('--from <instance>', 'the instance'))
    .addOption(new Option('--id <id>', 'only versions of this package'));
  examples(command, ['migrator package list --from prod']);
  return act<PackageListOptions>(command, context, async (options) => {
    const { runPackageList } = await import('../../verbs/package-feed.ts');
    return runPackageList(options, context);
  });
}
