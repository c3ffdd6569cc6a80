import { Refusal } from '../shared/answering.ts';
import type { Json } from '../shared/json.ts';
import type { Call, Reply } from '../shared/server.ts';
import type { Caller } from './authentication.ts';
import type { Plane } from './plane.ts';
import type { Right } from './rights.ts';
import type { Place } from './tree.ts';

/** A request whose route and caller are known. */
export interface Visit {
  readonly plane: Plane;
  readonly call: Call;
  readonly caller: Caller;
  readonly param: (name: string) => string;
  /** The names after the fixed part of the route, decoded. */
  readonly segments: readonly string[];
  /** The body, which must be a JSON object. 400 otherwise. */
  readonly document: () => Promise<Json>;
  /**
   * The place that a path names. 404 when there is none, 403 when the caller neither has the right there nor
   * administers the environment.
   */
  readonly reach: (segments: readonly string[], right: Right | 'admin') => Place;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** The whole path; `/*` at its end stands for any number of names. */
  readonly path: string;
  /** The query parameters that it understands. All others are refused. */
  readonly query?: readonly string[];
  readonly handle: (visit: Visit) => Reply | Promise<Reply>;
}

/** `duplicate_check` of a call that makes one asset: false makes a numbered copy. Scripts write it with a capital. */
export function readCopies({ query }: Call): boolean {
  const text = (query('duplicate_check') ?? '').toLowerCase();
  if (!['', 'true', 'false'].includes(text)) throw new Refusal(400, `duplicate_check has no value ${text}`);
  return text === 'false';
}

/** A list in the query: one parameter with commas, or a repeated parameter. */
export const listOf = (visit: Visit, name: string): readonly string[] =>
  visit.call.search
    .getAll(name)
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
