export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One run of a verb, kept so that a crash loses no job and starts none twice. Holds no secret. */
export interface RunRecord {
  readonly id: string;
  /** Same key = same work: verb, instances and what is moved. */
  readonly key: string;
  readonly verb: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly owner: { readonly pid: number; readonly host: string };
  readonly outcome: RunOutcome | undefined;
  /** Handles of the jobs it started. */
  readonly jobs: readonly string[];
  readonly facts: Readonly<Record<string, Json>>;
}

export type RunOutcome = 'done' | 'partial' | 'failed' | 'cancelled' | 'detached';

export interface Run {
  readonly record: RunRecord;
  /** Durable before it resolves. */
  note(facts: Readonly<Record<string, Json>>): Promise<void>;
  job(handle: string): Promise<void>;
  finish(outcome: RunOutcome): Promise<void>;
}

export interface Journal {
  /**
   * Begins a run, or takes up the unfinished one with the same key, facts and jobs included (`resumed`).
   * CONFLICT when a live process holds that key.
   */
  begin(
    key: string,
    verb: string,
    options: { readonly fresh: boolean },
  ): Promise<{ readonly run: Run; readonly resumed: boolean }>;
  /** Newest first. */
  list(): Promise<readonly RunRecord[]>;
}
