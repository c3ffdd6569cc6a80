/** The one timer of an exchange. What it waits for changes with the phase; only the last wait can run out. */
export class IdleTimer {
  readonly #onIdle: (what: string, milliseconds: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onIdle: (what: string, milliseconds: number) => void) {
    this.#onIdle = onIdle;
  }

  /** Waits for `what` from now on; an earlier wait ends. `of` is the whole time, when a part of it is spent already. */
  start(what: string, milliseconds: number, of = milliseconds): number {
    this.stop();
    this.#timer = setTimeout(() => this.#onIdle(what, of), Math.max(0, milliseconds));
    return performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
