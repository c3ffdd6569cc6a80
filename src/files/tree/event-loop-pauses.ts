import { setImmediate } from 'node:timers/promises';

/** Milliseconds. */
const longestStretch = 10;

/** Lets signals, timers and the terminal have their turn between many short system calls, and costs nothing else. */
export class Turns {
  #ends = performance.now() + longestStretch;

  /** Returns at once, but after a stretch of work once the rest of the process has had its turn. */
  take(): Promise<void> | undefined {
    return performance.now() < this.#ends ? undefined : this.#yield();
  }

  async #yield(): Promise<void> {
    await setImmediate();
    this.#ends = performance.now() + longestStretch;
  }
}
