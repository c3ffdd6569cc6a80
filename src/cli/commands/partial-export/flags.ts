import { type Command, Option } from 'commander';
import { examples, withProject } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';
import { type Products, withProductOptions } from '../../flags/product-flags.ts';
import { withReport } from '../../flags/report.ts';
import { type SealOptions, withSealing } from '../../flags/sealing.ts';
import { type WaitOptions, withFresh, withWaiting } from '../../flags/waiting.ts';

export interface PartialExportOptions extends WaitOptions, SealOptions {
  readonly from?: string;
  readonly to?: string;
  readonly project: readonly string[];
  readonly output?: string;
  readonly force?: boolean;
  readonly fresh?: boolean;
  readonly resume?: string;
}

export function partialExportFlags(command: Command, products: Products): void {
  command
    .option('--from <instance>', 'the instance to export from')
    .addOption(new ListOption('--project <name>', 'a project to export, by name or id (repeatable)'))
    .option('-o, --output <file>', 'the package to write (default: <id>.<version>.tar), or - for standard output')
    .option(
      '--to <instance>',
      'let the server push the package to the feed of this instance; with -o also write a file',
    )
    .option('--force', 'overwrite the output file')
    .addOption(
      new Option('--resume <handle>', 'resume an export job that another run or another machine started').conflicts(
        'fresh',
      ),
    );
  withReport(command);
  withSealing(withFresh(withWaiting(command)));
  withProductOptions(command, 'partial-export', products);
  examples(command, [
    withProject((name, file) => `migrator partial-export --from lab --project ${name} -o ${file}`),
    { of: 'octopus', line: 'migrator partial-export --from lab --project Billing --ignore-machines' },
  ]);
}
