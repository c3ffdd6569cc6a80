import type { PackageRef } from './artifact.ts';
import type { Options } from './options.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * What a run must know after a crash. A fact is kept as it is: nothing masks or shortens it, so it holds no secret. A
 * `Secret` does not fit any type here. `null` takes a fact back. The name before the dot is the step of the run.
 */
export type Facts = {
  readonly [Name in keyof StepFacts as `${string}.${Name}`]?: StepFacts[Name] | null;
} & {
  readonly 'upload.foundBefore'?: boolean;
  readonly 'upload.outcome'?: 'created' | 'overwritten' | 'kept';
  readonly 'upload.ref'?: PackageRef;
  readonly 'plain.sha256'?: string;
  readonly 'sealing.package'?: PackageRef;
  /** The id of the key that signed the package of an import. */
  readonly 'package.signer'?: string;
  /** What this run put into a store: the name of the package, and the SHA-256 of each file that it sent or meant to send. */
  readonly 'store.package'?: PackageRef;
  readonly 'store.digests'?: readonly string[];
  /** A digest of each secret that this machine made for the run. It tells nothing about the secret. */
  readonly 'own.secrets'?: Readonly<Record<string, string>>;
  /** Of an undo: the handle of the job that it undoes. */
  readonly 'undo.of'?: string;
  /** The way that the run takes, for products that have several, and why. */
  readonly 'way.via'?: string;
  readonly 'way.reason'?: string;
};

export interface StepFacts {
  /** The id of the job that the step started. */
  readonly job: string;
  /** ISO 8601. The call that starts the job may have been sent since then. */
  readonly intendedAt: string;
  /** The answer of that call was lost, and a look at the server showed no job. */
  readonly unseen: true;
  /** The call may have been sent before, so the target may have changed since the backup. */
  readonly sent: true;
  /** What the adapter prepared: plain data. */
  readonly prepared: Json;
  /** ISO 8601. The job of the step has ended well. */
  readonly finishedAt: string;
  /** Why a route could not deliver. */
  readonly failed: string;
  /** Of a backup: its file, and the options with which an import of it restores the target. */
  readonly file: string;
  readonly restoreWith: Options;
  /** Of an export: the names of the secrets that this machine made for it, which its package carries. */
  readonly carries: readonly string[];
  /** The names of the projects of a package, once it is opened. */
  readonly projects: readonly string[];
  /** What a backup holds, as a text that is the same for the same content. */
  readonly covers: string;
}

/** What a run is about, for people who look at it later. */
export interface RunAbout {
  readonly projects: readonly string[];
  /** The names of instances. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** The package file, or the id and version of the package. */
  readonly package?: string | undefined;
  /** The handle of the job of another run whose package this run fetches. */
  readonly resumes?: string | undefined;
}

/** Why a run did not end well. The message holds no secret. */
export interface RunFault {
  /** One of `errorCodes`. Undefined when the run ended, and only a part of the work was done. */
  readonly code?: string | undefined;
  readonly message: string;
}

/** One run of a command. It is kept so that a crash loses no job and starts none twice. Holds no secret. */
export interface RunRecord {
  readonly id: string;
  /** Made of the work: command, servers, what is moved, options and secrets. The same work has the same key. */
  readonly key: string;
  readonly verb: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly owner: { readonly pid: number; readonly host: string };
  readonly outcome: RunOutcome | undefined;
  /**
   * How the last process left an unfinished run: it only started its jobs, or it ended with an error. Undefined when it
   * was interrupted or is still at work.
   */
  readonly left?: 'started' | 'failed' | undefined;
  /** The servers of the run, by the names of their instances. Records of earlier releases have none. */
  readonly places?: Readonly<Record<string, string>> | undefined;
  /** Records of earlier releases have none. */
  readonly about?: RunAbout | undefined;
  /** Of a run that failed, was left with an error, was interrupted and could say so, or was partial. */
  readonly fault?: RunFault | undefined;
  /** The handles of the jobs that the run started. */
  readonly jobs: readonly string[];
  readonly facts: Facts;
}

export type RunOutcome = 'done' | 'partial' | 'failed' | 'cancelled' | 'detached';

export interface Run {
  readonly record: RunRecord;
  /** Adds facts. They are durable when the promise resolves. */
  note(facts: Facts): Promise<void>;
  /**
   * Keeps a value that may be long beside the record, by a name: as long as the run is unfinished, and as long as its
   * record when a step kept the state of its target for an undo (`<step>.undo`).
   */
  keep(name: string, value: Json): Promise<void>;
  kept(name: string): Promise<Json | undefined>;
  job(handle: string): Promise<void>;
  /** The runs before this one, newest first. None when the user wants a fresh run. */
  earlier(): Promise<readonly RunRecord[]>;
  /** As `kept`, of an earlier run. */
  keptOf(record: RunRecord, name: string): Promise<Json | undefined>;
  finish(outcome: RunOutcome, fault?: RunFault): Promise<void>;
  /** Ends this process's part of the run, which stays unfinished. See RunRecord.left. */
  leave(how: RunRecord['left'], fault?: RunFault): Promise<void>;
}

export interface Beginning {
  readonly fresh: boolean;
  /** See RunRecord.places. */
  readonly places?: Readonly<Record<string, string>>;
  readonly about?: RunAbout | undefined;
  /** How an unfinished run ended that is over all the same; undefined when it goes on. */
  readonly endOf?: (record: RunRecord) => Promise<RunEnd | undefined>;
}

export interface RunEnd {
  readonly outcome: RunOutcome;
  readonly fault?: RunFault | undefined;
}

export interface Begun {
  readonly run: Run;
  /** True when this is an unfinished run, with its facts and its jobs. */
  readonly resumed: boolean;
  /** The run that was over. `run` is a new one then. */
  readonly over?: RunRecord | undefined;
}

export interface Journal {
  /**
   * Begins a run, or takes up the unfinished one with the same key. CONFLICT when another process that is alive has the
   * run.
   */
  begin(key: string, verb: string, options: Beginning): Promise<Begun>;
  /** Finishes the unfinished run that started this job last, unless a process that is alive has it. */
  settle(handle: string, outcome: RunOutcome, fault?: RunFault): Promise<void>;
  /** As Run.keep and Run.kept, for a run of another process that is over. */
  keep(record: RunRecord, name: string, value: Json): Promise<void>;
  kept(record: RunRecord, name: string): Promise<Json | undefined>;
  /** Newest first. */
  list(): Promise<readonly RunRecord[]>;
}

/** What became of each part of a work of many runs, by name. It outlives processes, and holds no secret. */
export interface Ledger {
  all(): Promise<ReadonlyMap<string, Json>>;
  get(name: string): Promise<Json | undefined>;
  /** Durable when it resolves. `null` takes the entry out. */
  put(name: string, value: Json): Promise<void>;
}

/** A ledger that this process alone may change. `put` is CONFLICT once another process has taken it over. */
export interface HeldLedger extends Ledger {
  /** Lets another process hold it. What is in it stays. */
  release(): Promise<void>;
}

export interface Ledgers {
  /** For readers, and for a word to the process that holds it. */
  of(key: string): Ledger;
  /** CONFLICT when another process that is alive holds it. `what` names the work in that message. */
  hold(key: string, what: string): Promise<HeldLedger>;
  /** The process that holds it. */
  holder(key: string): Promise<{ readonly pid: number; readonly host: string; readonly since: string } | undefined>;
}
