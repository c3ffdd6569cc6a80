import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Connection } from '../ports/adapter.ts';
import type { ProductOptions } from '../ports/options.ts';
import type { Clock } from '../ports/runtime.ts';
import type { Store } from '../ports/store.ts';

/** How a client that is not migrator's own is to connect: the `http` section of the rc file. */
export interface Wires {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  /** The longest time without progress. */
  readonly timeoutMs: number;
  /** Repeats after the first attempt. */
  readonly retries: number;
}

export interface StoreTools {
  readonly clock: Clock;
  /** Tells people what they should know of the store. The line must not hold a secret. */
  readonly notice: (message: string) => void;
  readonly debug: (message: string) => void;
  readonly wires: (server: URL) => Promise<Wires>;
}

/** The settings of a product, and no flags: a store takes none. */
export type StoreProduct = Omit<ProductOptions, 'options' | 'urls' | 'account'>;

export interface StoreModule {
  readonly secretSettings: readonly string[];
  /** Opens no socket and no file. CONFIG_INVALID when the URL or a setting is wrong. */
  create(connection: Connection, tools: StoreTools): Store;
  /** CONFIG_INVALID when this installation lacks what the store needs. */
  ready(): Promise<void>;
  /** The folder or bucket that a URL means, in one spelling. */
  place(instance: Pick<Connection, 'url' | 'settings'>): string;
}
