import type { Faults } from '../shared/faults.ts';
import type { Store } from '../shared/store.ts';
import type { Sessions } from './sessions.ts';

/** One emulated Library with its I-Server: what its routes and its work share. */
export interface Instance {
  readonly store: Store;
  readonly faults: Faults;
  readonly sessions: Sessions;
  /** `11.4.0600` */
  readonly version: string;
  readonly directory: string;
  /** The root of the shared file store; other Libraries may use the same folder. */
  readonly storage: string;
  /** Milliseconds each step of asynchronous work takes. */
  readonly pace: number;
  readonly log: (line: string) => void;
  /** The Library's address, `http://127.0.0.1:<port>/MicroStrategyLibrary`; known once it listens. */
  readonly url: () => string;
}
