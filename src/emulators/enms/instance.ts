import type { EmulatedServer } from '../shared/start-emulated.ts';
import type { CustomProperties } from './model/custom-properties.ts';
import type { Objects } from './objects.ts';
import type { Cipher } from './private-values.ts';

/** One emulated eNMS server: what its routes and its engine share. Its directory holds `files/` and `setup/`. */
export interface Instance extends EmulatedServer {
  readonly objects: Objects;
  readonly cipher: Cipher;
  readonly custom: CustomProperties;
  /** The version that the server reports, such as `4.6`; releases have other numbers. */
  readonly version: string;
}

/** A time as Python writes it, with microseconds: `2026-11-20 23:53:36.950477`. */
export const pythonTime = (date: Date = new Date()): string =>
  `${date.toISOString().slice(0, 23).replace('T', ' ')}${String(Math.floor((performance.now() * 1000) % 1000)).padStart(3, '0')}`;
