import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../options.ts';

export interface PackageDeleteOptions {
  readonly from?: string;
  readonly yes?: boolean;
}

export function deleteCommand(context: Context): Command {
  const command = new Command('delete')
    .description("delete a package from an instance's feed")
    .argument('<id@version>', 'the package')
    .addOption(new Option('--from <instance>', 'the instance'))
    .addOption(new Option('-y, --yes', 'do not ask'));
  examples(command, ['migrator package delete Octopus.Space.Migration@1.0.0-run7 --from prod --yes']);
  return act<PackageDeleteOptions>(command, context, async (options, _context, args) => {
    const { runPackageDelete } = await import('../../verbs/package-feed.ts');
    return runPackageDelete(args[0] ?? '', options, context);
  });
}
