import type { Secret } from '../secret.ts';
import type { ArtifactFile, PackageRef } from './artifact.ts';
import type { Exporter } from './exporter.ts';
import type { PackageFeed } from './feed.ts';
import type { Http, HttpOptions } from './http.ts';
import type { Backup, Importer } from './importer.ts';
import type { Jobs } from './job.ts';
import type { GivenOptions, OptionRequest, Options, OptionSpec, Secrets, SettingSpec, Verb } from './options.ts';
import type { Consent, PlanItem } from './plan.ts';
import type { Clock, Random } from './runtime.ts';
import type { Snapshots, Scope } from './snapshot.ts';

export interface InstanceInfo {
  readonly product: string;
  /** The server's own version text. */
  readonly version: string;
  /** The configured base URL, without credentials. */
  readonly url: string;
  /** Absent when it takes a request of its own: then `Adapter.account` asks for it. */
  readonly account?: string | undefined;
  readonly mode: 'normal' | 'maintenance';
  /**
   * What the account may do, as far as the server tells this without a try. `allowed` is undefined when it does not
   * tell.
   */
  readonly rights: readonly {
    readonly action: string;
    readonly allowed: boolean | undefined;
    readonly detail?: string;
  }[];
  /** Facts that the user should be warned of: an unsupported version, a stopped queue. */
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
  /** The kinds that `list` knows. `project` is always one of them. */
  readonly kinds: readonly string[];
  /** Reads all pages, in any order. May be repeated. USAGE for an unknown kind. */
  list(kind: string, signal: AbortSignal): AsyncIterable<InventoryItem>;
}

export interface MoveRequest {
  /**
   * A name, id or path, as the user typed it. Undefined when no project was named, which only a projectless exporter
   * allows.
   */
  readonly project: string | undefined;
  readonly dryRun: boolean;
  readonly options: Options;
  /** The names of the options that were given as secrets. A move that cannot use one of them refuses it. */
  readonly secrets?: readonly string[];
}

/**
 * The other end of a move. The adapter puts its name into the job id; with the name, `AdapterTools.peer` finds it in
 * any process.
 */
export interface Peer {
  readonly name: string;
  readonly adapter: Adapter;
}

/** What `prepare` decided: plain data that is enough to start or find the move after a crash. */
export interface PreparedMove {
  /** The project, as people are told it. */
  readonly project: string;
  readonly dryRun: boolean;
  readonly settled: Options;
  readonly plan?: readonly PlanItem[] | undefined;
  /** What the move changes on the target. */
  readonly scope?: Scope | undefined;
  readonly notes: readonly string[];
  /** See PreparedExport.omits. */
  readonly omits?: readonly string[] | undefined;
  /** See PreparedImport.backup. It is an export of the target. */
  readonly backup?: Backup | undefined;
  /** See PreparedImport.consent. */
  readonly consent?: string | Consent | undefined;
}

/** Moves a project between two instances by the servers' own means, without a package on this machine. */
export interface Mover {
  /** See Importer.dryRuns. */
  readonly dryRuns: 'server' | 'plan';
  /** True, or a sentence that says why a move cannot reach this target. Reads only; may be repeated. */
  reaches(target: Peer, info: InstanceInfo, signal: AbortSignal): Promise<true | string>;
  /**
   * Resolves names, checks rights and versions on both ends, and plans. Reads only; may be repeated. Fails with the
   * reason when the move cannot start.
   */
  prepare(request: MoveRequest, target: Peer, signal: AbortSignal): Promise<PreparedMove>;
  /**
   * Starts the move and returns the job id. As Exporter.start: it is never repeated blindly, and a lost answer is
   * ambiguous.
   */
  start(prepared: PreparedMove, target: Peer, secrets: Secrets, signal: AbortSignal): Promise<string>;
  /** See Exporter.find. */
  find(prepared: PreparedMove, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
  /** Removes what a finished dry run left on the servers. May be repeated. */
  discard?(jobId: string, signal: AbortSignal): Promise<void>;
  /** The package that a move keeps in the feeds of its ends. Asks no server. */
  packageOf?(jobId: string): PackageRef;
}

/** What an adapter is asked before a way is settled. */
export interface WayRequest {
  readonly verb: Verb;
  /** What this instance is in the run. */
  readonly as: 'source' | 'target';
  readonly options: Options;
  /** The names of the options that were given as secrets. */
  readonly secrets: readonly string[];
  /** Servers push to each other in this run. */
  readonly pushes: boolean;
}

/** What speaks against one way on one instance. */
export interface WayReport {
  readonly via: string;
  /** The name of the way in texts. */
  readonly title: string;
  /** Sentences; none when nothing speaks against it. */
  readonly obstacles: readonly string[];
  /** The flags behind these sentences, one for each: without them the sentence would not be there. */
  readonly flags?: readonly string[] | undefined;
  /** All that speaks against it is a right that the account lacks. */
  readonly lacksRight?: boolean | undefined;
  /** The name of the space, for a way that imports into the space of the source's name. Both ends must have the same. */
  readonly space?: string | undefined;
}

/** The ways of a product that has several for the same verbs. The caller settles one for the whole run. */
export interface Ways {
  /** What the user asks for: by an option, or by a setting of the instance, which an option overrules. */
  asked(options: Options): { readonly via: string; readonly by: 'option' | 'setting' } | undefined;
  /** The way of packages that name none. */
  readonly ofOldPackages: string;
  /** The way of a server's own export file, by its name. Undefined when the name does not tell. */
  ofFile(fileName: string): string | undefined;
  /** The way of a job, by its id alone. */
  ofJob(id: string): string;
  /** All ways, the preferred one first. Reads only; may be repeated. */
  check(request: WayRequest, signal: AbortSignal): Promise<readonly WayReport[]>;
  /** The adapter with the facets of this way. It has no `ways` itself. UNSUPPORTED for a way that this release lacks. */
  of(via: string): Adapter;
}

/** How many migrations at once something bears, and why. */
export interface Parallel {
  /** A whole number from 1. */
  readonly most: number;
  /** What has the limit, in one spelling: a server, a session. Instances that share it share the limit. */
  readonly of: string;
  /** A sentence for people: where the limit comes from. */
  readonly because: string;
}

/**
 * Speaks one product's protocol to one instance. An absent facet is something that the product cannot do; callers fail
 * with UNSUPPORTED then. Every method may fail with AUTH_REFUSED, REMOTE_UNREACHABLE, REMOTE_UNEXPECTED and CANCELLED;
 * other codes are named at the method. No error, log line or result holds a secret.
 */
export interface Adapter {
  readonly product: string;
  /** The first call of every run. Proves URL and credentials with few requests. Reads only; may be repeated. */
  probe(signal: AbortSignal): Promise<InstanceInfo>;
  /**
   * The mode alone, after a job. Without this, the mode is read by another probe. A product without maintenance mode
   * answers `normal` without a request. Reads only; may be repeated.
   */
  mode?(signal: AbortSignal): Promise<InstanceInfo['mode']>;
  /** The name of the account, for an adapter whose probe does not tell it. Reads only; may be repeated. */
  account?(signal: AbortSignal): Promise<string>;
  /**
   * A sentence that says why the target cannot import a package of this source version; undefined when it can. Octopus
   * and eNMS demand the same release.
   */
  versionObstacle(sourceVersion: string, target: InstanceInfo): string | undefined;
  readonly inventory: Inventory;
  readonly jobs: Jobs;
  readonly exports?: Exporter;
  readonly imports?: Importer;
  readonly moves?: Mover;
  readonly feed?: PackageFeed;
  /** Without it, a result says only what the server claims. */
  readonly snapshots?: Snapshots;
  /** Present when the product has several ways. The facets are then those of the first one, until a way is settled. */
  readonly ways?: Ways;
  /**
   * How many migrations at once this instance bears as the source, and as the target, of them. Asks no server. Without it,
   * one at a time.
   */
  parallel?(as: 'source' | 'target'): Parallel;
  /** Ends sessions. Called once, also after a failure. */
  close?(): Promise<void>;
}

export interface AdapterTools {
  readonly http: (options: HttpOptions) => Http;
  readonly clock: Clock;
  readonly random: Random;
  /** Tells people how far long work has come, which would be silent otherwise. The line must not hold a secret. */
  readonly notice: (message: string) => void;
  /** Writes a line for `--debug`. The line must not hold a secret. */
  readonly debug: (message: string) => void;
  /**
   * Registers a secret that came up during the run, such as a session's token. From then on it is masked in everything
   * that is shown.
   */
  readonly guard: (secret: Secret) => void;
  /** Another instance of the same rc file, by its name, with the right to write. CONFIG_INVALID when there is none. */
  readonly peer: (name: string) => Promise<Adapter>;
  /** The instances of the same rc file as they are written there, for a server's record that names the other end. */
  readonly peers: () => readonly { readonly name: string; readonly product: string; readonly url: string }[];
}

/**
 * An instance of the rc file, with its secret references resolved. The adapter chooses the names of settings and
 * secrets.
 */
export interface Connection {
  readonly name: string;
  readonly url: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
}

export interface AdapterModule {
  readonly contract: 1;
  readonly product: string;
  /** The settings of an instance that hold references to secrets. They are resolved before `create`. */
  readonly secretSettings: readonly string[];
  /** The name of the product in texts. Default: `product`. */
  readonly title?: string;
  /**
   * The flags of the product, for an adapter that is not built in. The names must not be those of migrator's own flags.
   * Without them, the options are given with `--set`.
   */
  readonly options?: readonly OptionSpec[];
  /**
   * What an instance can be set to beside `product` and `url`, for an adapter that is not built in. A setting that is none of
   * them is then told together with all that is wrong in the rc file. Without it, `create` refuses one fault after the other.
   */
  readonly settings?: readonly SettingSpec[];
  /** Makes the adapter of one instance. Opens no socket. CONFIG_INVALID when the settings or secrets are wrong. */
  create(connection: Connection, tools: AdapterTools): Adapter;
  /**
   * The server and the container that an instance means, in one spelling. Two instances that differ only in their names,
   * accounts or spelling have the same place. Default: the URL and all settings.
   */
  place?(instance: Pick<Connection, 'url' | 'settings'>): string;
  /**
   * What these files are, in the words of the product, when it made them: `an export of a project`. Undefined when they are
   * not known. The files have paths below `native/`.
   */
  recognises?(files: readonly ArtifactFile[], signal: AbortSignal): Promise<string | undefined>;
  /** Reads the given options before an instance is opened. USAGE when they contradict each other. */
  request?(given: GivenOptions): OptionRequest;
}
