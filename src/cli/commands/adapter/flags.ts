import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface AdapterNewOptions {
  readonly output?: string;
}

export function newFlags(command: Command): void {
  command
    .argument('<product>', 'the name of the product as the rc file gives it, in lower case')
    .option('-o, --output <folder>', 'the folder to write (default: the name of the product)');
  examples(command, ['migrator adapter new acme', 'migrator adapter new acme -o acme-adapter']);
}
