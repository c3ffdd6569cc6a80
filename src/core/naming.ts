import { type ErrorCode, isMigratorError, MigratorError } from '../errors.ts';
import type { Adapter } from '../ports/adapter.ts';

type Facet = Readonly<Record<string | symbol, unknown>>;

/** Errors that are about a server. An ambiguous name (USAGE, a list in `details.ambiguous`) is too. */
const aboutServers: readonly ErrorCode[] = [
  'NOT_FOUND',
  'UNSUPPORTED',
  'AUTH_REFUSED',
  'REMOTE_UNREACHABLE',
  'REMOTE_UNEXPECTED',
  'CONFLICT',
];

const facets: ReadonlySet<string | symbol> = new Set([
  'inventory',
  'jobs',
  'exports',
  'imports',
  'moves',
  'feed',
  'snapshots',
  'ways',
]);

const plain = new WeakMap<object, Adapter>();

/** The adapter as its module made it. Other adapters get this one: they may know it by its identity. */
export function unnamed(adapter: Adapter): Adapter {
  return plain.get(adapter) ?? adapter;
}

/**
 * Wraps an adapter, so that its errors name the instance (also `details.instance`): a run may ask two servers, and an
 * adapter speaks of "the server". The errors of a move name both ends, because its calls ask both. A job may ask the other
 * end too, so of its errors only NOT_FOUND, which is about the job itself, gets the name.
 */
export function naming(name: string, adapter: Adapter): Adapter {
  // The proxy is of an empty object, because one of a frozen adapter could not answer anything else.
  const named = new Proxy(Object.create(adapter) as Adapter, {
    get: (_, key) => {
      const value: unknown = Reflect.get(adapter, key, adapter);
      if (typeof value === 'function') return calling(adapter, value, name, aboutServers);
      return facets.has(key) && typeof value === 'object' && value !== null ? facet(value as Facet, key, name) : value;
    },
  });
  plain.set(named, unnamed(adapter));
  return named;
}

function facet(plainFacet: Facet, kind: string | symbol, name: string): Facet {
  const codes = kind === 'jobs' ? (['NOT_FOUND'] as const) : aboutServers;
  return new Proxy(Object.create(plainFacet) as Facet, {
    get: (_, key) => {
      const value: unknown = Reflect.get(plainFacet, key, plainFacet);
      return typeof value === 'function' ? calling(plainFacet, value, name, codes) : value;
    },
  });
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- a method of any signature
function calling(owner: object, method: Function, name: string, codes: readonly ErrorCode[]) {
  return (...given: readonly unknown[]): unknown => {
    const peers = given.map(peerIn).filter((peer) => peer !== undefined);
    const tell = (error: unknown): unknown => told(error, [name, ...peers.map((peer) => peer.name)], codes);
    try {
      const result: unknown = Reflect.apply(
        method,
        owner,
        given.map((one) => peerIn(one) ?? one),
      );
      if (result instanceof Promise) {
        return result.catch((error: unknown) => {
          throw tell(error);
        });
      }
      if (isAdapter(result)) return naming(name, result);
      return isList(result) ? listing(result, tell) : result;
    } catch (error) {
      throw tell(error);
    }
  };
}

async function* listing(items: AsyncIterable<unknown>, tell: (error: unknown) => unknown): AsyncIterable<unknown> {
  try {
    yield* items;
  } catch (error) {
    throw tell(error);
  }
}

function told(error: unknown, names: readonly string[], codes: readonly ErrorCode[]): unknown {
  if (!isMigratorError(error) || error.details['instance'] !== undefined) return error;
  if (!codes.includes(error.code) && !Array.isArray(error.details['ambiguous'])) return error;
  const [name = '', peer] = names;
  const where = peer === undefined || peer === name ? name : `${name} to ${peer}`;
  return new MigratorError(error.code, namesOne(error.message, names) ? error.message : `${where}: ${error.message}`, {
    hint: error.hint?.replaceAll('--from <instance>', `--from ${name}`),
    details: { ...error.details, ...(peer === undefined ? { instance: name } : {}) },
    cause: error,
  });
}

/** Whether the message tells the instance already, as a word of its own. */
function namesOne(message: string, names: readonly string[]): boolean {
  return names.some((name) => message.split(/[^\w.-]+/u).includes(name));
}

function peerIn(value: unknown): { readonly name: string; readonly adapter: Adapter } | undefined {
  if (typeof value !== 'object' || value === null || !('adapter' in value) || !('name' in value)) return undefined;
  return isAdapter(value.adapter) && typeof value.name === 'string'
    ? { name: value.name, adapter: unnamed(value.adapter) }
    : undefined;
}

function isAdapter(value: unknown): value is Adapter {
  return typeof value === 'object' && value !== null && 'probe' in value && 'versionObstacle' in value;
}

function isList(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
