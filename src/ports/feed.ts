import type { StoredPackage, PackageRef, ArtifactFile } from './artifact.ts';
import type { PushDestination } from './exporter.ts';
import type { Options } from './options.ts';

export type OnConflict = 'fail' | 'overwrite' | 'keep';

export type CertificationStatus = 'uncertified' | 'requested' | 'certified' | 'rejected';

/** Whether a package is certified on its server. */
export interface Certification {
  readonly status: CertificationStatus;
  /** The account that made the last decision, as its server names it. */
  readonly by?: { readonly id: string; readonly name: string; readonly fullName: string } | undefined;
  /** ISO 8601. */
  readonly at?: string | undefined;
}

/** The changes to a package on a server. Everything that is not named here stays as it is. */
export interface PackageEdit {
  readonly name?: string | undefined;
  readonly options: Options;
}

export interface PackageFeed {
  /** True when packages have no version. Then `version` is an empty string. */
  readonly unversioned?: boolean;
  /** Reads all pages, in the order of the server. */
  list(filter: string | undefined, signal: AbortSignal): AsyncIterable<StoredPackage>;
  /** Undefined when absent. May be repeated. */
  stat(ref: PackageRef, signal: AbortSignal): Promise<StoredPackage | undefined>;
  /**
   * Uploads one file. `fail`: CONFLICT when this id and version exist. After a lost answer, the adapter compares the
   * file with the one that the server has. REMOTE_UNEXPECTED when the stored digest differs from the digest of the sent
   * file.
   */
  upload(
    file: ArtifactFile,
    ref: PackageRef,
    onConflict: OnConflict,
    signal: AbortSignal,
  ): Promise<{ readonly stored: StoredPackage; readonly outcome: 'created' | 'overwritten' | 'kept' }>;
  /** NOT_FOUND when absent. The stream resumes after a broken connection. It fails at its end if the digest differs. */
  download(ref: PackageRef, signal: AbortSignal): Promise<ArtifactFile>;
  /** The id and version in a file name of this feed (`Acme.Move.1.0.0.zip`). Undefined when the name has none. */
  parseFileName(fileName: string): PackageRef | undefined;
  /** Idempotent. */
  delete(ref: PackageRef, signal: AbortSignal): Promise<'deleted' | 'absent'>;
  /**
   * Sets the certification of a package and returns what the server then shows. `by` and `at` repeat a decision that
   * was made on another server. `sync`: the server fetches the decision by itself. NOT_FOUND when absent.
   */
  certify?(ref: PackageRef, wanted: Certification | 'sync', signal: AbortSignal): Promise<Certification>;
  /**
   * Lets the server build a package again with another name, content or settings, and returns the job to watch.
   * CONFLICT with the reason when it is too late, NOT_FOUND when absent. May be repeated.
   */
  edit?(
    ref: PackageRef,
    change: PackageEdit,
    signal: AbortSignal,
  ): Promise<{ readonly job: string; readonly notes: readonly string[] }>;
  /** What an exporting server needs to push to this feed. Absent when the product has no push. */
  destination?(signal: AbortSignal): Promise<PushDestination>;
}
