import type { PackageRef, ArtifactFile } from './artifact.ts';
import type { ExportRequest } from './exporter.ts';
import type { Options, Secrets } from './options.ts';
import type { PlanItem } from './plan.ts';

export interface ImportRequest {
  readonly source: PackageRef;
  readonly dryRun: boolean;
  readonly options: Options;
  /** The options of the export that made the package, if its manifest has them. */
  readonly exportedWith?: Options | undefined;
  /** The verified files of the package. Absent when only its id is known. */
  readonly files?: readonly ArtifactFile[] | undefined;
}

/** An export of the target that is taken and sealed before the import, because the product itself has no undo. */
export interface Backup {
  readonly request: ExportRequest;
  /** The import options that restore the backup. */
  readonly restoreWith: Options;
}

export interface PreparedImport {
  readonly source: PackageRef;
  readonly dryRun: boolean;
  readonly settled: Options;
  readonly notes: readonly string[];
  /**
   * What the import will do to the target, if the adapter knows it. Else the caller plans by project names. Not
   * journaled.
   */
  readonly plan?: readonly PlanItem[] | undefined;
  readonly backup?: Backup | undefined;
  /** Set when the import destroys something: a question to the user, asked after all checks, staging and the backup. */
  readonly consent?: string | undefined;
}

export interface Importer {
  /**
   * `stored`: the server imports a package from its feed, so the file is uploaded first. `files`: `start` gets the
   * files.
   */
  readonly takes: 'stored' | 'files';
  /** `server`: the server makes the dry run. `plan`: a dry run ends with the plan of `prepare`. */
  readonly dryRuns: 'server' | 'plan';
  /**
   * True when `prepare` always makes a plan, so that the caller need not plan by project names. Importers of files
   * always do.
   */
  readonly plans?: boolean;
  readonly requiredSecrets: readonly string[];
  /** Refuses an import that this account certainly may not do, before a file is sent to the server. Only reads. */
  check?(signal: AbortSignal): Promise<void>;
  /** Checks and resolves everything that can be checked without writing. */
  prepare(request: ImportRequest, signal: AbortSignal): Promise<PreparedImport>;
  /** Sends the files to the server and checks that they are there, without importing anything. May be repeated. */
  stage?(prepared: PreparedImport, files: readonly ArtifactFile[], signal: AbortSignal): Promise<void>;
  /** Starts the import and returns the job id. The caller repeats it only after `find`. */
  start(
    prepared: PreparedImport,
    secrets: Secrets,
    files: readonly ArtifactFile[],
    signal: AbortSignal,
  ): Promise<string>;
  /** See Exporter.find. */
  find(prepared: PreparedImport, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
}
