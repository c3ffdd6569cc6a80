import type { Faults } from '../shared/faults.ts';
import type { Store } from '../shared/store.ts';
import type { Contents } from './contents.ts';

/** One emulated control plane: what its routes and its engine share. */
export interface Plane {
  readonly store: Store;
  readonly faults: Faults;
  readonly contents: Contents;
  readonly directory: string;
  /** Milliseconds a migration takes per asset. */
  readonly pace: number;
  /** Where it is reached, known once it listens. */
  readonly origin: () => string;
  readonly log: (line: string) => void;
}
