import type { Json } from '../shared/json.ts';
import type { Call, Reply } from '../shared/server.ts';
import type { Caller } from './authentication.ts';
import type { Plane } from './plane.ts';
import type { Right } from './rights.ts';
import type { Place } from './tree.ts';

/** A request that has found its route, with the caller behind it. */
export interface Visit {
  readonly plane: Plane;
  readonly call: Call;
  readonly caller: Caller;
  readonly param: (name: string) => string;
  /** The names after the route's fixed part, decoded. */
  readonly segments: readonly string[];
  /** The body, which must be a JSON object. 400 otherwise. */
  readonly document: () => Promise<Json>;
  /**
   * The place a path names, when the caller may have that right there or administers its environment. 404 when there is
   * none, 403 without the right.
   */
  readonly reach: (segments: readonly string[], right: Right | 'admin') => Place;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** From the root; `/*` at the end stands for a path of names. */
  readonly path: string;
  readonly handle: (visit: Visit) => Reply | Promise<Reply>;
}

/** Lists come as one value with commas or as a parameter that is repeated. */
export const listOf = (visit: Visit, name: string): readonly string[] =>
  visit.call.search
    .getAll(name)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
