// A parameter that a server ignores looks like a filter that works. So each route declares what it understands, and
// every other parameter is refused. So is a value that its parameter cannot have, and a second value that nobody reads.
import type { Call } from './server.ts';

/** What the values of a parameter are: `true` or `false`, a whole number, or a date. Texts need no entry. */
export type ValueKind = 'flag' | 'count' | 'date';

export interface QueryRule {
  /** What the route understands. Letter case does not matter. */
  readonly names: readonly string[];
  /** By names in lower case. */
  readonly kinds?: ReadonlyMap<string, ValueKind>;
  /** Parameters, in lower case, that may be repeated. Of others the second value would not count. */
  readonly lists?: ReadonlySet<string>;
  /** True for a parameter that asks for nothing, although the route does not declare it. */
  readonly harmless?: (name: string, value: string) => boolean;
  /** The product's own refusal. */
  readonly refuse: (sentence: string) => Error;
}

const isFlag = (text: string): boolean => /^(?:true|false|1|0)$/iu.test(text);

const isOfKind: Readonly<Record<ValueKind, (text: string) => boolean>> = {
  flag: isFlag,
  count: (text) => /^\d{1,10}$/u.test(text),
  date: (text) => !Number.isNaN(Date.parse(text)),
};

/**
 * Refuses a parameter that the route does not declare, a value that is not of its kind, and a second value. One with an
 * empty value asks for nothing.
 */
export function checkQuery({ search }: Call, { names, kinds, lists, harmless = () => false, refuse }: QueryRule): void {
  const known = new Set(names.map((name) => name.toLowerCase()));
  const seen = new Map<string, string>();
  for (const [name, value] of search) {
    const lower = name.toLowerCase();
    if (value === '' || (!known.has(lower) && harmless(lower, value))) continue;
    if (!known.has(lower)) {
      const takes = names.length === 0 ? '' : `; it supports ${names.join(', ')}`;
      throw refuse(`The query parameter '${name}' of this route is not supported by this emulator${takes}.`);
    }
    const kind = kinds?.get(lower);
    if (kind !== undefined && !isOfKind[kind](value)) throw refuse(`The value '${value}' is not valid for '${name}'.`);
    const earlier = seen.get(lower);
    if (earlier !== undefined && earlier !== value && lists?.has(lower) !== true)
      throw refuse(`The query parameter '${name}' is given more than once.`);
    seen.set(lower, value);
  }
}

/** A flag of the query; undefined when it is absent or empty. `checkQuery` has refused every other value. */
export function flagIn(call: Call, name: string): boolean | undefined {
  const text = call.query(name) ?? '';
  return text === '' ? undefined : /^(?:true|1)$/iu.test(text);
}

/** A whole number of the query; undefined when it is absent or empty. */
export function countIn(call: Call, name: string): number | undefined {
  const text = call.query(name) ?? '';
  return text === '' ? undefined : Number(text);
}

/** The kinds of parameters, from lists of their names. */
export function kindsOf(
  kinds: Readonly<Partial<Record<ValueKind, readonly string[]>>>,
): ReadonlyMap<string, ValueKind> {
  return new Map(
    Object.entries(kinds).flatMap(([kind, names]) =>
      names.map((name) => [name.toLowerCase(), kind as ValueKind] as const),
    ),
  );
}
