import type { Json } from '../shared/json.ts';
import type { Call, Reply } from '../shared/server.ts';
import type { Instance } from './instance.ts';
import type { Session } from './sessions.ts';
import type { User } from './users.ts';

/** A request that has found its route, with the session and the user behind it. */
export interface Visit {
  readonly instance: Instance;
  readonly call: Call;
  /** A path parameter of the route, decoded. */
  readonly param: (name: string) => string;
  /** Fails with 401 on routes that are open and have none. */
  readonly session: Session;
  readonly user: User;
  /** The project header of routes that heed it: of a project that exists and is loaded. */
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
  /** Whether X-MSTR-ProjectID counts: clients send it with most calls, and most calls ignore it. */
  readonly project?: 'required' | 'heeded';
  readonly handle: (visit: Visit) => Reply | Promise<Reply>;
}
