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

/** The waiting options, which several verbs share. */
export interface WaitOptions {
  readonly wait: boolean;
  readonly timeout?: string;
  readonly pollInterval?: string;
}

export const waiting = 'Waiting and other options:';

export function withWaiting(command: Command): Command {
  return (
    command
      .addOption(new Option('--no-wait', 'return as soon as the job is started').helpGroup(waiting))
      // The usual way. A script may say so.
      .addOption(new Option('--wait', 'wait until the job ends').hideHelp())
      .addOption(
        new Option(
          '--timeout <duration>',
          'stop waiting after this time (90s, 20m, 2h); what the server does by itself goes on',
        ).helpGroup(waiting),
      )
      .addOption(
        new Option('--poll-interval <duration>', 'the time between two looks at the job (default: adaptive)').helpGroup(
          waiting,
        ),
      )
  );
}

export function withFresh(command: Command): Command {
  return command.addOption(
    new Option('--fresh', 'start a new run, even if an unfinished run of the same command could be resumed').helpGroup(
      waiting,
    ),
  );
}

export interface TellingOptions {
  readonly log?: boolean;
  readonly names?: boolean;
}

export function withNames(command: Command): Command {
  const names = 'name everything in the result, also all that is created or unchanged';
  return command.addOption(new Option('--names', names).helpGroup(waiting));
}

/** How much the result of a change tells. */
export function withTelling(command: Command): Command {
  return withNames(command).addOption(
    new Option('--log', "print the server's log of the job with the result").helpGroup(waiting),
  );
}
