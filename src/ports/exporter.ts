import type { Secret } from '../secret.ts';
import type { PackageRef, Artifact } from './artifact.ts';
import type { Options, Secrets } from './options.ts';

/** The place to which an exporting server shall push its package. */
export interface PushDestination {
  readonly url: string;
  readonly secret: Secret;
  /** The id of the destination's container for packages, as its server knows it. */
  readonly container?: string | undefined;
}

export interface ExportRequest {
  /** Names or ids, as the user typed them. */
  readonly projects: readonly string[];
  readonly packageId?: string | undefined;
  readonly packageVersion?: string | undefined;
  readonly options: Options;
}

/** The result of `prepare`. Plain data, enough to start, find or fetch the export after a crash. */
export interface PreparedExport {
  readonly package: PackageRef;
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  /** Plain data that only the adapter reads. */
  readonly settled: Options;
  /** Notices for the user before the export starts. */
  readonly notes: readonly string[];
}

export interface Exporter {
  /** True when `start` can take a destination to push to. */
  readonly pushes: boolean;
  /** True when an export needs no project, because what it exports belongs to none. */
  readonly projectless?: boolean;
  /** The names of the options with secrets that `start` needs. */
  readonly requiredSecrets: readonly string[];
  /**
   * Resolves all names and chooses the id and a unique version of the package. Only reads. Reports all missing names in
   * one NOT_FOUND (details.missing). May be repeated, but chooses a new version each time unless the request has one.
   */
  prepare(request: ExportRequest, signal: AbortSignal): Promise<PreparedExport>;
  /** Starts the export and returns the job id. The caller repeats it only after `find`. */
  start(
    prepared: PreparedExport,
    secrets: Secrets,
    destination: PushDestination | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  /**
   * Called when the answer of `start` was lost. Looks for a job that `start` created from this preparation after the
   * given time. Undefined when the server shows that there is no such job. CONFLICT when this is not certain.
   */
  find(prepared: PreparedExport, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
  /** The files of the finished export, to be read from this server. Not called for pushed exports. May be repeated. */
  fetch(jobId: string, prepared: PreparedExport | undefined, signal: AbortSignal): Promise<Artifact>;
  /** Removes what a finished export left on this server. Called after a dry run that needed the export. Idempotent. */
  discard?(jobId: string, signal: AbortSignal): Promise<void>;
}
