import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface DemoOptions {
  readonly folder?: string;
  readonly waves?: boolean;
}

export function demoFlags(command: Command): void {
  command
    .option('--folder <folder>', 'the folder to work in (default: a new temporary folder)')
    .option('--waves', 'move 40 projects by a plan, in two waves with four workers');
  examples(command, ['migrator demo']);
}
