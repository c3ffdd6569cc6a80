import type { Redis } from 'ioredis';
import type { Ledgers } from '../ports/journal.ts';
import type { Clock } from '../ports/runtime.ts';
import type { QueueTiming } from './journal.ts';

export type QueueLedgers = Ledgers & {
  /** Lets go of all that this process holds. */
  close(): Promise<void>;
};

export function queueLedgers(
  _redis: Redis,
  _self: { readonly pid: number; readonly host: string },
  _options?: { readonly timing?: QueueTiming; readonly clock?: Pick<Clock, 'sleep'> },
): QueueLedgers {
  throw new Error('not written yet');
}
