import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { type OpenOptions, withOpening } from '../../flags/opening.ts';

export interface PackageVerifyOptions extends OpenOptions {
  readonly content?: boolean;
}

export function verifyCommand(context: Context): Command {
  const command = new Command('verify')
    .description('check a package: shape, signature, signer, sums; with --content also every file in it')
    .argument('<file>', 'the package, or - for standard input')
    .addOption(new Option('--content', 'open it too, and check every chunk and every file; needs the key'));
  withOpening(command);
  examples(command, ['migrator package verify web-shop.tar', 'migrator package verify web-shop.tar --content']);
  return act<PackageVerifyOptions>(command, context, async (options, _context, args) => {
    const { runVerify } = await import('../../verbs/package-verify.ts');
    return runVerify(args[0] ?? '', options, context);
  });
}
