import type { FaultControl, FaultSpec } from './faults.ts';

/** What a new state contains: a company's server, the server that it moves to, or almost nothing. */
export type Sample = 'source' | 'target' | false;

/** Where a server of Octopus Deploy runs. */
export type Flavor = 'windows' | 'linux' | 'cloud';

export interface EmulatorOptions {
  /** Holds the state: `state.sqlite`, and folders of the product. It is made when it is missing. */
  readonly directory: string;
  /** On 127.0.0.1. Default: a free one, as with 0. */
  readonly port?: number | undefined;
  /** The server version it reports. */
  readonly version?: string | undefined;
  /** For Octopus Deploy only. Default: `windows`. */
  readonly flavor?: Flavor | undefined;
  /** Counts only while the state is empty. Default: `source`. */
  readonly sample?: Sample | undefined;
  /** Milliseconds for each phase of a task, so that progress can be watched. Default: 150. */
  readonly pace?: number | undefined;
  readonly faults?: readonly FaultSpec[] | undefined;
  /** An administrator, by the names of the adapter's settings. Default: one that is made once and kept in the state. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** A folder that several instances share: the package storage of MicroStrategy. Default: each has its own. */
  readonly storage?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export interface RunningEmulator {
  readonly url: string;
  /** Of an administrator, by the names of the adapter's settings: `{ apiKey }`, `{ username, password }`. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly product: string;
  readonly faults: FaultControl;
  /** Ends at once, and may be called again. The next start marks a task that was running as failed. */
  close(): Promise<void>;
}
