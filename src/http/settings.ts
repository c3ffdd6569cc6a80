import type { Secret } from '../secret.ts';

export interface TransportSettings {
  /** `http://[user:password@]host:port`; loopback addresses are reached directly. */
  readonly proxy?: string | Secret | undefined;
  /** Hosts reached without the proxy: exact names, or `.example.com` for all below. */
  readonly noProxy?: readonly string[] | undefined;
  /** PEM, in addition to the authorities Node knows. */
  readonly ca?: string | readonly string[] | undefined;
  /** PEM of the client's certificate. */
  readonly cert?: string | undefined;
  /** PEM of its key. */
  readonly key?: string | Secret | undefined;
  /** Of the key, when it is encrypted. */
  readonly passphrase?: Secret | undefined;
}

export interface HttpSettings extends TransportSettings {
  /** How long anything may stand still: a connection, an answer that does not begin, a body that stops. */
  readonly timeoutMs: number;
  /** Repeats after the first attempt. */
  readonly retries: number;
  /** Time for all attempts of one request, 2 minutes unless told; transfers under way are not cut off by it. */
  readonly budgetMs?: number | undefined;
  readonly userAgent: string;
}
