import { Command, Option } from 'commander';
import { act } from '../command-action.ts';
import type { Context } from '../context.ts';
import { examples } from '../flags/examples.ts';

export interface DemoOptions {
  readonly folder?: string;
}

export function demoCommand(context: Context): Command {
  const command = new Command('demo').addOption(
    new Option('--folder <folder>', 'where to work (default: a new folder in the temporary directory)'),
  );
  examples(command, ['migrator demo']);
  return act<DemoOptions>(
    command,
    context,
    async (options) => {
      const { runDemo } = await import('../verbs/demo.ts');
      return runDemo(options, context);
    },
    { config: false },
  );
}
