import type { StoredPackage, PackageRef, ArtifactFile } from './artifact.ts';
import type { PushDestination } from './exporter.ts';
import type { Options } from './options.ts';

export type OnConflict = 'fail' | 'overwrite' | 'keep';

export type CertificationStatus = 'uncertified' | 'requested' | 'certified' | 'rejected';

/** Whether a package is certified on its server. */
export interface Certification {
  readonly status: CertificationStatus;
  /** The account that decided last, as the server names it. */
  readonly by?: { readonly id: string; readonly name: string; readonly fullName: string } | undefined;
  /** ISO 8601. */
  readonly at?: string | undefined;
}

/** A change of a package on a server. What it does not name stays as it is. */
export interface PackageEdit {
  readonly name?: string | undefined;
  readonly options: Options;
}

export interface PackageFeed {
  /**
   * True for a store: what lies in it is the sealed package, byte by byte. The feed of a product keeps the server's own
   * file.
   */
  readonly keepsSealed?: boolean;
  /** True when packages have an id and no version. `version` is empty then. */
  readonly unversioned?: boolean;
  /** A sentence for people: what the rows without a version are, which the list shows besides packages. */
  readonly besides?: string;
  /** Reads all pages, newest first when the server sorts so. May be repeated. `filter` names a package. */
  list(filter: string | undefined, signal: AbortSignal): AsyncIterable<StoredPackage>;
  /** One package; undefined when it is absent. Reads only; may be repeated. */
  stat(ref: PackageRef, signal: AbortSignal): Promise<StoredPackage | undefined>;
  /**
   * Fails when this account certainly may not upload. Called before anything is exported for this feed. Reads only; may
   * be repeated. AUTH_REFUSED.
   */
  check?(signal: AbortSignal): Promise<void>;
  /**
   * Fails when a file that the user brings certainly is no package of this feed. `exportedWith`: the options of its export,
   * when its manifest has them. Called before the upload. PACKAGE_MALFORMED.
   */
  inspect?(file: ArtifactFile, exportedWith: Options | undefined, signal: AbortSignal): Promise<void>;
  /**
   * Uploads one file. `fail`: CONFLICT when that id and version exist. After a lost answer the adapter compares what
   * the server holds with the file. REMOTE_UNEXPECTED when the stored digest differs from the sent one. `absent`: `stat`
   * has just shown that the feed does not have it, so nobody needs to look before.
   */
  upload(
    file: ArtifactFile,
    ref: PackageRef,
    onConflict: OnConflict,
    signal: AbortSignal,
    absent?: boolean,
  ): Promise<{ readonly stored: StoredPackage; readonly outcome: 'created' | 'overwritten' | 'kept' }>;
  /**
   * NOT_FOUND when absent. The stream resumes after a broken connection, and fails at its end when the digest differs.
   */
  download(ref: PackageRef, signal: AbortSignal): Promise<ArtifactFile>;
  /**
   * The id and version that this feed reads from a file name, such as `Acme.Move.1.0.0.zip`; undefined when it reads
   * none.
   */
  parseFileName(fileName: string): PackageRef | undefined;
  /** Deletes one package. May be repeated: `absent` when there was none. */
  delete(ref: PackageRef, signal: AbortSignal): Promise<'deleted' | 'absent'>;
  /**
   * Changes the certification of a package and returns the one that the server then shows. May be repeated. With `by`
   * and `at` it copies a decision of another server; `sync` lets the server fetch that decision itself. NOT_FOUND when
   * the package is absent.
   */
  certify?(ref: PackageRef, wanted: Certification | 'sync', signal: AbortSignal): Promise<Certification>;
  /**
   * Lets the server make a package again with another name, content or settings. Returns the job to watch. May be
   * repeated. CONFLICT with the reason when it is too late, NOT_FOUND when the package is absent.
   */
  edit?(
    ref: PackageRef,
    change: PackageEdit,
    signal: AbortSignal,
  ): Promise<{ readonly job: string; readonly notes: readonly string[] }>;
  /** What an exporting peer needs to push into this feed. Absent when peers cannot push. */
  destination?(signal: AbortSignal): Promise<PushDestination>;
}
