import type { EmulatedServer } from '../shared/start-emulated.ts';
import type { Sessions } from './sessions.ts';

export const contextPath = '/MicroStrategyLibrary';

/** One emulated Library with its I-Server: what its routes and its work share. */
export interface Instance extends EmulatedServer {
  readonly sessions: Sessions;
  /** `11.4.0600` */
  readonly version: string;
  /** The root of the shared file store; other Libraries may use the same folder. */
  readonly storage: string;
}
