import { Command, Option } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';
import { type WaitOptions, withWaiting } from '../../flags/waiting.ts';

const handle = 'the job, as migrator printed it: microstrategy:prod:…';

export function approveCommand(context: Context): Command {
  const command = new Command('approve')
    .description('approve what a job waits for; whoever started it, or "job wait", goes on')
    .argument('<handle>', handle);
  examples(command, ['migrator job approve microstrategy:dev:35958BEB7C56491C9A43F7661501E177']);
  return act(command, context, async (_options, _context, args) => {
    const { runJobDecision } = await import('../../verbs/job-decide.ts');
    return runJobDecision(args[0] ?? '', 'approve', context);
  });
}

export function rejectCommand(context: Context): Command {
  const command = new Command('reject').description('refuse what a job waits for').argument('<handle>', handle);
  examples(command, ['migrator job reject microstrategy:dev:35958BEB7C56491C9A43F7661501E177']);
  return act(command, context, async (_options, _context, args) => {
    const { runJobDecision } = await import('../../verbs/job-decide.ts');
    return runJobDecision(args[0] ?? '', 'reject', context);
  });
}

export interface JobUndoOptions extends WaitOptions {
  readonly yes?: boolean;
}

export function undoCommand(context: Context): Command {
  const command = new Command('undo')
    .description('bring the target back to what it was before an import or a move')
    .argument('<handle>', handle);
  withWaiting(command).addOption(new Option('-y, --yes', 'do not ask'));
  examples(command, ['migrator job undo microstrategy:prod:35958BEB7C56491C9A43F7661501E177 --yes']);
  return act<JobUndoOptions>(command, context, async (options, _context, args) => {
    const { runJobUndo } = await import('../../verbs/job-decide.ts');
    return runJobUndo(args[0] ?? '', options, context);
  });
}
