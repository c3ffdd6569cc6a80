import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface DemoOptions {
  readonly folder?: string;
}

export function demoFlags(command: Command): void {
  command.option('--folder <folder>', 'the folder to work in (default: a new temporary folder)');
  examples(command, ['migrator demo']);
}
