import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';

export function doctorFlags(command: Command): void {
  command.argument('[instance...]', 'the instances to check (default: all in the rc file)');
  command.addHelpText(
    'after',
    '\nExit codes: 0 nothing failed (warnings alone are 0), 3 something failed, 2 the rc file is wrong.',
  );
  examples(command, ['migrator doctor', 'migrator doctor lab prod']);
}
