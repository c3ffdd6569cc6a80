import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { type SealOptions, withSealing } from '../../flags/sealing.ts';

export interface PackageDownloadOptions extends SealOptions {
  readonly from?: string;
  readonly output?: string;
  readonly raw?: boolean;
  readonly force?: boolean;
}

export function downloadCommand(context: Context): Command {
  const command = new Command('download')
    .description("fetch a package from an instance's feed and seal it")
    .argument('<id@version>', 'the package')
    .addOption(new Option('--from <instance>', 'the instance'))
    .addOption(
      new Option('-o, --output <file>', 'the file to write (default: <id>.<version>.tar), or - for standard output'),
    )
    .addOption(new Option('--raw', "write the server's file as it is: neither signed nor encrypted"))
    .addOption(new Option('--force', 'overwrite the output file'));
  withSealing(command);
  examples(command, ['migrator package download Octopus.Space.Migration@1.0.0-run7 --from lab -o run7.tar']);
  return act<PackageDownloadOptions>(command, context, async (options, _context, args) => {
    const { runPackageDownload } = await import('../../verbs/package-download.ts');
    return runPackageDownload(args[0] ?? '', options, context);
  });
}
