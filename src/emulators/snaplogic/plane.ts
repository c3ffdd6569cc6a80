import type { EmulatedServer } from '../shared/start-emulated.ts';
import type { Contents } from './contents.ts';

/** One emulated control plane: what its routes and its engine share. Its pace is the time of one asset in a migration. */
export interface Plane extends EmulatedServer {
  readonly contents: Contents;
}
