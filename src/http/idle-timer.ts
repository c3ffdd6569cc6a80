/** One idle timer whose meaning changes with the phase of an exchange. Bites at most once. */
export class Watchdog {
  readonly #bite: (what: string, milliseconds: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bite: (what: string, milliseconds: number) => void) {
    this.#bite = bite;
  }

  /** Starts to wait for `what`; a wait that was under way is over. */
  await(what: string, milliseconds: number): void {
    this.rest();
    this.#timer = setTimeout(() => this.#bite(what, milliseconds), milliseconds);
  }

  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
