import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { type OpenOptions, withOpening } from '../../flags/opening.ts';

export interface PackageUploadOptions extends OpenOptions {
  readonly to?: string;
  readonly onConflict: 'fail' | 'keep' | 'overwrite';
}

export function uploadCommand(context: Context): Command {
  const command = new Command('upload')
    .description("verify a package and put what it holds into an instance's feed")
    .argument('<file>', "a package, or - for standard input; a server's own file needs --allow-unsigned")
    .addOption(new Option('--to <instance>', 'the instance'))
    .addOption(
      new Option('--on-conflict <policy>', 'when the feed holds that id and version already: keep takes the same bytes')
        .choices(['fail', 'keep', 'overwrite'])
        .default('keep'),
    );
  withOpening(command);
  examples(command, ['migrator package upload web-shop.tar --to prod']);
  return act<PackageUploadOptions>(command, context, async (options, _context, args) => {
    const { runPackageUpload } = await import('../../verbs/package-upload.ts');
    return runPackageUpload(args[0] ?? '', options, context);
  });
}
