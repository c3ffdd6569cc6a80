import type { PackageRef, ArtifactFile } from './artifact.ts';
import type { ExportRequest } from './exporter.ts';
import type { Options, Secrets } from './options.ts';
import type { PlanItem } from './plan.ts';

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
  /** Starts the import and returns the job id. As Exporter.start: never repeated blindly, ambiguous when the answer is lost. */
  start(
    prepared: PreparedImport,
    secrets: Secrets,
    files: readonly ArtifactFile[],
    signal: AbortSignal,
  ): Promise<string>;
  /** As Exporter.find. */
  find(prepared: PreparedImport, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
}
