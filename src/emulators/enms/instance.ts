import type { EmulatedServer } from '../shared/start-emulated.ts';
import type { CustomProperties } from './model/custom-properties.ts';
import type { Objects } from './objects.ts';
import type { Cipher } from './private-values.ts';

/** One emulated eNMS server: what its routes and its engine share. Its directory holds `files/` and `setup/`. */
export interface Instance extends EmulatedServer {
  readonly objects: Objects;
  readonly cipher: Cipher;
  readonly custom: CustomProperties;
  /** `4.6`: what the server says of itself, whatever its release is called. */
  readonly version: string;
}

/** `2026-11-20 23:53:36.950477`: Python's text of a moment, in microseconds. */
export const pythonTime = (date: Date = new Date()): string =>
  `${date.toISOString().slice(0, 23).replace('T', ' ')}${String(Math.floor((performance.now() * 1000) % 1000)).padStart(3, '0')}`;
