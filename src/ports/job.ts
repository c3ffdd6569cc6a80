/**
 * `queued` and `running` advance by themselves; `waiting` needs a person, such as an approval. The last four are final.
 * `partial`: the job finished, and the server's log names items that failed or warned.
 */
export type JobState =
  'queued' | 'running' | 'waiting' | 'cancelling' | 'succeeded' | 'partial' | 'failed' | 'cancelled';

export type JobKind = 'export' | 'import' | 'dry-run' | 'move' | 'undo' | 'other';

export interface JobMessage {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

export interface JobStatus {
  /** The id that the adapter made. People see it inside a handle, `<product>:<instance>:<id>`. */
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  /** The server's word for the state, shown as it is. */
  readonly wireState: string;
  /** True when the adapter does not know that word, so that `state` is only a guess. */
  readonly unclear?: boolean | undefined;
  /** 0 to 1; undefined when the server does not say. */
  readonly fraction?: number | undefined;
  /**
   * True when the next call is migrator's own (`advance`): without a process that watches it, the job stands still. A final
   * state may still need such a call.
   */
  readonly attended?: boolean | undefined;
  /** The server's line about what it does now. */
  readonly activity?: string | undefined;
  /** Whom or what a `waiting` job waits for. */
  readonly waitingFor?: string | undefined;
  /** ISO 8601. */
  readonly queuedAt?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /** The warnings and errors of the server's log, when the state is final. An `info` is shown, and is no warning. */
  readonly messages: readonly JobMessage[];
  /** True when the work was done and only the delivery to the destination failed. Another route may succeed. */
  readonly undelivered?: boolean | undefined;
  /** The result of each item, when the product reports it (SnapLogic). */
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
  /** As in JobStatus. */
  readonly attended?: boolean | undefined;
  /** As in JobStatus. */
  readonly waitingFor?: string | undefined;
  readonly title: string;
  readonly queuedAt?: string | undefined;
}

export interface LogLine {
  /** The time as the server prints it. Not every log has dates. */
  readonly at?: string | undefined;
  readonly level: 'trace' | 'verbose' | 'info' | 'warning' | 'error' | 'fatal';
  /** The depth in the server's log tree; 0 at the top. */
  readonly depth: number;
  readonly text: string;
}

export interface Jobs {
  /**
   * What the product itself calls the job: the part of the id that is enough to look at it, wait for it and stop it, from any
   * machine. The rest helps to fetch what the job made. Reads nothing; an id that is short already, or is none, stays as it is. Absent where the whole id is needed.
   */
  shortId?(id: string): string;
  /**
   * Looks at the job once. Reads only; may be repeated. A word that the adapter does not know means `running`, never
   * success. A final state is returned only after the server's log was read: a success with errors in its log is
   * `failed`. NOT_FOUND when the server does not know the id.
   */
  status(id: string, signal: AbortSignal): Promise<JobStatus>;
  /**
   * The whole log so far, oldest line first. Reads only; may be repeated. NOT_FOUND when the server does not know the
   * id.
   */
  log(id: string, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Newest first; at most `limit`. Only jobs of migrations, unless `all`. Reads only; may be repeated. */
  list(options: { readonly all: boolean; readonly limit: number }, signal: AbortSignal): AsyncIterable<JobSummary>;
  /**
   * Asks the server to stop the job; the caller then looks until the state is final. May be repeated. CONFLICT when the
   * job is finished, NOT_FOUND when the server does not know it.
   */
  cancel?(id: string, signal: AbortSignal): Promise<void>;
  /** Approves what a `waiting` job waits for. CONFLICT when it waits for nothing. */
  approve?(id: string, signal: AbortSignal): Promise<void>;
  reject?(id: string, signal: AbortSignal): Promise<void>;
  /** Starts the undo of the product and returns the id to watch. CONFLICT with the reason when it is impossible. */
  undo?(id: string, signal: AbortSignal): Promise<string>;
  /**
   * Makes the next call of a work of several steps whose servers do not go on by themselves. Called before each
   * `status` while a job is watched. May be repeated: it looks at the servers first, and does nothing when no call is
   * due.
   */
  advance?(id: string, signal: AbortSignal): Promise<void>;
}
