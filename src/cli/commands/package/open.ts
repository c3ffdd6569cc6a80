import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { type OpenOptions, withOpening } from '../../flags/opening.ts';

export interface PackageOpenOptions extends OpenOptions {
  readonly output?: string;
  readonly force?: boolean;
}

export function openCommand(context: Context): Command {
  const command = new Command('open')
    .description('verify a package and write what it holds into a folder; all of it or nothing')
    .argument('<file>', 'the package, or - for standard input')
    .addOption(new Option('-o, --output <folder>', 'the folder to write into (default: <id>.<version>)'))
    .addOption(new Option('--force', 'overwrite files that exist there'));
  withOpening(command);
  examples(command, ['migrator package open web-shop.tar -o web-shop']);
  return act<PackageOpenOptions>(command, context, async (options, _context, args) => {
    const { runOpen } = await import('../../verbs/package-open.ts');
    return runOpen(args[0] ?? '', options, context);
  });
}
