import type { Faults } from '../shared/faults.ts';
import type { Store } from '../shared/store.ts';
import type { CustomProperties } from './model/custom-properties.ts';
import type { Objects } from './objects.ts';
import type { Cipher } from './private-values.ts';

/** One emulated eNMS server: what its routes and its engine share. */
export interface Instance {
  readonly store: Store;
  readonly objects: Objects;
  readonly faults: Faults;
  readonly cipher: Cipher;
  readonly custom: CustomProperties;
  /** `4.6`: what the server says of itself, whatever its release is called. */
  readonly version: string;
  /** Holds `files/` and `setup/`. */
  readonly directory: string;
  /** Milliseconds that things take which take a while on a real server. */
  readonly pace: number;
  readonly log: (line: string) => void;
  /** Waits; ends with an error when the server does. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Work that outlives its request; the server's end waits for it. */
  readonly background: (work: Promise<unknown>) => void;
}

/** `2026-11-20 23:53:36.950477`: Python's text of a moment, in microseconds. */
export const pythonTime = (date: Date = new Date()): string =>
  `${date.toISOString().slice(0, 23).replace('T', ' ')}${String(Math.floor((performance.now() * 1000) % 1000)).padStart(3, '0')}`;
