import type { Json } from '../../ports/journal.ts';
import type { Compression, Encryption } from '../format.ts';

/** manifest.json, §3. `rules.ts` and `schema.ts` say what each field may hold. */
export interface Manifest {
  readonly format: string;
  readonly id: string;
  readonly version: string;
  /** ISO 8601 in UTC, to the second. */
  readonly createdAt: string;
  readonly createdBy: string;
  readonly private: boolean;
  readonly source?:
    | {
        readonly product: string;
        readonly version: string;
        readonly instance: string;
        readonly url?: string | undefined;
      }
    | undefined;
  readonly scope?: Json | undefined;
  readonly notes: readonly string[];
  readonly content: {
    readonly member: string;
    readonly compression: Compression;
    readonly encryption: Encryption;
    readonly recipients: readonly string[];
    readonly counts: { readonly files: number; readonly bytes: number };
    readonly files?: readonly ManifestFile[] | undefined;
  };
}

export interface ManifestFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly mediaType?: string | undefined;
}

/** What a private manifest leaves out; `private.json`, the last entry of the payload. §3.3 */
export interface PrivatePart {
  readonly scope: Json;
  readonly url?: string | undefined;
  readonly notes: readonly string[];
  readonly files: readonly ManifestFile[];
}
