import { type Command, Option } from 'commander';
import { type CautionOptions, withCaution } from '../../flags/caution.ts';
import { examples } from '../../flags/examples.ts';
import { withProductOptions } from '../../flags/product-flags.ts';
import { type WaitOptions, withFresh, withWaiting } from '../../flags/waiting.ts';

export interface MigrateProjectOptions extends WaitOptions, CautionOptions {
  readonly from?: string;
  readonly to?: string;
  readonly route: 'auto' | 'move' | 'push' | 'relay';
  readonly dryRun?: boolean;
  readonly ignoreVersion?: boolean;
  readonly fresh?: boolean;
}

export function migrateProjectFlags(command: Command): void {
  command
    .argument('[project...]', 'projects, by name, id or path; none for what belongs to no project')
    .addOption(new Option('--from <instance>', 'the instance to move from; it is only read'))
    .addOption(new Option('--to <instance>', 'the instance to move to'))
    .addOption(
      new Option(
        '--route <route>',
        'move: by the servers themselves; push: the source delivers to the target; relay: by way of this machine',
      )
        .choices(['auto', 'move', 'push', 'relay'])
        .default('auto'),
    )
    .addOption(new Option('--dry-run', 'export, rehearse the import and print the plan; the target stays as it is'))
    .addOption(new Option('--ignore-version', 'go on although the servers are of different releases'));
  withCaution(withFresh(withWaiting(command)));
  withProductOptions(command, 'migrate-project');
  examples(command, [
    'migrator migrate-project "Web Shop" --from lab --to prod --dry-run',
    'migrator migrate-project "Web Shop" --from lab --to prod --route relay',
  ]);
}
