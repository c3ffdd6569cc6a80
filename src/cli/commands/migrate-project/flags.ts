import { type Command, Option } from 'commander';
import { type CautionOptions, withCaution } from '../../flags/caution.ts';
import { examples, withProject } from '../../flags/examples.ts';
import { type Products, withProductOptions } from '../../flags/product-flags.ts';
import { withReport } from '../../flags/report.ts';
import {
  type TellingOptions,
  waiting,
  type WaitOptions,
  withFresh,
  withTelling,
  withWaiting,
} from '../../flags/waiting.ts';

export interface MigrateProjectOptions extends WaitOptions, CautionOptions, TellingOptions {
  readonly from?: string;
  readonly to?: string;
  readonly route: 'auto' | 'move' | 'push' | 'relay';
  readonly viaStore?: string;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly ignoreVersion?: boolean;
  readonly fresh?: boolean;
}

export function migrateProjectFlags(command: Command, products: Products): void {
  command
    .argument('[project...]', 'projects, by name, id or path; leave them out to move what belongs to no project')
    .option('--from <instance>', 'the instance to move from; its projects are only read')
    .option('--to <instance>', 'the instance to move to')
    .addOption(
      new Option(
        '--route <route>',
        'who brings the projects to the target: the servers (move), the source server with a package (push), or this machine with a package (relay)',
      )
        .choices(['auto', 'move', 'push', 'relay'])
        .default('auto'),
    )
    .addOption(
      // In this group, because the help with the flags of Octopus Deploy fills the screen.
      new Option('--via-store <store>', 'relay the package through this store; it stays there').helpGroup(waiting),
    )
    .option('--dry-run', 'print what the move would do, without changing the target')
    .addOption(new Option('--verify', 'compare the content of source and target after the move').helpGroup(waiting))
    .option('--ignore-version', 'continue even if the servers have different releases');
  withReport(command);
  withCaution(withFresh(withWaiting(withTelling(command))));
  withProductOptions(command, 'migrate-project', products);
  // One, because the help with the flags of Octopus Deploy fills the screen.
  examples(command, [withProject((name) => `migrator migrate-project ${name} --from lab --to prod --dry-run`)]);
}
