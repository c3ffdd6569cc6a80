import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface VersionOptions {
  readonly check?: boolean;
}

export function versionFlags(command: Command): void {
  command.option('--check', 'ask the npm registry of your npm configuration for the newest version');
  examples(command, ['migrator version']);
}
