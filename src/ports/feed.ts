import type { StoredPackage, PackageRef, ArtifactFile } from './artifact.ts';
import type { PushDestination } from './exporter.ts';
import type { Options } from './options.ts';

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
