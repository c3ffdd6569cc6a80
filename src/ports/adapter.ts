import type { Secret } from '../secret.ts';
import type { Artifact, ArtifactFile, PackageRef, StoredPackage } from './artifact.ts';
import type { Http, HttpOptions } from './http.ts';
import type { Jobs } from './job.ts';
import type { PlanItem } from './plan.ts';
import type { Clock, Random } from './runtime.ts';

/** Plain data only: a request is written to the journal and may be carried to another machine. */
export type OptionValue = string | number | boolean | readonly string[];
export type Options = Readonly<Record<string, OptionValue>>;
export type Secrets = Readonly<Record<string, Secret>>;

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

/** Where an exporting server shall push its package itself. */
export interface PushDestination {
  readonly url: string;
  readonly secret: Secret;
  /** The destination's container for packages, by its server's id. */
  readonly container?: string | undefined;
}

export interface ExportRequest {
  /** Names or ids, as the user typed them. */
  readonly projects: readonly string[];
  readonly packageId?: string | undefined;
  readonly packageVersion?: string | undefined;
  readonly options: Options;
}

/** What `prepare` settled: plain data, enough to start, find or fetch the export after a crash. */
export interface PreparedExport {
  readonly package: PackageRef;
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  /** The adapter's own; plain data. */
  readonly settled: Options;
  /** Things the user should know before it starts. */
  readonly notes: readonly string[];
}

export interface Exporter {
  /** True when `start` can be given a destination to push to. */
  readonly pushes: boolean;
  /** An export may name no project: what it takes is not part of one. */
  readonly projectless?: boolean;
  /** Secrets `start` cannot do without, by option name. */
  readonly requiredSecrets: readonly string[];
  /**
   * Resolves every name and chooses the package's id and unique version; reads only. Reports all missing names in one
   * NOT_FOUND (details.missing). May be repeated, but chooses a new version each time unless one is given.
   */
  prepare(request: ExportRequest, signal: AbortSignal): Promise<PreparedExport>;
  /** Starts the export and returns the job id. Never repeated blindly: see `find`. */
  start(
    prepared: PreparedExport,
    secrets: Secrets,
    destination: PushDestination | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  /**
   * Looks for a job that `start` with this preparation began after the given time, when its answer was lost.
   * Undefined when the server shows that none began; CONFLICT when it cannot be told.
   */
  find(prepared: PreparedExport, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
  /** What the finished export made, to be read from this server. Not called for pushed exports. May be repeated. */
  fetch(jobId: string, prepared: PreparedExport | undefined, signal: AbortSignal): Promise<Artifact>;
  /** Removes what a finished export left on this server, after a rehearsal that needed it. Idempotent. */
  discard?(jobId: string, signal: AbortSignal): Promise<void>;
}

export interface ImportRequest {
  readonly source: PackageRef;
  readonly dryRun: boolean;
  readonly options: Options;
  /** The options of the export that made it, when its manifest tells. */
  readonly exportedWith?: Options | undefined;
  /** What the package holds, verified; absent when it is only known by its id. */
  readonly files?: readonly ArtifactFile[] | undefined;
}

/** An export of the target, taken and sealed before it is changed, because the product itself cannot undo. */
export interface Backup {
  readonly request: ExportRequest;
  /** The import options that bring it back. */
  readonly restoreWith: Options;
}

export interface PreparedImport {
  readonly source: PackageRef;
  readonly dryRun: boolean;
  readonly settled: Options;
  readonly notes: readonly string[];
  /** What it will do to the target, where the adapter can tell; else the caller plans by the projects' names. Not journaled. */
  readonly plan?: readonly PlanItem[] | undefined;
  readonly backup?: Backup | undefined;
  /** A question to put to the user after everything was checked, staged and backed up: the import destroys something. */
  readonly consent?: string | undefined;
}

export interface Importer {
  /** `stored`: the server imports a package kept in its feed, so the file is uploaded first. `files`: `start` is given the files. */
  readonly takes: 'stored' | 'files';
  /** `server`: it can rehearse an import itself. `plan`: a dry run ends with what `prepare` found. */
  readonly dryRuns: 'server' | 'plan';
  /** `prepare` always plans, so that nobody needs to plan by the projects' names. Importers of files always do. */
  readonly plans?: boolean;
  readonly requiredSecrets: readonly string[];
  /** Refuses what this account certainly may not do, before a file is brought to the server. Reads only. */
  check?(signal: AbortSignal): Promise<void>;
  /** Checks and resolves what can be checked without writing. */
  prepare(request: ImportRequest, signal: AbortSignal): Promise<PreparedImport>;
  /** Brings the files to the server and sees them there, without importing anything. May be repeated. */
  stage?(prepared: PreparedImport, files: readonly ArtifactFile[], signal: AbortSignal): Promise<void>;
  /** Starts the import and returns the job id. Never repeated blindly: see `find`. */
  start(
    prepared: PreparedImport,
    secrets: Secrets,
    files: readonly ArtifactFile[],
    signal: AbortSignal,
  ): Promise<string>;
  /** As Exporter.find. */
  find(prepared: PreparedImport, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
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
  /** Starts the move and returns the job id. Never repeated blindly: see `find`. */
  start(prepared: PreparedMove, target: Peer, secrets: Secrets, signal: AbortSignal): Promise<string>;
  /** As Exporter.find. */
  find(prepared: PreparedMove, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
  /** Removes what a finished dry run left on the servers. Idempotent. */
  discard?(jobId: string, signal: AbortSignal): Promise<void>;
}

export type OnConflict = 'fail' | 'overwrite' | 'keep';

export type CertificationStatus = 'uncertified' | 'requested' | 'certified' | 'rejected';

/** Whether somebody vouches for a package. */
export interface Certification {
  readonly status: CertificationStatus;
  /** The account that decided last, as its server names it. */
  readonly by?: { readonly id: string; readonly name: string; readonly fullName: string } | undefined;
  /** ISO 8601. */
  readonly at?: string | undefined;
}

/** What shall be different about a package that lies on a server; what is not named stays. */
export interface PackageEdit {
  readonly name?: string | undefined;
  readonly options: Options;
}

export interface PackageFeed {
  /** Its packages have an id alone, and `version` is empty. */
  readonly unversioned?: boolean;
  /** Reads all pages; newest first where the server sorts so. */
  list(filter: string | undefined, signal: AbortSignal): AsyncIterable<StoredPackage>;
  /** Undefined when absent; may be repeated. */
  stat(ref: PackageRef, signal: AbortSignal): Promise<StoredPackage | undefined>;
  /**
   * Streams one file in. `fail`: CONFLICT when that id and version exist. An answer that was lost is settled by
   * comparing what the server then holds; a stored digest that differs from the sent one is REMOTE_UNEXPECTED.
   */
  upload(
    file: ArtifactFile,
    ref: PackageRef,
    onConflict: OnConflict,
    signal: AbortSignal,
  ): Promise<{ readonly stored: StoredPackage; readonly outcome: 'created' | 'overwritten' | 'kept' }>;
  /** NOT_FOUND when absent. The stream goes on by itself after a broken connection and fails if the digest differs at its end. */
  download(ref: PackageRef, signal: AbortSignal): Promise<ArtifactFile>;
  /** The id and version that a file name means to this feed (`Acme.Move.1.0.0.zip`); undefined when it means none. */
  parseFileName(fileName: string): PackageRef | undefined;
  /** Idempotent. */
  delete(ref: PackageRef, signal: AbortSignal): Promise<'deleted' | 'absent'>;
  /**
   * Changes whether somebody vouches for a package and returns what the server then shows. With `by` and `at` it repeats a
   * decision that was made elsewhere; `sync` lets the server fetch it by its own means. NOT_FOUND when absent.
   */
  certify?(ref: PackageRef, wanted: Certification | 'sync', signal: AbortSignal): Promise<Certification>;
  /**
   * Lets the server make a package anew with another name, content or settings, and returns the job to watch. CONFLICT
   * with the reason where it is too late, NOT_FOUND when absent. May be repeated.
   */
  edit?(
    ref: PackageRef,
    change: PackageEdit,
    signal: AbortSignal,
  ): Promise<{ readonly job: string; readonly notes: readonly string[] }>;
  /** What an exporting peer needs to push into this feed. Absent when peers cannot. */
  destination?(signal: AbortSignal): Promise<PushDestination>;
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
