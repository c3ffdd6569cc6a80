/** A chunked stream of bytes. */
export type ByteStream = AsyncIterable<Uint8Array>;

export interface Digest {
  readonly algorithm: 'sha1' | 'sha256';
  /** Lower-case hex. */
  readonly hex: string;
}

/** One file that a server exported, or is to import. */
export interface ArtifactFile {
  /**
   * Its path in a package's payload: `native/<file>` for what a server made, `objects/<kind>.ndjson`, or
   * `files/<path>`.
   */
  readonly path: string;
  /** Bytes; undefined when the server does not say before it sends them. */
  readonly size: number | undefined;
  readonly mediaType: string;
  /** The digest that the server states. The reader of the stream compares it. */
  readonly digest?: Digest | undefined;
  /** The instance that exported it, when its package tells. */
  readonly origin?: { readonly name: string; readonly url: string } | undefined;
  /** Starts the stream at the first byte. May be called again after a failure. */
  open(signal: AbortSignal): ByteStream;
  /** `length` bytes from `start`. Absent where the bytes come only as one stream, as from a server. */
  range?(start: number, length: number, signal: AbortSignal): ByteStream;
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
  /** What the export left on its server, for a process that did not prepare it: see PreparedExport.leaves. */
  readonly leaves?: string | undefined;
}

/**
 * What a sealed package says of itself, as it can be read without reading all of it. Nothing of it is verified: a
 * signature is checked by whoever opens or verifies the package.
 */
export interface PackageLabel {
  /** The key id in its signature. Absent when it has none. */
  readonly signer?: string | undefined;
  readonly encrypted: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly source?: { readonly product: string; readonly version: string; readonly instance: string } | undefined;
}

/** A package on an instance or in a store. */
export interface StoredPackage extends PackageRef {
  readonly fileName: string;
  readonly size: number | undefined;
  readonly digest?: Digest | undefined;
  /** ISO 8601. */
  readonly publishedAt?: string | undefined;
  /** Of a sealed package in a store. */
  readonly label?: PackageLabel | undefined;
  /** Why what lies in a store is no whole package: it is cut short, or it is no package at all. */
  readonly fault?: string | undefined;
}
