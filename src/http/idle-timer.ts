/** A limit on how long one thing may take. What is waited for changes with the phase of an exchange; it runs out at most once. */
export class IdleTimer {
  readonly #onIdle: (what: string, milliseconds: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onIdle: (what: string, milliseconds: number) => void) {
    this.#onIdle = onIdle;
  }

  /** Waits for `what` from now on, and for nothing else any more. */
  start(what: string, milliseconds: number): void {
    this.stop();
    this.#timer = setTimeout(() => this.#onIdle(what, milliseconds), milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
