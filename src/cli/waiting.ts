import type { Waiting } from '../core/operation.ts';
import type { WaitOptions } from './commands/options.ts';
import type { Context } from './context.ts';
import { durationFlag } from './measures.ts';

export function waitingOf(options: WaitOptions, context: Context): Waiting {
  const { wait, timeout, pollInterval } = options;
  return {
    wait,
    timeout: timeout === undefined ? undefined : durationFlag(timeout, context.flagSource('timeout')),
    pollInterval:
      pollInterval === undefined ? undefined : durationFlag(pollInterval, context.flagSource('pollInterval')),
  };
}
