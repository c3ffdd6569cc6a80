import type { OptionValue } from './options.ts';
import type { PlannedAction } from './plan.ts';
import type { Reporter } from './reporter.ts';

/**
 * What there is to do for one item of a plan: plain data with the names of instances, so that a process on another machine,
 * with an rc file of its own, can do it. Holds no secret: a flag that takes one has a reference to it.
 */
export interface ItemWork {
  readonly id: string;
  readonly project: string;
  readonly from: string;
  readonly to: string;
  /** Flags of `migrate-project`, by their names without dashes. */
  readonly flags: Readonly<Record<string, OptionValue>>;
}

/** One of the places that bear only so many items at once: a server, a session, an instance. */
export interface Slot {
  readonly of: string;
  readonly most: number;
}

/** Why an item did not end well. The message holds no secret. */
export interface ItemFault {
  /** One of `errorCodes`, or `BUG`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The server refused the request itself, so that it refuses it again. See MigratorError.details. */
  readonly status?: number | undefined;
  readonly hopeless?: boolean | undefined;
}

/**
 * `started`: its job goes on at its server, and nobody watches it. `interrupted`: the same after a signal; another run takes
 * it up. `postponed`: nothing of it was begun, because the wave was stopped or its time was over.
 */
export type ItemOutcome = 'done' | 'partial' | 'started' | 'failed' | 'interrupted' | 'postponed';

/** One attempt at an item, from its beginning to its end, whatever processes take part in it. */
export interface Attempt {
  readonly id: string;
  /** ISO 8601: when it began. */
  readonly since: string;
}

/** `kind` and `state` as in JobStatus. */
export interface SeenJob {
  readonly handle: string;
  readonly instance: string;
  readonly kind: string;
  readonly state: string;
  readonly startedAt?: string | undefined;
  /** Undefined while it runs. */
  readonly endedAt?: string | undefined;
}

export interface ItemEnd {
  readonly outcome: ItemOutcome;
  /** The handles of its jobs. */
  readonly jobs: readonly string[];
  readonly fault?: ItemFault | undefined;
  /** Of `partial` and `started`: what is missing, or what it waits for. */
  readonly reason?: string | undefined;
  readonly route?: string | undefined;
  readonly package?: { readonly id: string; readonly version: string } | undefined;
  /** A file on the machine that did the work: see `host`. */
  readonly backup?: string | undefined;
  /** The machine that did the work, where it was another one than that of the run. */
  readonly host?: string | undefined;
  readonly warnings?: number | undefined;
  /** The first of its warnings. */
  readonly warned?: readonly string[] | undefined;
  /** Its jobs, with the times (ISO 8601) at which they were seen to begin and to end. */
  readonly ran?: readonly SeenJob[] | undefined;
  /** How many things were created, overwritten and so on, as in results. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** The names of the projects on the target, as its inventory has them. */
  readonly arrived?: readonly string[] | undefined;
}

/** What an item would do, as far as reading tells it. */
export interface Foreseen {
  readonly counts: Readonly<Partial<Record<PlannedAction, number>>>;
  /** False: the counts are of projects, by their names, and what comes along with them is known only later. */
  readonly whole: boolean;
  /** What has to be agreed to, and what it needs. See Question. */
  readonly question?: { readonly text: string; readonly needs: 'answer' | 'allowance' | 'terminal' } | undefined;
}

/** How much an item may do without a question: `all`, or what somebody was asked before. See Question.needs. */
export type Allowed = 'all' | 'answer' | 'allowance' | 'terminal';

/** Does items, here or elsewhere. */
export interface Runner {
  /** A text that is the same for the same work on the same servers, whatever their names. */
  keyOf(work: ItemWork): Promise<string>;
  slotsOf(work: ItemWork): Promise<readonly Slot[]>;
  /**
   * Does the work, or goes on with what an earlier process began of it. Never throws for what happens to the item: that is
   * in the end. Nothing is started twice.
   */
  run(work: ItemWork, attempt: Attempt, reporter: Reporter, signal: AbortSignal): Promise<ItemEnd>;
  /** The end of an attempt that ended before anybody noted it. Undefined when it did not end. */
  endOf(work: ItemWork, attempt: Attempt): Promise<ItemEnd | undefined>;
  /** Of these items, which the target does not show any more. Undefined members: nobody can tell. */
  missing(
    done: readonly { readonly work: ItemWork; readonly arrived: readonly string[] }[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>>;
  /** Reads only. Fails with the reason when the work cannot be done. */
  foresee(work: ItemWork, signal: AbortSignal): Promise<Foreseen>;
}
