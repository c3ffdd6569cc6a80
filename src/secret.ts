const shown = '***';

/**
 * A value that prints as `***` however it is printed. `reveal()` is called where the value leaves for its purpose
 * (an auth header, a request body, a key derivation) and nowhere else.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
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
