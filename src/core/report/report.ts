import type { PlannedAction } from '../../ports/plan.ts';
import type { ResultAction } from '../snapshots/result.ts';
import { resultActions } from '../snapshots/result.ts';

/**
 * What a report says of a run, or of a list of runs (a wave): plain data, which every renderer shows in its own form. It has
 * either `run` or `wave`. Times are ISO 8601 in UTC. Fields are only ever added.
 */
export interface Report {
  readonly document: 'migrator/report/1';
  /** The version of migrator. */
  readonly migrator: string;
  /** The words of the command: `migrate-project`, `package verify`, `wave run`. */
  readonly verb: string;
  readonly outcome: ReportOutcome;
  readonly exitCode: number;
  readonly dryRun: boolean;
  /** `user@host` of the machine that ran the command. */
  readonly by: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** The start of the unfinished run that this command went on with. */
  readonly resumedFrom?: string | undefined;
  /** Of a wave whose items have ends of their own: the usual ones. */
  readonly from?: End | undefined;
  readonly to?: End | undefined;
  /** What became of things, or in a dry run what would. Of a wave: the sum over its items. */
  readonly tiles: Tiles;
  /** Why the command ended without its work done. */
  readonly error?: Fault | undefined;
  /** Warnings of the whole command. Those of an item of a wave are in its `run`. */
  readonly warnings: readonly string[];
  readonly next: readonly NextStep[];
  readonly run?: RunFacts | undefined;
  readonly wave?: WaveFacts | undefined;
}

/** `started`: jobs go on at the servers. `interrupted`: a signal ended the command. `failed`: an error did. */
export const reportOutcomes = ['done', 'partial', 'started', 'interrupted', 'failed'] as const;
export type ReportOutcome = (typeof reportOutcomes)[number];

/** An instance, as far as it is known: a run that failed early has asked no server. */
export interface End {
  readonly name: string;
  readonly product?: string | undefined;
  readonly url?: string | undefined;
  readonly version?: string | undefined;
}

export const tileNames = resultActions;
/**
 * Counts by what became of things. `basis`: planned by a dry run or before a job has ended, seen on the target, claimed by the
 * server, or nothing is known.
 */
export interface Tiles {
  readonly basis: (typeof tileBases)[number];
  readonly counts: Readonly<Record<ResultAction, number>>;
}
export const tileBases = ['planned', 'seen', 'claimed', 'none'] as const;

export interface Fault {
  /** One of `errorCodes`, or BUG. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface NextStep {
  readonly text: string;
  /** A command line to copy. */
  readonly command?: string | undefined;
}

/** What is known of one run of a verb. Of a wave: of one item. */
export interface RunFacts {
  /** What the command line names where it names no projects: a package or a job. */
  readonly subject?: string | undefined;
  readonly projects: readonly ProjectFacts[];
  readonly route?: string | undefined;
  readonly rerouted?: string | undefined;
  readonly via?: { readonly name: string; readonly reason: string } | undefined;
  readonly jobs: readonly JobFacts[];
  readonly package?: PackageFacts | undefined;
  readonly tiles: Tiles;
  readonly changes: readonly Change[];
  readonly comparison?: ComparisonFacts | undefined;
  readonly warnings: readonly string[];
  readonly left: readonly LeftFact[];
  /** The backup file of the target. */
  readonly backup?: string | undefined;
  /** The commands that take the run back, in this order. */
  readonly undo: readonly string[];
}

export interface ProjectFacts {
  readonly name: string;
  /** Where each project is moved by a job of its own. */
  readonly outcome?: 'done' | 'partial' | 'started' | 'failed' | 'not-started' | undefined;
  readonly handle?: string | undefined;
  readonly reason?: string | undefined;
}

/** A job of a server, with the times at which this machine saw its begin and its end. */
export interface JobFacts {
  readonly handle: string;
  readonly instance: string;
  readonly kind: string;
  readonly state: string;
  readonly startedAt?: string | undefined;
  /** Undefined while it runs. */
  readonly endedAt?: string | undefined;
}

/** One thing of the target: what the plan says of it, what became of it, or both. */
export interface Change {
  readonly kind: string;
  readonly name: string;
  readonly planned?: PlannedAction | undefined;
  readonly became?: ResultAction | undefined;
  readonly reason?: string | undefined;
  /** True: the options ask for it. False: nobody planned it. */
  readonly wanted?: boolean | undefined;
}

export interface PackageFacts {
  readonly id: string;
  readonly version: string;
  readonly file?: string | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
  /** SHA-256 of the content member, as in SHA256SUMS. */
  readonly contentSha256?: string | undefined;
  readonly createdAt?: string | undefined;
  /** Undefined where nobody knows, such as for a package of a feed. Null: not signed. */
  readonly signer?: SignerFacts | null | undefined;
  readonly encryption?: string | undefined;
  readonly recipients?: readonly ReaderFacts[] | undefined;
}

export interface SignerFacts {
  readonly keyId: string;
  readonly name?: string | undefined;
  /** The file or flag that gives the trust. Undefined: not trusted, or signed by this run. */
  readonly trustedBy?: string | undefined;
}

export interface ReaderFacts {
  readonly recipient: string;
  readonly you: boolean;
  readonly groups: readonly string[];
}

export interface ComparisonFacts {
  readonly equal: number;
  readonly differences: readonly {
    readonly kind: string;
    readonly name: string;
    readonly difference: 'only-from' | 'only-to' | 'differs';
    readonly fields?: readonly string[] | undefined;
  }[];
  readonly blind: readonly string[];
}

export interface LeftFact {
  readonly instance: string;
  readonly what: string;
  readonly remove?: string | undefined;
}

/** A wave: many items, each with a run of its own. */
export interface WaveFacts {
  /** The name of the plan. */
  readonly name: string;
  readonly items: readonly WaveItem[];
}

/**
 * `waiting`: not started yet. `postponed`: it was too late to start. `skipped`: what it needs has failed, or it was not asked
 * for.
 */
export const itemStates = [
  'failed',
  'partial',
  'interrupted',
  'skipped',
  'postponed',
  'waiting',
  'running',
  'done',
] as const;
export type ItemState = (typeof itemStates)[number];

export interface WaveItem {
  readonly id: string;
  readonly project: string;
  /** The name of its wave in the plan. */
  readonly wave?: string | undefined;
  readonly owner?: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly state: ItemState;
  /** Why it was skipped or postponed, or for what it waits. */
  readonly reason?: string | undefined;
  readonly error?: Fault | undefined;
  readonly startedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  /** What the timeline shows: what ran when on which instance. */
  readonly spans: readonly Span[];
  /** Undefined for an item that has not started. */
  readonly run?: RunFacts | undefined;
}

export interface Span {
  readonly instance: string;
  readonly what: string;
  readonly startedAt: string;
  /** Undefined while it runs. */
  readonly endedAt?: string | undefined;
}
