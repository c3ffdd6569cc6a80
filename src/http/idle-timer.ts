/** The one timer of an exchange. What it waits for changes with the phase; only the last wait can run out. */
export class IdleTimer {
  readonly #onIdle: (what: string, milliseconds: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onIdle: (what: string, milliseconds: number) => void) {
    this.#onIdle = onIdle;
  }

  /** Waits for `what` from now on; an earlier wait ends. */
  start(what: string, milliseconds: number): void {
    this.stop();
    this.#timer = setTimeout(() => this.#onIdle(what, milliseconds), milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
