import { Command } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { type WaitOptions, withWaiting } from '../../flags/waiting.ts';

export function waitCommand(context: Context): Command {
  const command = new Command('wait')
    .description('stay with a job until it ends; the exit code tells how it ended')
    .argument('<handle>', 'the job, as migrator printed it: octopus:prod:ServerTasks-1234');
  withWaiting(command);
  examples(command, ['migrator job wait octopus:prod:ServerTasks-1234']);
  return act<WaitOptions>(command, context, async (options, _context, args) => {
    const { runJobWait } = await import('../../verbs/job.ts');
    return runJobWait(args[0] ?? '', options, context);
  });
}
