const shown = '***';

/**
 * A value that is always printed as `***`. `reveal()` is called only where the value is used: in an auth header, a
 * request body or a key derivation.
 */
export class Secret {
  readonly #value: string;
  /** What it is and where it came from, for errors: `apiKey of instance "lab" (env:LAB_KEY)`. */
  readonly origin: string | undefined;

  constructor(value: string, origin?: string) {
    this.#value = value;
    this.origin = origin;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return shown;
  }
}
