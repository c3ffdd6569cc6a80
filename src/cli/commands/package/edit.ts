import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { withProductOptions } from '../../flags/product-flags.ts';
import { type WaitOptions, withWaiting } from '../../flags/waiting.ts';

export interface PackageEditOptions extends WaitOptions {
  readonly at?: string;
  readonly name?: string;
}

export function editCommand(context: Context): Command {
  const command = new Command('edit')
    .description('let a server make a package anew, under another name or from other objects and settings')
    .argument('<package>', '<id>@<version>, or the id alone where packages have no version')
    .addOption(new Option('--at <instance>', 'the instance that made the package'))
    .addOption(new Option('--name <name>', "the package's new name"));
  withProductOptions(withWaiting(command), 'package');
  examples(command, [
    'migrator package edit 35958BEB7C56491C9A43F7661501E177 --at dev --name "Tutorial, second try"',
    'migrator package edit 35958BEB7C56491C9A43F7661501E177 --at dev --object "Year:attribute:use_newer"',
  ]);
  return act<PackageEditOptions>(command, context, async (options, _context, args, self) => {
    const { runPackageEdit } = await import('../../verbs/package-change.ts');
    return runPackageEdit(args[0] ?? '', options, self, context);
  });
}
