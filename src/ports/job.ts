/**
 * `queued` and `running` advance by themselves. `waiting` needs a person (an approval). The last four are final.
 * `partial` means that the job finished, and that the server's log names items with failures or warnings.
 */
export type JobState =
  'queued' | 'running' | 'waiting' | 'cancelling' | 'succeeded' | 'partial' | 'failed' | 'cancelled';

export type JobKind = 'export' | 'import' | 'dry-run' | 'move' | 'undo' | 'other';

export interface JobMessage {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

export interface JobStatus {
  /** The id, which the adapter defines. Users see it as part of a handle, `<product>:<instance>:<id>`. */
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  /** The state as the server names it. It is shown unchanged. */
  readonly wireState: string;
  /** 0 to 1. Undefined when the server does not say. */
  readonly fraction?: number | undefined;
  /** The server's text about its current activity. */
  readonly activity?: string | undefined;
  /** The person or thing that a `waiting` job waits for. */
  readonly waitingFor?: string | undefined;
  /** ISO 8601. */
  readonly queuedAt?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /**
   * Warnings and errors in the server's log, filled when the state is final. Messages of level `info` are only shown.
   */
  readonly messages: readonly JobMessage[];
  /** True when the export was made and only its delivery to the destination failed. Another route may succeed. */
  readonly undelivered?: boolean | undefined;
  /** The result for each item, if the product reports it (SnapLogic). */
  readonly items?: readonly JobItem[] | undefined;
}

export interface JobItem {
  readonly kind: string;
  readonly name: string;
  readonly action: 'created' | 'overwritten' | 'skipped' | 'failed' | 'done';
  readonly reason?: string | undefined;
}

export interface JobSummary {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly wireState: string;
  readonly title: string;
  readonly queuedAt?: string | undefined;
}

export interface LogLine {
  /** The time as the server prints it. Not every log has times. */
  readonly at?: string | undefined;
  readonly level: 'trace' | 'verbose' | 'info' | 'warning' | 'error' | 'fatal';
  /** Nesting in the server's log tree, 0 at the top. */
  readonly depth: number;
  readonly text: string;
}

export interface Jobs {
  /**
   * Reads the status once. May be repeated. An unknown state of the server maps to `running`, never to success. A final
   * state is returned only after the server's log was read, so that a success with errors in the log is `failed`.
   * NOT_FOUND when the server does not know the id.
   */
  status(id: string, signal: AbortSignal): Promise<JobStatus>;
  /** Reads the whole log so far, oldest line first. May be repeated. */
  log(id: string, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Newest first. Only jobs of this product's migrations, unless `all` is true. */
  list(options: { readonly all: boolean; readonly limit: number }, signal: AbortSignal): AsyncIterable<JobSummary>;
  /**
   * Asks the server to cancel the job. The caller polls until the state is final. CONFLICT when the job has finished.
   */
  cancel?(id: string, signal: AbortSignal): Promise<void>;
  /** Approves a `waiting` job. CONFLICT when the job is not waiting. */
  approve?(id: string, signal: AbortSignal): Promise<void>;
  reject?(id: string, signal: AbortSignal): Promise<void>;
  /** Starts the product's own undo and returns the id to watch. CONFLICT, with the reason, when it is not possible. */
  undo?(id: string, signal: AbortSignal): Promise<string>;
  /**
   * For servers that need a call for each step of a job: makes the next call. Idempotent: it reads the state of the
   * server first and does nothing when no call is due. Called before each `status` while a job is watched.
   */
  advance?(id: string, signal: AbortSignal): Promise<void>;
}
