import type { PackageRef, ArtifactFile, StoredPackage } from './artifact.ts';
import type { ExportRequest } from './exporter.ts';
import type { LogLine } from './job.ts';
import type { Options, Secrets } from './options.ts';
import type { Consent, PlanItem } from './plan.ts';
import type { Scope, SnapshotItem } from './snapshot.ts';

export interface ImportRequest {
  readonly source: PackageRef;
  /** The names of the projects in the package, as far as its manifest or its export tells. */
  readonly projects?: readonly string[] | undefined;
  readonly dryRun: boolean;
  readonly options: Options;
  /** The options of the export that made the package, when its manifest has them. */
  readonly exportedWith?: Options | undefined;
  /** What the export told of itself, such as what it left out, when the package has it. */
  readonly notes?: readonly string[] | undefined;
  /** The verified files of the package. Absent when the package is known by its id alone. */
  readonly files?: readonly ArtifactFile[] | undefined;
  /** What the user gave, so that `prepare` can tell whether it opens the files. */
  readonly secrets?: Secrets | undefined;
  /** The user takes the risk of other releases than the product allows. */
  readonly ignoreVersion?: boolean | undefined;
  /** Set for the import of a backup. */
  readonly restores?: Restoring | undefined;
  /** The job that made the files, when this run started it: its id, the URL of its server, and what its adapter settled. */
  readonly exportedBy?: ExportOrigin | undefined;
  /** What this run settled before (`PreparedImport.settled`), when it ended before the import began. */
  readonly earlier?: Options | undefined;
  /** What the feed has just shown of the package, so that nobody needs to look again. */
  readonly seen?: StoredPackage | undefined;
}

/** The import of a backup brings a target back to what it was. */
export interface Restoring {
  /**
   * What the undone job wrote, as it was before. Nothing else is brought back where the product allows it. Undefined when
   * nobody looked at the target before the job.
   */
  readonly only: readonly SnapshotItem[] | undefined;
}

export interface ExportOrigin {
  readonly job: string;
  readonly url: string;
  /** See PreparedExport.settled. */
  readonly settled: Options;
}

/**
 * An export of the target that is sealed on this machine before the import changes the target, for products that cannot
 * undo.
 */
export interface Backup {
  readonly request: ExportRequest;
  /** The options with which an import of the backup restores the target. */
  readonly restoreWith: Options;
}

export interface PreparedImport {
  /** What the import leaves on its server, and nothing takes away: `the folder …`. */
  readonly leaves?: string | undefined;
  readonly source: PackageRef;
  readonly dryRun: boolean;
  readonly settled: Options;
  /** True when the import certainly leaves the package in the feed. */
  readonly keepsPackage?: boolean | undefined;
  readonly notes: readonly string[];
  /** See PreparedExport.omits. */
  readonly omits?: readonly string[] | undefined;
  /**
   * What the import will do to the target, when the adapter can tell. Without it the caller plans by the names of the
   * projects. Not journaled.
   */
  readonly plan?: readonly PlanItem[] | undefined;
  /** What else the import does to the target, when nobody can tell it before by name: `overwrites what projects share there, such as …`. */
  readonly unplanned?: string | undefined;
  /** What the import changes on the target. */
  readonly scope?: Scope | undefined;
  readonly backup?: Backup | undefined;
  /**
   * For an import that overwrites nothing: the kinds of things that an undo deletes when the import made them. What else it
   * made stays.
   */
  readonly undoes?: readonly string[] | undefined;
  /**
   * A question for the user, when the import destroys something that the plan does not show. The caller asks for what the
   * plan overwrites and deletes by itself. It is asked after everything is checked, staged and backed up. A text always
   * needs an answer.
   */
  readonly consent?: string | Consent | undefined;
}

export interface Importer {
  /**
   * `stored`: the server imports a package of its feed, so the package is uploaded first. `files`: `start` gets the
   * files.
   */
  readonly takes: 'stored' | 'files';
  /** `server`: the server can do a dry run of an import. `plan`: a dry run ends with the plan of `prepare`. */
  readonly dryRuns: 'server' | 'plan';
  /** True when it brings back single things of a backup (`Restoring.only`). Others import a backup whole. */
  readonly restoresSome?: boolean;
  /** True when `prepare` always gives a plan. Importers that take files always do. */
  readonly plans?: boolean;
  /**
   * The secrets that `start` needs, by option name. A package may carry them; one that carries others is refused.
   */
  readonly requiredSecrets: readonly string[];
  /**
   * Fails when this account certainly may not import (AUTH_REFUSED), or when the request certainly cannot be met
   * (NOT_FOUND, USAGE). Called before a file is brought to the server. Reads only; may be repeated.
   */
  check?(signal: AbortSignal, request: ImportRequest): Promise<void>;
  /**
   * Checks and resolves everything that needs no write, and plans. Reads only; may be repeated. Fails with the reason
   * when the import cannot start. `secrets`: they are checked like the options, and none of them is kept.
   */
  prepare(request: ImportRequest, signal: AbortSignal, secrets?: Secrets): Promise<PreparedImport>;
  /** Brings the files to the server and reads them back. Imports nothing. May be repeated. */
  stage?(
    prepared: PreparedImport,
    files: readonly ArtifactFile[],
    signal: AbortSignal,
    secrets?: Secrets,
  ): Promise<void>;
  /**
   * Brings the files to the server and lets it tell what it finds in them. Imports nothing. What it brings stays there
   * (`PreparedImport.leaves`), so the caller asks the user first. May be repeated.
   */
  preview?(
    prepared: PreparedImport,
    files: readonly ArtifactFile[],
    secrets: Secrets,
    signal: AbortSignal,
  ): Promise<readonly LogLine[]>;
  /**
   * What is on this server of the files that this run brought there, in words: of `leaves`, what is really there. Reads
   * only; may be repeated. Without it, `leaves` is taken at its word when the import was started.
   */
  leftBy?(prepared: PreparedImport, signal: AbortSignal): Promise<string | undefined>;
  /**
   * Starts the import and returns the job id. As Exporter.start: it is never repeated blindly, and a lost answer is
   * ambiguous. `options` are those of the request: a process that takes `prepared` from the journal has no other way to
   * the content of option files. An adapter whose `prepared` holds all it needs does not declare the parameter.
   */
  start(
    prepared: PreparedImport,
    secrets: Secrets,
    files: readonly ArtifactFile[],
    signal: AbortSignal,
    options?: Options,
  ): Promise<string>;
  /** See Exporter.find. */
  find(prepared: PreparedImport, startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
}
