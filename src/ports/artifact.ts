/** A chunked stream of bytes. */
export type ByteStream = AsyncIterable<Uint8Array>;

export interface Digest {
  readonly algorithm: 'sha1' | 'sha256';
  /** Lower-case hex. */
  readonly hex: string;
}

/** One file that a server exported, or that a server shall import. */
export interface ArtifactFile {
  /**
   * The path in the payload of a package: `native/<file>` for a server's own file, `objects/<kind>.ndjson`,
   * `files/<path>`.
   */
  readonly path: string;
  /** Bytes. Undefined when the server does not give the size before the download. */
  readonly size: number | undefined;
  readonly mediaType: string;
  /** The digest that the server gives. The reader of the stream compares it. */
  readonly digest?: Digest | undefined;
  /** Starts the stream at the first byte. May be called again after a failure. */
  open(signal: AbortSignal): ByteStream;
}

export interface PackageRef {
  readonly id: string;
  readonly version: string;
}

export interface Artifact {
  readonly package: PackageRef;
  readonly files: readonly ArtifactFile[];
  /** Remarks of the server. They are kept in the manifest of the package. */
  readonly notes: readonly string[];
}

/** A package on an instance. */
export interface StoredPackage extends PackageRef {
  readonly fileName: string;
  readonly size: number | undefined;
  readonly digest?: Digest | undefined;
  /** ISO 8601. */
  readonly publishedAt?: string | undefined;
}
