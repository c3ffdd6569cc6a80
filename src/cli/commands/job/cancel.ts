import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';

export interface JobCancelOptions {
  readonly yes?: boolean;
}

export function cancelCommand(context: Context): Command {
  const command = new Command('cancel')
    .description('ask the server to stop a job, and wait until it has')
    .argument('<handle>', 'the job, as migrator printed it: octopus:prod:ServerTasks-1234');
  command.addOption(new Option('-y, --yes', 'do not ask'));
  examples(command, [
    'migrator job cancel octopus:prod:ServerTasks-1234',
    'migrator job cancel octopus:prod:ServerTasks-1234 --yes',
  ]);
  return act<JobCancelOptions>(command, context, async (options, _context, args) => {
    const { runJobCancel } = await import('../../verbs/job.ts');
    return runJobCancel(args[0] ?? '', options, context);
  });
}
