import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';

export interface JobListOptions {
  readonly from?: string;
  readonly all?: boolean;
  readonly limit: string;
}

export function listCommand(context: Context): Command {
  const command = new Command('list')
    .description('list the runs of this machine, or with --from the migration jobs of an instance')
    .addOption(new Option('--from <instance>', "ask this instance, instead of this machine's journal"))
    .addOption(new Option('--all', 'with --from: jobs of every kind'))
    .addOption(new Option('--limit <count>', 'at most this many').default('20'));
  examples(command, ['migrator job list', 'migrator job list --from prod']);
  return act<JobListOptions>(
    command,
    context,
    async (options) => {
      const { runJobList } = await import('../../verbs/job-list.ts');
      return runJobList(options, context);
    },
    // With an instance the list is another one: the server's jobs instead of this machine's runs.
    { notFromDefaults: ['from'] },
  );
}
