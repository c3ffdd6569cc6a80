import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';

export function showFlags(command: Command): void {
  examples(command, ['migrator config show']);
}

export function checkFlags(command: Command): void {
  command.addHelpText('after', '\nExit codes: 0 nothing is wrong, or warnings alone; 2 a fault, or no rc file.');
  examples(command, ['migrator config check']);
}

export interface ConfigTrustOptions {
  readonly show?: boolean;
  readonly forget?: boolean;
}

export function trustFlags(command: Command): void {
  command
    .option('--show', 'only print what the rc file can run, and its digest for MIGRATOR_TRUST_CONFIG')
    .addOption(new Option('--forget', 'take the permission back').conflicts('show'));
  examples(command, ['migrator config trust', 'migrator config trust --show']);
}

export function schemaFlags(command: Command): void {
  command.argument(
    '[schema]',
    'config, manifest, progress, plan, or the name of a document; "list" prints all names',
    'config',
  );
  examples(command, ['migrator config schema', 'migrator config schema list', 'migrator config schema import']);
}
