/**
 * `queued` and `running` advance by themselves; `waiting` needs a person (an approval); the last four are final.
 * `partial` means: finished, and the server's own log names items that failed or warned.
 */
export type JobState =
  'queued' | 'running' | 'waiting' | 'cancelling' | 'succeeded' | 'partial' | 'failed' | 'cancelled';

export type JobKind = 'export' | 'import' | 'dry-run' | 'move' | 'undo' | 'other';

export interface JobMessage {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

export interface JobStatus {
  /** The adapter's own id; printed to people inside a handle, `<product>:<instance>:<id>`. */
  readonly id: string;
  readonly kind: JobKind;
  readonly state: JobState;
  /** The server's own word for the state, shown as it is. */
  readonly wireState: string;
  /** 0 to 1, when the server says. */
  readonly fraction?: number | undefined;
  /** The server's own line about what it does now. */
  readonly activity?: string | undefined;
  /** Who or what a `waiting` job waits for. */
  readonly waitingFor?: string | undefined;
  /** ISO 8601. */
  readonly queuedAt?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /** Warnings and errors found in the server's log, filled once the state is final; `info` is only told, and warns of nothing. */
  readonly messages: readonly JobMessage[];
  /** Set when the work itself was done and only the delivery to the destination failed: another route may succeed. */
  readonly undelivered?: boolean | undefined;
  /** Per-item results where the product reports them (SnapLogic); empty otherwise. */
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
  /** As the server prints it; not every log has dates. */
  readonly at?: string | undefined;
  readonly level: 'trace' | 'verbose' | 'info' | 'warning' | 'error' | 'fatal';
  /** Nesting in the server's log tree, 0 at the top. */
  readonly depth: number;
  readonly text: string;
}

export interface Jobs {
  /**
   * One look at the job; a read, may be repeated. Unknown server words map to `running`, never to success.
   * A final state is returned only after the server's log was read, so that Success with errors inside is `failed`.
   * Fails with NOT_FOUND when the server does not know the id.
   */
  status(id: string, signal: AbortSignal): Promise<JobStatus>;
  /** The whole log so far, oldest first; a read, may be repeated. */
  log(id: string, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Newest first. Jobs of this product's migrations only, unless `all`. */
  list(options: { readonly all: boolean; readonly limit: number }, signal: AbortSignal): AsyncIterable<JobSummary>;
  /** Asks the server to stop; the caller polls until the state is final. Cancelling a finished job is a CONFLICT. */
  cancel?(id: string, signal: AbortSignal): Promise<void>;
  /** What a `waiting` job waits for; CONFLICT when it waits for nothing. */
  approve?(id: string, signal: AbortSignal): Promise<void>;
  reject?(id: string, signal: AbortSignal): Promise<void>;
  /** Starts the product's own undo and returns the id to watch. CONFLICT with the reason where it is impossible. */
  undo?(id: string, signal: AbortSignal): Promise<string>;
  /**
   * Makes the next client-side call of a choreography whose server does not go on alone; idempotent: it looks at the
   * server's state first and does nothing when nothing is due. Called before each `status` while a job is watched.
   */
  advance?(id: string, signal: AbortSignal): Promise<void>;
}
