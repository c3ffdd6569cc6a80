import type { EmulatedServer } from '../shared/start-emulated.ts';
import type { Contents } from './contents.ts';

/** One emulated control plane: what its routes and its engine share. A migration takes `pace` for each asset. */
export interface Plane extends EmulatedServer {
  readonly contents: Contents;
}
