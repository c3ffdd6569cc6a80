import { MigratorError } from '../../errors.ts';

/** A fault of one route. Without `times` it stays until it is removed. */
export interface RouteFault {
  readonly type: 'route';
  /** Any method when undefined. */
  readonly method?: string | undefined;
  /** `*` stands for any text. Letter case does not count. */
  readonly path: string;
  readonly status?: number | undefined;
  /** Seconds, sent as Retry-After. */
  readonly retryAfter?: number | undefined;
  /** Milliseconds to wait before the request is processed. */
  readonly latency?: number | undefined;
  /** Breaks the connection: `before` the request is processed, or `after` it, so that only the answer is lost. */
  readonly reset?: 'before' | 'after' | undefined;
  /** Ends the connection after this many bytes of the body, although the header promises the whole body. */
  readonly cut?: number | undefined;
  /** Sends the HTML page of a proxy instead of the answer. */
  readonly html?: boolean | undefined;
  /** Replaces the Content-Type of the answer. */
  readonly contentType?: string | undefined;
  /** Sends the body slowly: so many bytes each `every` milliseconds (default 50). */
  readonly drip?: number | undefined;
  readonly every?: number | undefined;
  readonly times?: number | undefined;
  /** How many requests pass before the first one is hit. */
  readonly skip?: number | undefined;
}

/** A failure that the product is known for, by name; see docs/emulators.md. */
interface NamedFault {
  readonly type: 'named';
  readonly name: string;
  readonly times?: number | undefined;
  readonly values: Readonly<Record<string, number>>;
}

export type FaultSpec = RouteFault | NamedFault;

interface SeenRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly path: string;
  /** The program that asked, as it names itself. */
  readonly agent: string;
}

/** Switches faults on and off while the emulator runs, and lists the requests that it has received. */
export interface FaultControl {
  /** Returns a function that removes the fault. */
  add(fault: FaultSpec): () => void;
  clear(): void;
  active(): readonly FaultSpec[];
  requests(): readonly SeenRequest[];
  forgetRequests(): void;
}

/** The same, with what only the emulator's own code uses. */
export interface Faults extends FaultControl {
  seen(request: SeenRequest): void;
  /** The first fault that hits this request. It counts as one hit. */
  hit(method: string, paths: readonly string[]): RouteFault | undefined;
  /** A named fault that is on. It does not count as a hit. */
  named(name: string): NamedFault | undefined;
  /** A named fault that is on. It counts as one hit. */
  take(name: string): NamedFault | undefined;
  /** The listener is called whenever a fault is added or removed. */
  watch(listener: () => void): void;
}

interface Armed {
  readonly fault: FaultSpec;
  left: number;
  skip: number;
  readonly pattern: RegExp | undefined;
}

const pattern = (path: string) =>
  new RegExp(
    `^${path
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.*')}$`,
    'i',
  );

export function createFaults(initial: readonly FaultSpec[] = []): Faults {
  let armed: readonly Armed[] = [];
  const requests: SeenRequest[] = [];
  const listeners: (() => void)[] = [];
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const drop = (one: Armed) => {
    armed = armed.filter((other) => other !== one);
    changed();
  };
  const count = (one: Armed) => {
    one.left -= 1;
    if (one.left <= 0) drop(one);
  };
  const find = (name: string) => armed.find(({ fault }) => fault.type === 'named' && fault.name === name);
  const faults: Faults = {
    add(fault) {
      const one: Armed = {
        fault,
        left: fault.times ?? Number.POSITIVE_INFINITY,
        skip: fault.type === 'route' ? (fault.skip ?? 0) : 0,
        pattern: fault.type === 'route' ? pattern(fault.path) : undefined,
      };
      armed = [...armed, one];
      changed();
      return () => drop(one);
    },
    clear() {
      armed = [];
      changed();
    },
    active: () => armed.map(({ fault }) => fault),
    requests: () => requests,
    forgetRequests() {
      requests.length = 0;
    },
    seen(request) {
      requests.push(request);
      // A server that runs for days must not remember every poll.
      if (requests.length > 10_000) requests.splice(0, 5000);
    },
    hit(method, paths) {
      for (const one of armed) {
        const { fault } = one;
        if (fault.type !== 'route' || (fault.method !== undefined && fault.method !== method)) continue;
        if (!paths.some((path) => one.pattern?.test(path) === true)) continue;
        if (one.skip > 0) {
          one.skip -= 1;
          continue;
        }
        count(one);
        return fault;
      }
      return undefined;
    },
    named: (name) => find(name)?.fault as NamedFault | undefined,
    take(name) {
      const one = find(name);
      if (one === undefined) return undefined;
      count(one);
      return one.fault as NamedFault;
    },
    watch(listener) {
      listeners.push(listener);
    },
  };
  for (const fault of initial) faults.add(fault);
  return faults;
}

const routeNumbers = {
  status: 'status',
  'retry-after': 'retryAfter',
  latency: 'latency',
  cut: 'cut',
  drip: 'drip',
  every: 'every',
  times: 'times',
  skip: 'skip',
} as const;

const example = 'POST /api/migrations/import status=503 retry-after=1 times=2';

function refuse(text: string, what: string, known: readonly string[]): never {
  throw new MigratorError('USAGE', `the fault "${text}" is wrong: ${what}`, {
    hint: `write a route fault like "${example}", or one of: ${known.join(', ')}`,
    details: { fault: text, known },
  });
}

function readPairs(text: string, words: readonly string[], known: readonly string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const word of words) {
    const [, key = '', value] =
      /^([a-z-]+)(?:=(.+))?$/.exec(word) ?? refuse(text, `"${word}" is not of the form key=value`, known);
    if (pairs.has(key)) refuse(text, `"${key}" is given twice`, known);
    pairs.set(key, value ?? '');
  }
  return pairs;
}

function readNumber(text: string, key: string, value: string, known: readonly string[]): number {
  if (!/^\d+$/.test(value)) refuse(text, `"${key}" needs a whole number`, known);
  const number = Number(value);
  if (key === 'status' && (number < 200 || number > 599)) refuse(text, '"status" is from 200 to 599', known);
  return number;
}

function parseRoute(
  text: string,
  method: string | undefined,
  path: string,
  words: readonly string[],
  known: readonly string[],
) {
  const fault: Record<string, unknown> = { type: 'route', method, path };
  for (const [key, value] of readPairs(text, words, known)) {
    if (key in routeNumbers) {
      fault[routeNumbers[key as keyof typeof routeNumbers]] = readNumber(text, key, value, known);
    } else if (key === 'reset') {
      if (!['', 'before', 'after'].includes(value)) refuse(text, '"reset" is before or after', known);
      fault['reset'] = value === '' ? 'before' : value;
    } else if (key === 'html') {
      if (value !== '') refuse(text, '"html" takes no value', known);
      fault['html'] = true;
    } else if (key === 'content-type' && value !== '') {
      fault['contentType'] = value;
    } else {
      refuse(text, `"${key}" is not an effect of a route fault`, known);
    }
  }
  const effects = ['status', 'latency', 'reset', 'cut', 'html', 'contentType', 'drip'];
  if (!effects.some((effect) => effect in fault)) refuse(text, 'it has no effect', known);
  return fault as unknown as RouteFault;
}

/**
 * Reads `[METHOD] /path key=value …` or `name key=number …`. USAGE says what is wrong and lists the named faults.
 * Effects of a route fault: status, retry-after (s), latency (ms), reset[=before|after], cut (bytes), html,
 * content-type, drip (bytes) with every (ms). `times` and `skip` count requests.
 */
export function parseFaultText(text: string, known: readonly string[]): FaultSpec {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  if (first.startsWith('/')) return parseRoute(text, undefined, first, rest, known);
  if (/^[A-Z]+$/.test(first) || first === '*') {
    const [path = '', ...words] = rest;
    if (!path.startsWith('/')) refuse(text, 'a path that begins with "/" comes after the method', known);
    return parseRoute(text, first === '*' ? undefined : first, path, words, known);
  }
  if (!known.includes(first)) refuse(text, `there is no fault named "${first}"`, known);
  const values: Record<string, number> = {};
  for (const [key, value] of readPairs(text, rest, known)) values[key] = readNumber(text, key, value, known);
  const { times, ...others } = values;
  return { type: 'named', name: first, times, values: others };
}
