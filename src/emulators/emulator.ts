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
  /** An administrator's key to accept. Default: one that is made once and kept in the state. */
  readonly apiKey?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export interface RunningEmulator {
  readonly url: string;
  readonly apiKey: string;
  readonly product: string;
  readonly faults: FaultControl;
  /** Ends at once, harmless when repeated; a running task is found as abandoned by the next start. */
  close(): Promise<void>;
}
