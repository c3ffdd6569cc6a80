import { type Command, Option } from 'commander';
import { type CautionOptions, withCaution } from '../../flags/caution.ts';
import { examples } from '../../flags/examples.ts';
import { type OpenOptions, withOpening } from '../../flags/opening.ts';
import { withProductOptions } from '../../flags/product-flags.ts';
import { type WaitOptions, withFresh, withWaiting } from '../../flags/waiting.ts';

export interface ImportOptions extends WaitOptions, OpenOptions, CautionOptions {
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly onConflict: 'fail' | 'keep' | 'overwrite';
  readonly ignoreVersion?: boolean;
  readonly fresh?: boolean;
}

export function importFlags(command: Command): void {
  command
    .argument(
      '<package>',
      "a package file, <id>@<version> of a package in the instance's feed, or - for standard input",
    )
    .addOption(new Option('--to <instance>', 'the instance to import into'))
    .addOption(
      new Option('--dry-run', 'let the server rehearse the import and print its plan; the target stays as it is'),
    )
    .addOption(
      new Option('--on-conflict <policy>', 'when the feed holds that id and version already: keep takes the same bytes')
        .choices(['fail', 'keep', 'overwrite'])
        .default('keep'),
    )
    .addOption(new Option('--ignore-version', 'import although the servers are of different releases'));
  withOpening(withCaution(withFresh(withWaiting(command))));
  withProductOptions(command, 'import');
  examples(command, [
    'migrator import web-shop.tar --to prod --password env:MOVE_PASSWORD --dry-run',
    'migrator import Octopus.Space.Migration@1.0.0-run7 --to prod --password env:MOVE_PASSWORD',
  ]);
}
