import type { Json } from '../shared/json.ts';
import type { Call, Reply } from '../shared/server.ts';
import type { Instance } from './instance.ts';
import type { Session } from './sessions.ts';
import type { User } from './users.ts';

/** A request whose route, session and user are known. */
export interface Visit {
  readonly instance: Instance;
  readonly call: Call;
  /** A path parameter of the route, decoded. */
  readonly param: (name: string) => string;
  /** Reading it fails with 401 when the route is open and the request has no session. */
  readonly session: Session;
  readonly user: User;
  /** The id in the project header, on routes that use it. The project exists and is loaded. */
  readonly project: string | undefined;
  /** The request body; an empty document when there is none. */
  readonly document: () => Promise<Json>;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** Below `/api`, beginning with a slash. */
  readonly path: string;
  /** Needs no session. */
  readonly open?: boolean;
  /** Whether the route uses X-MSTR-ProjectID. Clients send it with most calls, and most calls ignore it. */
  readonly project?: 'required' | 'heeded';
  /** The query parameters that it understands, besides `fields`. Every other one is refused. */
  readonly query?: readonly string[];
  readonly handle: (visit: Visit) => Reply | Promise<Reply>;
}

/** What every list of pages understands, and its own parameters. */
export const paged = (...names: readonly string[]): readonly string[] => ['offset', 'limit', ...names];

/** An entry of a table of routes. `more` says who may call it, and how. */
export const route = (
  method: Route['method'],
  path: string,
  more: Omit<Route, 'method' | 'path' | 'handle'>,
  handle: Route['handle'],
): Route => ({ method, path, ...more, handle });
