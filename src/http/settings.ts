import type { Secret } from '../secret.ts';

export interface TransportSettings {
  /** `http://[user:password@]host:port`; loopback addresses are reached directly. */
  readonly proxy?: string | Secret | undefined;
  /** Hosts that are reached directly: exact names, or `.example.com` for all names below it. */
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
  /** Repeats after the first attempt. */
  readonly retries: number;
  /** Time for all attempts of one request; 2 minutes by default. It does not end a transfer that has begun. */
  readonly budgetMs?: number | undefined;
  readonly userAgent: string;
}
