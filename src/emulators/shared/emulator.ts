import type { FaultControl, FaultSpec } from './faults.ts';

/** What an empty state is filled with: a company's server, the server it moves to, or next to nothing. */
export type Sample = 'source' | 'target' | false;

export interface EmulatorOptions {
  /** State lives here, `state.sqlite` and `packages/`; made when absent. */
  readonly directory: string;
  /** On 127.0.0.1; 0 or absent takes a free one. */
  readonly port?: number | undefined;
  /** The server version it reports. */
  readonly version?: string | undefined;
  /** Only counts while the state is empty. Default `source`. */
  readonly sample?: Sample | undefined;
  /** Milliseconds a task takes per phase, so that progress can be watched. Default 150. */
  readonly pace?: number | undefined;
  readonly faults?: readonly FaultSpec[] | undefined;
  /** An administrator to accept, by the adapter's setting names. Default: one that is made once and kept in the state. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** A folder that several instances share, for products that know one (MicroStrategy's package storage). Default: none. */
  readonly storage?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export interface RunningEmulator {
  readonly url: string;
  /** An administrator's, by the adapter's setting names: `{ apiKey }`, `{ username, password }`. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly product: string;
  readonly faults: FaultControl;
  /** Ends at once, harmless when repeated; a running task is found as abandoned by the next start. */
  close(): Promise<void>;
}
