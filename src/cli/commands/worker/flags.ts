import type { Command } from 'commander';
import { examples } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';
import { type QueueOptions, withQueue } from '../../flags/queue.ts';

export interface WorkerOptions extends QueueOptions {
  readonly serves: readonly string[];
  readonly concurrency: string;
  readonly lostAfter: string;
}

export function workerFlags(command: Command): void {
  withQueue(command, 'the queue to take items from')
    .addOption(
      new ListOption(
        '--serves <instance>',
        'an instance that this machine reaches (repeatable; default: all of the rc file)',
      ),
    )
    .option('--concurrency <number>', 'how many items at once', '2')
    .option('--lost-after <duration>', 'how long a worker may be silent before others take up its items', '30s');
  command.addHelpText(
    'after',
    '\nIt ends at a signal, with 0. What is at work then goes on at its servers, and\nanother worker takes it up.',
  );
  examples(command, [
    'migrator worker --queue redis://10.0.0.7:6379 --serves lab --serves prod',
    'migrator worker --queue env:QUEUE_URL --serves prod --concurrency 4',
  ]);
}
