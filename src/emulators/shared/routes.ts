export type PathParams = Readonly<Record<string, string | undefined>>;

export interface Routes<Target> {
  /** `:name` is one path segment, `:name(regex)` one that matches as a whole, and `*` at the end is the rest. */
  on(method: string, path: string, target: Target): void;
  /** The target, or the methods that the path allows; an empty list when there is no such path. */
  find(
    method: string,
    path: string,
  ): { readonly target: Target; readonly params: PathParams } | { readonly allowed: readonly string[] };
}

/** Where a route ends. */
interface End<Target> {
  readonly target: Target;
  /** The names of its parameters, and which segment each one is. */
  readonly places: readonly (readonly [name: string, place: number])[];
}

/** What may follow a part of a path. */
interface Branch<Target> {
  readonly fixed: Map<string, Branch<Target>>;
  /** By the regular expression of the segment. */
  readonly matching: Map<string, { readonly pattern: RegExp; readonly next: Branch<Target> }>;
  any: Branch<Target> | undefined;
  /** By method: the routes that end here, and those that take the rest of the path. */
  readonly ends: Map<string, End<Target>>;
  readonly rests: Map<string, End<Target>>;
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

const branch = <Target>(): Branch<Target> => ({
  fixed: new Map(),
  matching: new Map(),
  any: undefined,
  ends: new Map(),
  rests: new Map(),
});

function kept<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** Slashes at the end and slashes in a row say nothing. */
const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

/** `undefined`: not percent-encoded correctly. */
function decoded(path: string): readonly string[] | undefined {
  try {
    return segmentsOf(path).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** Paths compare without regard to case, unless `caseSensitive`; parameters keep their case. HEAD counts as GET. */
export function createRoutes<Target>({ caseSensitive = false } = {}): Routes<Target> {
  const fold = (text: string) => (caseSensitive ? text : text.toLowerCase());
  const root = branch<Target>();

  /** A fixed segment goes before a regular expression, that before any segment, and that before the rest. */
  function search(
    from: Branch<Target>,
    method: string,
    segments: readonly string[],
    place = 0,
  ): End<Target> | undefined {
    const segment = segments[place];
    if (segment === undefined) return from.ends.get(method);
    const fitting = [...from.matching.values()].filter(({ pattern }) => pattern.test(segment));
    for (const next of [from.fixed.get(fold(segment)), ...fitting.map((one) => one.next), from.any]) {
      const found = next && search(next, method, segments, place + 1);
      if (found !== undefined) return found;
    }
    return from.rests.get(method);
  }

  return {
    on(method, path, target) {
      const segments = segmentsOf(path);
      const places: [string, number][] = [];
      let at = root;
      let ends = root.ends;
      for (const [place, segment] of segments.entries()) {
        const [, name, pattern] = /^:(\w+)(?:\((.+)\))?$/u.exec(segment) ?? [];
        if (name !== undefined || segment === '*') places.push([name ?? segment, place]);
        if (segment === '*') {
          ends = at.rests;
          break;
        }
        if (name === undefined) at = kept(at.fixed, fold(segment), branch<Target>);
        else if (pattern === undefined) at = at.any ??= branch();
        else {
          const make = () => ({ pattern: new RegExp(`^(?:${pattern})$`, 'u'), next: branch<Target>() });
          at = kept(at.matching, pattern, make).next;
        }
        ends = at.ends;
      }
      if (ends.has(method)) throw new RangeError(`${method} ${path} has a route already`);
      ends.set(method, { target, places });
    },
    find(method, path) {
      const segments = decoded(path);
      if (segments === undefined) return { allowed: [] };
      const found = search(root, method === 'HEAD' ? 'GET' : method, segments);
      if (found === undefined)
        return { allowed: methods.filter((other) => search(root, other, segments) !== undefined) };
      const value = (name: string, place: number) => (name === '*' ? segments.slice(place).join('/') : segments[place]);
      return {
        target: found.target,
        params: Object.fromEntries(found.places.map(([name, place]) => [name, value(name, place)])),
      };
    },
  };
}
