import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface HelpOptions {
  readonly all?: boolean;
}

export function helpFlags(command: Command): void {
  command
    .argument('[words...]', 'a command, a topic, or another page of the documentation; "topics" lists all pages')
    .option('--all', 'show all flags of the command, of every product, with all that is said about them');
  examples(command, ['migrator help job wait', 'migrator help exit-codes', 'migrator help topics']);
}
