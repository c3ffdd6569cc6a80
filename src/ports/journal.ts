export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One run of a verb. It is kept so that no job is lost or started twice after a crash. It contains no secret. */
export interface RunRecord {
  readonly id: string;
  /** Runs with the same key do the same work: the same verb, instances and projects. */
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
   * Begins a run, or resumes the unfinished run with the same key, with its facts and jobs (`resumed` is then true).
   * CONFLICT when a live process has a run with this key.
   */
  begin(
    key: string,
    verb: string,
    options: { readonly fresh: boolean },
  ): Promise<{ readonly run: Run; readonly resumed: boolean }>;
  /** Newest first. */
  list(): Promise<readonly RunRecord[]>;
}
