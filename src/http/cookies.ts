import { parseSetCookie, stringifyCookie } from 'cookie';

interface Kept {
  readonly value: string;
  /** Milliseconds since 1970; undefined for a session cookie. */
  readonly expires: number | undefined;
}

/**
 * The cookies of one origin, in memory. Domain and path do not matter, because all requests go to that one instance:
 * it gets all its cookies back.
 */
export class CookieJar {
  readonly #kept = new Map<string, Kept>();

  /** Keeps the `Set-Cookie` lines of an answer. Ignores invalid lines, as browsers do. */
  take(lines: readonly string[], now: Date): void {
    for (const line of lines) {
      const { name, value, maxAge, expires } = parseSetCookie(line, { decode: (text) => text });
      if (name === '') continue;
      const end = maxAge === undefined ? expires?.getTime() : now.getTime() + maxAge * 1000;
      if (end !== undefined && end <= now.getTime()) this.#kept.delete(name);
      else this.#kept.set(name, { value: value ?? '', expires: end });
    }
  }

  /** The `Cookie` header; undefined when there is nothing to send. */
  header(now: Date): string | undefined {
    const live = [...this.#kept].filter(([, { expires }]) => expires === undefined || expires > now.getTime());
    if (live.length === 0) return undefined;
    return stringifyCookie(Object.fromEntries(live.map(([name, { value }]) => [name, value])), {
      encode: (text) => text,
    });
  }
}
