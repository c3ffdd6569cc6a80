import type { Waiting } from '../core/operation.ts';
import type { WaitOptions } from './commands/options.ts';
import { durationFlag } from './measures.ts';

export function waitingOf(options: WaitOptions): Waiting {
  const { wait, timeout, pollInterval } = options;
  return {
    wait,
    timeout: timeout === undefined ? undefined : durationFlag(timeout, '--timeout'),
    pollInterval: pollInterval === undefined ? undefined : durationFlag(pollInterval, '--poll-interval'),
  };
}
