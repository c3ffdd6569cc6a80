import type { Json } from '../shared/json.ts';
import type { PathParams } from '../shared/routes.ts';
import type { Call, Reply } from '../shared/server.ts';
import type { Instance } from './instance.ts';
import type { User } from './users.ts';

/** A request that has found its route, with the space it is about and the user behind it. */
export interface Visit {
  readonly instance: Instance;
  readonly call: Call;
  /** A path parameter of the route; the route's pattern promises that it is there. */
  readonly param: (name: string) => string;
  readonly params: PathParams;
  /** Id of the space the path names, or of the default space. */
  readonly space: string;
  /** True when the path names its space. */
  readonly spaceNamed: boolean;
  readonly user: User;
  /** The parsed request body; undefined when it is empty. */
  readonly body: () => Promise<unknown>;
  /** A body that must be a document. 400 when there is none. */
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
  /** A POST, PUT or DELETE that maintenance mode does not refuse. */
  readonly harmless?: boolean;
  readonly handle: (visit: Visit) => Reply | Promise<Reply>;
}
