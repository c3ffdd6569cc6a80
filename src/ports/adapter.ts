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
  /** What the account may do, as far as the server says so. `allowed` is undefined when the server does not say. */
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
  /** The kinds that `list` supports. `project` is always one of them. */
  readonly kinds: readonly string[];
  /** Reads all pages, in any order. May be repeated. USAGE for an unknown kind. */
  list(kind: string, signal: AbortSignal): AsyncIterable<InventoryItem>;
}

export interface MoveRequest {
  /** A name, id or path, as the user typed it. Undefined when the exporter is projectless and no project was named. */
  readonly project: string | undefined;
  readonly dryRun: boolean;
  readonly options: Options;
  /** The names of the options that were given as secrets, so that a move can refuse one that it does not support. */
  readonly secrets?: readonly string[];
}

/** The target of a move. Its name is part of the job id, so that `AdapterTools.peer` can find it on any machine. */
export interface Peer {
  readonly name: string;
  readonly adapter: Adapter;
}

/** The result of `prepare`. Plain data, enough to start or find the move after a crash. */
export interface PreparedMove {
  /** The project as it is shown to users. */
  readonly project: string;
  readonly dryRun: boolean;
  readonly settled: Options;
  readonly plan?: readonly PlanItem[] | undefined;
  readonly notes: readonly string[];
  readonly consent?: string | undefined;
}

/** Moves projects with the servers' own means, between two instances that the product can connect. */
export interface Mover {
  /** See Importer.dryRuns. */
  readonly dryRuns: 'server' | 'plan';
  /** True, or a sentence that says why a move cannot reach this target. */
  reaches(target: Peer, info: InstanceInfo, signal: AbortSignal): Promise<true | string>;
  /** Resolves names, checks rights and versions on both instances, and makes a plan. Only reads. May be repeated. */
  prepare(request: MoveRequest, target: Peer, signal: AbortSignal): Promise<PreparedMove>;
  /** Starts the move and returns the job id. The caller repeats it only after `find`. */
  start(prepared: PreparedMove, target: Peer, secrets: Secrets, signal: AbortSignal): Promise<string>;
  /** See Exporter.find. */
  find(prepared: PreparedMove, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
  /** Removes what a finished dry run left on the servers. Idempotent. */
  discard?(jobId: string, signal: AbortSignal): Promise<void>;
}

/**
 * Talks to one instance of one product. An absent facet means that the product cannot do this; callers turn that into
 * UNSUPPORTED. All methods may fail with AUTH_REFUSED, REMOTE_UNREACHABLE, REMOTE_UNEXPECTED and CANCELLED. The
 * comments name other codes. No error, log line or return value contains a secret.
 */
export interface Adapter {
  readonly product: string;
  /** The first call of every run: checks URL and credentials. Only reads. Cheap. May be repeated. */
  probe(signal: AbortSignal): Promise<InstanceInfo>;
  /**
   * A sentence that says why the target cannot import packages of this source version, or undefined. (Octopus and eNMS
   * need the same release on both sides.)
   */
  versionObstacle(sourceVersion: string, target: InstanceInfo): string | undefined;
  readonly inventory: Inventory;
  readonly jobs: Jobs;
  readonly exports?: Exporter;
  readonly imports?: Importer;
  readonly moves?: Mover;
  readonly feed?: PackageFeed;
  /** Ends sessions. Called once, also after failures. */
  close?(): Promise<void>;
}

export interface AdapterTools {
  readonly http: (options: HttpOptions) => Http;
  readonly clock: Clock;
  readonly random: Random;
  /** Writes a line for `--debug`. It must not contain a secret. */
  readonly debug: (message: string) => void;
  /** Registers a secret that was received during the run (a session token). After that it is masked in every output. */
  readonly guard: (secret: Secret) => void;
  /**
   * The adapter of another instance of the rc file, by its name. It is not read-only. CONFIG_INVALID for an unknown
   * name.
   */
  readonly peer: (name: string) => Promise<Adapter>;
}

/** An instance of the rc file with its secret references resolved. The adapter defines the keys. */
export interface Connection {
  readonly name: string;
  readonly url: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
}

export interface AdapterModule {
  readonly contract: 1;
  readonly product: string;
  /** The names of the settings that hold secrets. Their references are resolved before `create`. */
  readonly secretSettings: readonly string[];
  /** CONFIG_INVALID when the connection's settings are wrong. Opens no socket. */
  create(connection: Connection, tools: AdapterTools): Adapter;
}
