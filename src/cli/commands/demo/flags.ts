import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface DemoOptions {
  readonly folder?: string;
}

export function demoFlags(command: Command): void {
  command.addOption(
    new Option('--folder <folder>', 'where to work (default: a new folder in the temporary directory)'),
  );
  examples(command, ['migrator demo']);
}
