import type { Secret } from '../secret.ts';

type ProxyAddress = string | Secret | undefined;

export interface TransportSettings {
  /**
   * `http://[user:password@]host:port`, for all targets or by their scheme; loopback addresses are reached directly.
   */
  readonly proxy?: ProxyAddress | Partial<Record<'http' | 'https', ProxyAddress>>;
  /** Hosts that are reached directly, as the entries of NO_PROXY. */
  readonly noProxy?: readonly string[] | undefined;
  /** PEM; trusted in addition to the authorities that Node knows. */
  readonly ca?: string | readonly string[] | undefined;
  /** PEM of the client's certificate. */
  readonly cert?: string | undefined;
  /** PEM of the key of that certificate. */
  readonly key?: string | Secret | undefined;
  /** The passphrase of the key, when it is encrypted. */
  readonly passphrase?: Secret | undefined;
}

export interface HttpSettings extends TransportSettings {
  /** The longest time without progress: while connecting, while waiting for the answer, and in a body. */
  readonly timeoutMs: number;
  /** Repeats after the first attempt; may be Infinity. */
  readonly retries: number;
  /** Time for all attempts of one request; 2 minutes by default. It does not end a transfer that has begun. */
  readonly budgetMs?: number | undefined;
  readonly userAgent: string;
}
