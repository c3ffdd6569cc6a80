import { Command } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';

export function showCommand(context: Context): Command {
  const command = new Command('show')
    .description('show where a job stands')
    .argument('<handle>', 'the job, as migrator printed it: octopus:prod:ServerTasks-1234');
  examples(command, ['migrator job show octopus:prod:ServerTasks-1234']);
  return act(command, context, async (_options, _context, args) => {
    const { runJobShow } = await import('../../verbs/job.ts');
    return runJobShow(args[0] ?? '', context);
  });
}
