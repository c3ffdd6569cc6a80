// A parameter that a server ignores looks like a filter that works. So each route declares what it understands, and
// every other parameter is refused.
import type { Call } from './server.ts';

export interface QueryRule {
  /** What the route understands. Letter case does not matter. */
  readonly names: readonly string[];
  /** True for a parameter that asks for nothing, although the route does not declare it. */
  readonly harmless?: (name: string, value: string) => boolean;
  /** The product's own refusal. */
  readonly refuse: (sentence: string) => Error;
}

/** Refuses a parameter that the route does not declare. One with an empty value asks for nothing. */
export function refuseUnknownQuery({ search }: Call, { names, harmless = () => false, refuse }: QueryRule): void {
  const known = new Set(names.map((name) => name.toLowerCase()));
  for (const [name, value] of search) {
    const lower = name.toLowerCase();
    if (known.has(lower) || value === '' || harmless(lower, value)) continue;
    const takes = names.length === 0 ? '' : `; it supports ${names.join(', ')}`;
    throw refuse(`The query parameter '${name}' of this route is not supported by this emulator${takes}.`);
  }
}
