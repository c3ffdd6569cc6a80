import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export function doctorFlags(command: Command): void {
  command.argument('[instance...]', 'instances (default: all in the rc file)');
  examples(command, ['migrator doctor', 'migrator doctor lab prod']);
}
