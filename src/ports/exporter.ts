import type { Secret } from '../secret.ts';
import type { PackageRef, Artifact } from './artifact.ts';
import type { Options, Secrets } from './options.ts';

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
  /**
   * Starts the export and returns the job id. Never repeated blindly. When the answer is lost or cannot be read, it fails
   * with `details.ambiguous` true, and the caller asks `find`.
   */
  start(
    prepared: PreparedExport,
    secrets: Secrets,
    destination: PushDestination | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  /**
   * Looks for the job that `start` with this preparation began after the given time, when its answer was lost or the process
   * died. Undefined when the server shows that none began, or when beginning again does no harm; CONFLICT when it cannot be
   * told. Reads only; may be repeated.
   */
  find(prepared: PreparedExport, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
  /** What the finished export made, to be read from this server. Not called for pushed exports. May be repeated. */
  fetch(jobId: string, prepared: PreparedExport | undefined, signal: AbortSignal): Promise<Artifact>;
  /** Removes what a finished export left on this server, after a rehearsal that needed it. Idempotent. */
  discard?(jobId: string, signal: AbortSignal): Promise<void>;
}
