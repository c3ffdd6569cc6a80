import type { Redis } from 'ioredis';
import type { Journal } from '../ports/journal.ts';
import type { Clock } from '../ports/runtime.ts';

export interface QueueTiming {
  /** Milliseconds. */
  readonly lease: number;
}

export type QueueJournal = Journal & {
  /** Releases all leases. The runs stay unfinished. */
  close(): Promise<void>;
};

export function queueJournal(
  _redis: Redis,
  _self: { readonly pid: number; readonly host: string },
  _options?: {
    readonly timing?: QueueTiming;
    readonly clock?: Pick<Clock, 'sleep'>;
    readonly now?: () => Date;
    readonly keep?: number;
  },
): QueueJournal {
  throw new Error('not written yet');
}
