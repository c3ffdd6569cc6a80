import type { Secret } from '../secret.ts';
import type { Exporter } from './exporter.ts';
import type { PackageFeed } from './feed.ts';
import type { Http, HttpOptions } from './http.ts';
import type { Importer } from './importer.ts';
import type { Jobs } from './job.ts';
import type { Options, Secrets } from './options.ts';
import type { PlanItem } from './plan.ts';
import type { Clock, Random } from './runtime.ts';

export interface InstanceInfo {
  readonly product: string;
  /** The server's own version text. */
  readonly version: string;
  /** The configured base URL, without credentials. */
  readonly url: string;
  readonly account: string;
  readonly mode: 'normal' | 'maintenance';
  /** What the caller may do, as far as the server tells without trying. `allowed` is undefined when it does not tell. */
  readonly rights: readonly {
    readonly action: string;
    readonly allowed: boolean | undefined;
    readonly detail?: string;
  }[];
  /** Facts that deserve a warning (an unsupported version, a stopped queue). */
  readonly notes: readonly string[];
}

export interface InventoryItem {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** The space, folder or org that holds it. */
  readonly container?: string | undefined;
  readonly modifiedAt?: string | undefined;
}

export interface Inventory {
  /** The kinds `list` knows; `project` is always one. */
  readonly kinds: readonly string[];
  /** Reads all pages; order is not promised; may be repeated. An unknown kind is USAGE. */
  list(kind: string, signal: AbortSignal): AsyncIterable<InventoryItem>;
}

export interface MoveRequest {
  /** A name, id or path, as the user typed it; undefined where the exporter is projectless and none was named. */
  readonly project: string | undefined;
  readonly dryRun: boolean;
  readonly options: Options;
  /** The options that were given as secrets, by name: a move that cannot heed one has to be able to say so. */
  readonly secrets?: readonly string[];
}

/** The other end of a move. Its name goes into the job id, so that `AdapterTools.peer` finds it again from anywhere. */
export interface Peer {
  readonly name: string;
  readonly adapter: Adapter;
}

/** What `prepare` settled: plain data, enough to start or find the move after a crash. */
export interface PreparedMove {
  /** As people are told it. */
  readonly project: string;
  readonly dryRun: boolean;
  readonly settled: Options;
  readonly plan?: readonly PlanItem[] | undefined;
  readonly notes: readonly string[];
  readonly consent?: string | undefined;
}

/** A move by the servers' own means from project to project, between two instances that the product can join. */
export interface Mover {
  /** As Importer.dryRuns. */
  readonly dryRuns: 'server' | 'plan';
  /** True, or the sentence that says why this target cannot be reached by a move. */
  reaches(target: Peer, info: InstanceInfo, signal: AbortSignal): Promise<true | string>;
  /** Resolves names, checks rights and versions on both ends, plans; reads only. May be repeated. */
  prepare(request: MoveRequest, target: Peer, signal: AbortSignal): Promise<PreparedMove>;
  /** Starts the move and returns the job id. As Exporter.start: never repeated blindly, ambiguous when the answer is lost. */
  start(prepared: PreparedMove, target: Peer, secrets: Secrets, signal: AbortSignal): Promise<string>;
  /** As Exporter.find. */
  find(prepared: PreparedMove, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
  /** Removes what a finished dry run left on the servers. Idempotent. */
  discard?(jobId: string, signal: AbortSignal): Promise<void>;
}

/**
 * Speaks one product's wire to one instance. A facet that is absent is something this product cannot do; callers turn
 * that into UNSUPPORTED. All methods may fail with AUTH_REFUSED, REMOTE_UNREACHABLE, REMOTE_UNEXPECTED and CANCELLED;
 * other codes are named where they arise. No error, log line or return value carries a secret.
 */
export interface Adapter {
  readonly product: string;
  /** First call of every run: proves URL and credentials; reads only; cheap; may be repeated. */
  probe(signal: AbortSignal): Promise<InstanceInfo>;
  /**
   * A sentence that says why a package of this source version cannot go into that target (Octopus and eNMS demand the
   * same release), or undefined.
   */
  versionObstacle(sourceVersion: string, target: InstanceInfo): string | undefined;
  readonly inventory: Inventory;
  readonly jobs: Jobs;
  readonly exports?: Exporter;
  readonly imports?: Importer;
  readonly moves?: Mover;
  readonly feed?: PackageFeed;
  /** Ends sessions; called once, also after failures. */
  close?(): Promise<void>;
}

export interface AdapterTools {
  readonly http: (options: HttpOptions) => Http;
  readonly clock: Clock;
  readonly random: Random;
  /** A line for `--debug`; never a secret. */
  readonly debug: (message: string) => void;
  /** Registers a secret that came up during the run (a session's token): from then on nothing that is shown holds it. */
  readonly guard: (secret: Secret) => void;
  /** Another instance of the same rc file by its name, unwrapped. CONFIG_INVALID when there is none. */
  readonly peer: (name: string) => Promise<Adapter>;
}

/** An instance of the rc file with its secret references resolved; keys are the adapter's own. */
export interface Connection {
  readonly name: string;
  readonly url: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
}

export interface AdapterModule {
  readonly contract: 1;
  readonly product: string;
  /** Settings of an instance that hold secrets: resolved from their references before `create`. */
  readonly secretSettings: readonly string[];
  /** CONFIG_INVALID when the connection's settings are wrong. Opens no socket. */
  create(connection: Connection, tools: AdapterTools): Adapter;
}
