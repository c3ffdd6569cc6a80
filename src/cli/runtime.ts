import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { MigratorError } from '../errors.ts';
import type { Clock, Random } from '../ports/runtime.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, { signal });
    } catch (cause) {
      throw new MigratorError('CANCELLED', 'interrupted', { cause });
    }
  },
};

export const systemRandom: Random = { bytes: (length) => randomBytes(length) };
