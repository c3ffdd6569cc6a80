import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { MigratorError } from '../errors.ts';
import type { Reporter } from '../ports/reporter.ts';
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

/** A wait that is longer says what it waits for, in milliseconds. */
const longestSilence = 2000;

/** The clock of a run: its long waits are told. */
export function tellingClock(reporter: Reporter): Clock {
  return {
    now: () => systemClock.now(),
    sleep: async (milliseconds, signal, what) => {
      if (what === undefined || milliseconds < longestSilence) return systemClock.sleep(milliseconds, signal);
      reporter.report({ type: 'wait', what, milliseconds });
      await systemClock.sleep(milliseconds, signal);
      reporter.report({ type: 'wait', what, over: true });
    },
  };
}

/** Waits for work of which nobody knows how long it takes, and tells it when that is long. */
export async function tellingWait<T>(what: string, work: Promise<T>, reporter: Reporter): Promise<T> {
  const told = { wait: false };
  const timer = setTimeout(() => {
    told.wait = true;
    reporter.report({ type: 'wait', what });
  }, longestSilence);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    if (told.wait) reporter.report({ type: 'wait', what, over: true });
  }
}
