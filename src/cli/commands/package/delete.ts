import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';

export interface PackageDeleteOptions {
  /** One name, or several; a default of the rc file is one. */
  readonly from?: string | readonly string[];
  readonly yes?: boolean;
}

export function deleteCommand(context: Context): Command {
  const command = new Command('delete')
    .description("delete a package from an instance's feed")
    .argument('<package>', '<id>@<version>, or the id alone where packages have no version')
    .addOption(
      new ListOption(
        '--from <instance>',
        'the instance; give it again for each that holds it, in that order (repeatable)',
      ),
    )
    .addOption(new Option('-y, --yes', 'do not ask'));
  examples(command, ['migrator package delete Octopus.Space.Migration@1.0.0-run7 --from prod --yes']);
  return act<PackageDeleteOptions>(command, context, async (options, _context, args) => {
    const { runPackageDelete } = await import('../../verbs/package-feed.ts');
    return runPackageDelete(args[0] ?? '', options, context);
  });
}
