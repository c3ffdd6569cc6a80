import { type Command, Option } from 'commander';
import type { Waiting } from '../../core/operation.ts';
import type { Context } from '../context.ts';
import { durationFlag } from './duration-and-size.ts';

export function waitingOf(options: WaitOptions, context: Context): Waiting {
  const { wait, timeout, pollInterval } = options;
  return {
    wait,
    timeout: timeout === undefined ? undefined : durationFlag(timeout, context.flagSource('timeout')),
    pollInterval:
      pollInterval === undefined ? undefined : durationFlag(pollInterval, context.flagSource('pollInterval')),
  };
}

/** Options that several verbs share are spelled here, once. */
export interface WaitOptions {
  readonly wait: boolean;
  readonly timeout?: string;
  readonly pollInterval?: string;
}

export const waiting = 'Waiting options:';

export function withWaiting(command: Command): Command {
  return command
    .addOption(new Option('--no-wait', 'return when the job is started').helpGroup(waiting))
    .addOption(
      new Option('--timeout <duration>', 'stop waiting after this long (90s, 20m, 2h); the job goes on').helpGroup(
        waiting,
      ),
    )
    .addOption(
      new Option('--poll-interval <duration>', 'look at the job this often, instead of adapting').helpGroup(waiting),
    );
}

export function withFresh(command: Command): Command {
  return command.addOption(
    new Option('--fresh', 'begin anew, instead of taking up an unfinished run of the same work').helpGroup(waiting),
  );
}
