import type { Secret } from '../secret.ts';
import type { PackageRef, Artifact, ArtifactFile } from './artifact.ts';
import type { Options, Secrets } from './options.ts';

/** Where the exporting server sends its package itself. */
export interface PushDestination {
  readonly url: string;
  readonly secret: Secret;
  /** The id, on the destination's server, of the container that takes the package. Octopus: a space. */
  readonly container?: string | undefined;
}

export interface ExportRequest {
  /** Names or ids, as the user typed them. */
  readonly projects: readonly string[];
  readonly packageId?: string | undefined;
  readonly packageVersion?: string | undefined;
  readonly options: Options;
}

/** What `prepare` decided: plain data that is enough to start, find or fetch the export after a crash. */
export interface PreparedExport {
  /** What the export leaves on its server, and nothing takes away: `the folder …`. */
  readonly leaves?: string | undefined;
  readonly package: PackageRef;
  /** True when the version was just made, so no feed can hold the package. */
  readonly isNew?: boolean | undefined;
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  /** Projects that the product exports besides, because these need them. The target must take them too. */
  readonly added?: readonly { readonly id: string; readonly name: string }[] | undefined;
  /** What the adapter needs itself; plain data. */
  readonly settled: Options;
  /**
   * The options of the request with its names resolved, for `ImportRequest.exportedWith`. Absent when the options of the
   * request tell an import enough.
   */
  readonly exportedWith?: Options | undefined;
  /** What the user should know before the export starts. */
  readonly notes: readonly string[];
  /** What the export leaves out although the user may expect it. It is among the warnings of the result. */
  readonly omits?: readonly string[] | undefined;
}

/** What an adapter found in the files of an export. */
export interface ExportFindings {
  /** The names of the projects in it, when the files tell. */
  readonly projects?: readonly string[] | undefined;
  /** What people should know of it. They are among the warnings of the result. */
  readonly remarks: readonly string[];
}

export interface Exporter {
  /** True when `start` takes a destination. */
  readonly pushes: boolean;
  /** True when an export need not name a project, because what it takes belongs to none. */
  readonly projectless?: boolean;
  /**
   * True when nobody but the product can read its packages. A sealed package then also records what the projects
   * consisted of.
   */
  readonly opaque?: boolean;
  /**
   * The secrets that `start` needs, by option name. Those that the user does not give are made: 43 characters of base64url
   * each, the same ones in every process of a run. The sealed package carries them to the importer, which must need the
   * same names.
   */
  readonly requiredSecrets: readonly string[];
  /**
   * Resolves every name, and chooses the id and a new version of the package. Reads only. May be repeated, and then
   * chooses another version unless one is given. NOT_FOUND names all missing projects at once (`details.missing`). A
   * refusal of what is in the projects has all of it in `details.obstacles`, and the names in `details.projects`.
   */
  prepare(request: ExportRequest, signal: AbortSignal): Promise<PreparedExport>;
  /**
   * Starts the export and returns the job id. It is never repeated blindly: when the answer is lost or cannot be read,
   * it fails with `details.ambiguous` true, and the caller asks `find`.
   */
  start(
    prepared: PreparedExport,
    secrets: Secrets,
    destination: PushDestination | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  /**
   * Looks for the job that `start` began with this preparation after the given time. Called when the answer was lost,
   * and by a later process after a crash. Undefined when the server shows that no job began, or when a second start
   * does no harm; CONFLICT when nobody can tell. Reads only; may be repeated.
   */
  find(prepared: PreparedExport, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
  /**
   * The files that the finished export made, read from this server when their streams are opened. May be repeated. Not
   * called for an export that the server pushed. NOT_FOUND when the server does not hold them.
   */
  fetch(jobId: string, prepared: PreparedExport | undefined, signal: AbortSignal): Promise<Artifact>;
  /**
   * Looks into the fetched files, which can be read in parts (`range`), before they are sealed. PACKAGE_MALFORMED when they
   * are damaged, PACKAGE_LOCKED when the secrets are of another password. Without it they are sealed as they come.
   */
  inspect?(
    files: readonly ArtifactFile[],
    prepared: PreparedExport | undefined,
    secrets: Secrets,
    signal: AbortSignal,
  ): Promise<ExportFindings>;
  /**
   * What the finished export left on this server, in words. The user is then asked before `discard` removes it. Reads only;
   * may be repeated. NOT_FOUND when it is gone.
   */
  leftBy?(jobId: string, signal: AbortSignal): Promise<string>;
  /** USAGE when options name something else than this job was asked for, as far as its id tells. Asks no server. */
  requireSame?(jobId: string, options: Options): void;
  /**
   * Removes what a finished export left on this server. Called after a relay, and after a dry run that needed the export.
   * May be repeated.
   */
  discard?(jobId: string, signal: AbortSignal): Promise<void>;
}
