import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';
import { type QueueOptions, withQueue } from '../../flags/queue.ts';
import { withReport } from '../../flags/report.ts';

const plan = (command: Command): Command => command.argument('<plan>', 'the plan: a .yaml, .json or .csv file');

const withNotes = (command: Command): Command => withQueue(command, 'the queue through which the wave is run');

export interface InitOptions {
  readonly from?: string;
  readonly to?: string;
  readonly match: readonly string[];
  readonly output?: string;
}

export function initFlags(command: Command): void {
  command
    .option('--from <instance>', 'the instance whose projects are listed')
    .option('--to <instance>', 'the instance to move them to')
    .addOption(new ListOption('--match <pattern>', 'only projects whose names fit; * stands for any text'))
    .option('-o, --output <file>', 'the plan file to write, .yaml or .csv (default: print it)');
  examples(command, [
    'migrator wave init --from lab --to prod -o plan.yaml',
    `migrator wave init --from lab --to prod --match "Web*" -o plan.csv`,
  ]);
}

export interface ChoosingOptions {
  readonly wave: readonly string[];
  readonly item: readonly string[];
  readonly onlyFailed?: boolean;
}

function withChoice(command: Command): Command {
  return command
    .addOption(new ListOption('--wave <name>', 'only the items of this wave'))
    .addOption(new ListOption('--item <id>', 'only this item'))
    .option('--only-failed', 'only items that failed, and those that were skipped because of them');
}

export function checkFlags(command: Command): void {
  withNotes(withChoice(plan(command)));
  command.addHelpText('after', '\nExit codes: 0 nothing stands in the way, 3 something does. Nothing is changed.');
  examples(command, ['migrator wave check plan.yaml']);
}

export interface RunOptions extends ChoosingOptions, QueueOptions {
  readonly workers?: string;
  readonly until?: string;
  readonly onFailure?: 'continue' | 'stop';
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly report?: string;
  readonly watch?: string;
}

export function runFlags(command: Command): void {
  withChoice(plan(command))
    .option('--workers <number>', 'how many items at once, at most (default: that of the plan, else 4)')
    .option(
      '--until <time>',
      'start nothing after this time: 04:00, or 2026-03-01T04:00:00Z; what remains is postponed',
    )
    .addOption(
      new Option('--on-failure <word>', 'what happens after a failure (default: that of the plan)').choices([
        'continue',
        'stop',
      ]),
    )
    .option('--dry-run', 'print what each item would do, by reading alone')
    .option('-y, --yes', 'answer yes to all questions');
  withQueue(command, 'hand the items to the workers of this queue');
  withReport(command).option(
    '--watch <port>',
    'show the report in a browser on this machine while the wave runs, on this port of 127.0.0.1 (0: a free one)',
  );
  command.addHelpText('after', '\nThe exit code is that of the worst item: see migrator help waves.');
  examples(command, [
    'migrator wave run plan.yaml --dry-run',
    'migrator wave run plan.yaml --wave shared --until 04:00 --report day1.html',
    'migrator wave run plan.yaml --only-failed --yes --watch 0',
    'migrator wave run plan.yaml --queue env:QUEUE_URL --yes',
  ]);
}

export function statusFlags(command: Command): void {
  withNotes(plan(command));
  examples(command, ['migrator wave status plan.yaml']);
}

export function stopFlags(command: Command): void {
  withNotes(plan(command));
  examples(command, ['migrator wave stop plan.yaml']);
}

export interface ReportOptions extends QueueOptions {
  readonly output?: string;
}

export function reportFlags(command: Command): void {
  withNotes(plan(command)).option('-o, --output <file>', 'the report to write: .html, .md, .json or .xml (JUnit)');
  examples(command, ['migrator wave report plan.yaml -o monday.html']);
}
