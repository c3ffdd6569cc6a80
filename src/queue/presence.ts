import { randomUUID } from 'node:crypto';
import type { QueueConnection } from './connect.ts';

/** A worker that has shown a sign of life in the last minute. */
export interface WorkerFacts {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly since: string;
  /** The instances that it reaches. */
  readonly serves: readonly string[];
  readonly concurrency: number;
  /** The items that it is at work on. */
  readonly items: readonly string[];
}

const prefix = 'migrator:worker:';
const lifetime = 60;
const rhythm = 15_000;

/** Tells others of this worker until `stop`. */
export function announceWorker(
  { redis }: Pick<QueueConnection, 'redis'>,
  facts: () => WorkerFacts,
): { tell(): Promise<void>; stop(): Promise<void> } {
  const key = `${prefix}${randomUUID()}`;
  const tell = async () => {
    await redis.set(key, JSON.stringify(facts()), 'EX', lifetime);
  };
  const timer = setInterval(() => void tell().catch(() => undefined), rhythm);
  timer.unref();
  return {
    tell,
    stop: async () => {
      clearInterval(timer);
      await redis.del(key);
    },
  };
}

/** In the order in which they began. */
export async function workersOf({ redis }: Pick<QueueConnection, 'redis'>): Promise<readonly WorkerFacts[]> {
  const keys: string[] = [];
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000);
    keys.push(...found);
    cursor = next;
  } while (cursor !== '0');
  const texts = keys.length === 0 ? [] : await redis.mget(...new Set(keys));
  const facts = texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as WorkerFacts]));
  return facts.sort((one, other) => one.since.localeCompare(other.since));
}
