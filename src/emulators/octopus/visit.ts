import type { Json } from '../shared/json.ts';
import type { PathParams } from '../shared/routes.ts';
import type { Call, Reply } from '../shared/server.ts';
import type { Instance } from './instance.ts';
import type { User } from './users.ts';

/** A request whose route is known, with its space and its user. */
export interface Visit {
  readonly instance: Instance;
  readonly call: Call;
  /** A path parameter that the route's pattern has. */
  readonly param: (name: string) => string;
  readonly params: PathParams;
  /** The id of the space in the path, or of the default space. */
  readonly space: string;
  /** True when the path names its space. */
  readonly spaceNamed: boolean;
  readonly user: User;
  /** The parsed request body; undefined when it is empty. */
  readonly body: () => Promise<unknown>;
  /** The body, which must be a document. 400 otherwise. */
  readonly document: () => Promise<Json>;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api`, beginning with a slash. */
  readonly path: string;
  /** Served in all three spellings: `/api/x`, `/api/Spaces-1/x` and `/api/spaces/<id or name>/x`. */
  readonly scoped?: boolean;
  /** Needs no key. */
  readonly open?: boolean;
  readonly permission?: string;
  /** The query parameters that it understands. All others are refused. */
  readonly query?: readonly string[];
  /** A POST, PUT or DELETE that maintenance mode does not refuse. */
  readonly harmless?: boolean;
  readonly handle: (visit: Visit) => Reply | Promise<Reply>;
}

/** An entry of a table of routes. `more` says who may call it, and how. */
export const route = (
  method: Route['method'],
  path: string,
  more: Omit<Route, 'method' | 'path' | 'handle'>,
  handle: Route['handle'],
): Route => ({ method, path, ...more, handle });
