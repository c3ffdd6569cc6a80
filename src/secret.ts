const shown = '***';

/**
 * A value that is always printed as `***`. `reveal()` is called only where the value is used: in an auth header, a
 * request body or a key derivation.
 */
export class Secret {
  #held: { value: string; renewal?: (() => Promise<string>) | undefined; renewing?: Promise<boolean> | undefined };
  #form = (value: string): string => value;
  /** What it is and where it came from, for errors: `apiKey of instance "lab" (env:LAB_KEY)`. */
  readonly origin: string | undefined;

  constructor(value: string, origin?: string) {
    this.#held = { value };
    this.origin = origin;
  }

  reveal(): string {
    return this.#form(this.#held.value);
  }

  /** This secret in another form, such as a header. It is renewed together with this one. */
  as(form: (value: string) => string): Secret {
    const own = this.#form;
    const other = new Secret('', this.origin);
    other.#held = this.#held;
    other.#form = (value) => form(own(value));
    return other;
  }

  /** This secret can be fetched again: a token that expires. */
  renewedBy(renewal: () => Promise<string>): this {
    this.#held.renewal = renewal;
    return this;
  }

  /** Fetches it again. False when it cannot be fetched again, or is still the same. */
  renew(): Promise<boolean> {
    const held = this.#held;
    const { renewal } = held;
    if (renewal === undefined) return Promise.resolve(false);
    return (held.renewing ??= renewal()
      .then((value) => {
        const isNew = value !== held.value;
        held.value = value;
        return isNew;
      })
      .finally(() => {
        held.renewing = undefined;
      }));
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
