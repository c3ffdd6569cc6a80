import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export function doctorFlags(command: Command): void {
  command.argument('[instance...]', 'the instances to check (default: all in the rc file)');
  command.addHelpText('after', '\nExit codes: 0 nothing failed, or warnings alone; 3 a failure; 2 a wrong rc file.');
  examples(command, ['migrator doctor', 'migrator doctor lab prod']);
}
