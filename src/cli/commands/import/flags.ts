import { type Command, Option } from 'commander';
import { type CautionOptions, withCaution } from '../../flags/caution.ts';
import { examples } from '../../flags/examples.ts';
import { type OpenOptions, withOpening } from '../../flags/opening.ts';
import { type Products, withProductOptions } from '../../flags/product-flags.ts';
import { withReport } from '../../flags/report.ts';
import { type TellingOptions, type WaitOptions, withFresh, withTelling, withWaiting } from '../../flags/waiting.ts';

export interface ImportOptions extends WaitOptions, OpenOptions, CautionOptions, TellingOptions {
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly onConflict: 'fail' | 'keep' | 'overwrite';
  readonly ignoreVersion?: boolean;
  readonly fresh?: boolean;
}

export function importFlags(command: Command, products: Products): void {
  command
    .argument(
      '<package>',
      "a package file, - for standard input, or <id>@<version> of a package in the instance's feed or, with --from, in a store",
    )
    .option('--from <store>', 'the store that has the package')
    .option('--to <instance>', 'the instance to import into')
    .option('--dry-run', 'print what the import would do, without changing the target')
    .addOption(
      new Option(
        '--on-conflict <policy>',
        'what to do if the feed already has this id and version; keep accepts the same bytes only',
      )
        .choices(['fail', 'keep', 'overwrite'])
        .default('keep'),
    )
    .option('--ignore-version', 'import even if the servers have different releases');
  withReport(command);
  withOpening(withCaution(withFresh(withWaiting(withTelling(command)))));
  withProductOptions(command, 'import', products);
  examples(command, [
    'migrator import web-shop.tar --to prod --dry-run',
    'migrator import Acme.Shop@1.0.0 --from vault --to prod',
    { of: 'octopus', line: 'migrator import Acme.Move@1.0.0 --to prod --password env:MOVE_PASSWORD' },
  ]);
}
