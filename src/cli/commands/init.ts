import { Command, Option } from 'commander';
import { act } from '../command-action.ts';
import type { Context } from '../context.ts';
import { examples } from '../flags/examples.ts';

export interface InitOptions {
  readonly yes?: boolean;
  readonly force?: boolean;
}

export function initCommand(context: Context): Command {
  const command = new Command('init')
    .addOption(new Option('-y, --yes', 'ask nothing'))
    .addOption(new Option('--force', 'overwrite an rc file that exists'));
  examples(command, ['migrator init', 'migrator init --yes']);
  return act<InitOptions>(
    command,
    context,
    async (options) => {
      const { runInit } = await import('../verbs/init.ts');
      return runInit(options, context);
    },
    { config: false },
  );
}
