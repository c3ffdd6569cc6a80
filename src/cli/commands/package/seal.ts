import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { type SealOptions, withSealing } from '../../flags/sealing.ts';

export interface PackageSealOptions extends SealOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly id?: string;
  readonly packageVersion?: string;
}

export function sealCommand(context: Context): Command {
  const command = new Command('seal')
    .description('put a folder or a file into a signed, encrypted package')
    .argument('<path>', 'the folder or file')
    .addOption(
      new Option('-o, --output <file>', 'the package to write (default: <id>.<version>.tar), or - for standard output'),
    )
    .addOption(new Option('--id <id>', "the package's id (default: the name of the folder or file)"))
    .addOption(new Option('--package-version <version>', "the package's version").default('1.0.0'))
    .addOption(new Option('--force', 'overwrite the output file'));
  withSealing(command);
  examples(command, ['migrator package seal ./handover -o handover.tar']);
  return act<PackageSealOptions>(command, context, async (options, _context, args) => {
    const { runSeal } = await import('../../verbs/package-seal.ts');
    return runSeal(args[0] ?? '', options, context);
  });
}
