import { Command } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';

export function logCommand(context: Context): Command {
  const command = new Command('log')
    .description('print the log that the server keeps of a job')
    .argument('<handle>', 'the job, as migrator printed it: octopus:prod:ServerTasks-1234');
  examples(command, ['migrator job log octopus:prod:ServerTasks-1234']);
  return act(command, context, async (_options, _context, args) => {
    const { runJobLog } = await import('../../verbs/job.ts');
    return runJobLog(args[0] ?? '', context);
  });
}
