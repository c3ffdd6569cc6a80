import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Json } from '../ports/journal.ts';
import { queueFault, whereOf } from './faults.ts';

/**
 * Runs a script in Redis, as one step that nothing comes between. When the connection is lost before the answer, the
 * script is sent again. So each of ours has the same effect when it runs twice.
 */
export async function runScript(
  redis: Redis,
  lua: string,
  keys: readonly string[],
  values: readonly (string | number)[],
): Promise<unknown> {
  return asked(redis, async () => {
    const sha = createHash('sha1').update(lua).digest('hex');
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...values);
    } catch (error) {
      // A server that was started again has forgotten its scripts.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(lua, keys.length, ...keys, ...values);
    }
  });
}

/** The answer of Redis, or its refusal as an error of ours. */
export async function asked<T>(redis: Redis, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw queueFault(error, whereOf(redis.options));
  }
}

/** Undefined when there is no text, or a damaged one. */
export function jsonOf(text: string | null): Json | undefined {
  try {
    return text === null ? undefined : (JSON.parse(text) as Json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
