export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One run of a command. It is kept so that a crash loses no job and starts none twice. Holds no secret. */
export interface RunRecord {
  readonly id: string;
  /** Made of the work: command, instances and what is moved. The same work has the same key. */
  readonly key: string;
  readonly verb: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly owner: { readonly pid: number; readonly host: string };
  readonly outcome: RunOutcome | undefined;
  /** The handles of the jobs that the run started. */
  readonly jobs: readonly string[];
  readonly facts: Readonly<Record<string, Json>>;
}

export type RunOutcome = 'done' | 'partial' | 'failed' | 'cancelled' | 'detached';

export interface Run {
  readonly record: RunRecord;
  /** Adds facts. They are durable when the promise resolves. */
  note(facts: Readonly<Record<string, Json>>): Promise<void>;
  job(handle: string): Promise<void>;
  finish(outcome: RunOutcome): Promise<void>;
}

export interface Journal {
  /**
   * Begins a run, or takes up the unfinished one with the same key, its facts and its jobs (`resumed`). CONFLICT when
   * another process that is alive has the run.
   */
  begin(
    key: string,
    verb: string,
    options: { readonly fresh: boolean },
  ): Promise<{ readonly run: Run; readonly resumed: boolean }>;
  /** Newest first. */
  list(): Promise<readonly RunRecord[]>;
}
