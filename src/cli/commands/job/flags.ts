import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';
import { type OpenOptions, withOpening } from '../../flags/opening.ts';
import { withQueue } from '../../flags/queue.ts';
import { withReport } from '../../flags/report.ts';
import { type WaitOptions, withNames, withWaiting } from '../../flags/waiting.ts';

export interface JobListOptions {
  readonly from?: string;
  readonly all?: boolean;
  readonly waiting?: boolean;
  readonly failed?: boolean;
  readonly everywhere?: boolean;
  readonly limit: string;
}

/** What a worker did is noted in its queue, and not on this machine. */
const withNotes = (command: Command): Command => withQueue(command, 'the queue whose workers did the work');

export function listFlags(command: Command): void {
  withNotes(command)
    .option('--from <instance>', 'list the jobs of this instance, instead of the runs of this machine')
    .option('--all', 'with --from: list jobs of all kinds')
    .option('--waiting', 'list only what waits for a person, such as an approval; the servers are asked')
    .option('--failed', 'list only what failed')
    .option('--everywhere', 'list runs on all servers, not only on those of this rc file')
    .addOption(new Option('--limit <count>', 'list at most this many').default('20', '20'));
  examples(command, [
    'migrator job list',
    'migrator job list --from prod',
    'migrator job list --failed',
    'migrator job list --from prod --waiting',
  ]);
}

const jobHandle =
  'the handle of the job, as migrator or "migrator job list" prints it, such as octopus:prod:ServerTasks-1234';

export function showFlags(command: Command): void {
  withNotes(command.argument('<handle>', jobHandle));
  examples(command, ['migrator job show octopus:prod:ServerTasks-1234']);
}

export function waitFlags(command: Command): void {
  withNotes(command.argument('<handle>', jobHandle));
  withNames(withWaiting(withReport(command)));
  examples(command, ['migrator job wait octopus:prod:ServerTasks-1234']);
}

export function logFlags(command: Command): void {
  withNotes(command.argument('<handle>', jobHandle));
  examples(command, ['migrator job log octopus:prod:ServerTasks-1234']);
}

export interface JobCancelOptions {
  readonly yes?: boolean;
}

export function cancelFlags(command: Command): void {
  withNotes(command.argument('<handle>', jobHandle));
  command.option('-y, --yes', 'do not ask for confirmation');
  examples(command, [
    'migrator job cancel octopus:prod:ServerTasks-1234',
    'migrator job cancel octopus:prod:ServerTasks-1234 --yes',
  ]);
}

const handle = 'the handle of the job, as migrator or "migrator job list" prints it, such as microstrategy:prod:…';

export function approveFlags(command: Command): void {
  withNotes(command.argument('<handle>', handle));
  examples(command, ['migrator job approve microstrategy:dev:35958BEB7C56491C9A43F7661501E177']);
}

export function rejectFlags(command: Command): void {
  withNotes(command.argument('<handle>', handle));
  examples(command, ['migrator job reject microstrategy:dev:35958BEB7C56491C9A43F7661501E177']);
}

export interface JobUndoOptions extends WaitOptions, OpenOptions {
  readonly backup?: string;
  readonly yes?: boolean;
}

export function undoFlags(command: Command): void {
  withNotes(command.argument('<handle>', handle));
  withWaiting(withReport(command))
    .option('--backup <file>', 'the backup from before the job, if it is not where the run put it')
    .option('-y, --yes', 'do not ask for confirmation');
  withOpening(command);
  examples(command, ['migrator job undo microstrategy:prod:35958BEB7C56491C9A43F7661501E177 --yes']);
}
