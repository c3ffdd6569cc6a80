import { setImmediate } from 'node:timers/promises';

/** Milliseconds. */
const longestStretch = 10;

/** Lets signals, timers and the terminal run between many synchronous calls. */
export class EventLoopPauses {
  #ends = performance.now() + longestStretch;

  /** Undefined while no pause is due; otherwise settles once the rest of the process has run. */
  whenDue(): Promise<void> | undefined {
    return performance.now() < this.#ends ? undefined : this.#pause();
  }

  async #pause(): Promise<void> {
    await setImmediate();
    this.#ends = performance.now() + longestStretch;
  }
}
