import type { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { optionalPackages } from '../optional-packages.ts';

interface QueuePackages {
  readonly bullmq: { readonly Queue: typeof Queue; readonly Worker: typeof Worker };
  readonly ioredis: { readonly Redis: typeof Redis };
}

/** The libraries of the queue, which an installation may lack. CONFIG_INVALID names those that are missing. */
export const queuePackages = (): Promise<QueuePackages> =>
  optionalPackages('the queue', { bullmq: () => import('bullmq'), ioredis: () => import('ioredis') });

/** The client alone. It loads in a tenth of the time, and who only looks needs no more. */
export async function redisClient(): Promise<QueuePackages['ioredis']> {
  try {
    return await import('ioredis');
  } catch {
    // So that the message names both.
    return (await queuePackages()).ioredis;
  }
}
