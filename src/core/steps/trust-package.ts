import {
  open,
  verify,
  type Manifest,
  type DecryptionKeys,
  type OpenLimits,
  type PrivatePart,
  type TrustPolicy,
  type VerifiedPackage,
  type VouchedPackage,
} from '../../package/index.ts';
import type { ArtifactFile, ByteStream } from '../../ports/artifact.ts';
import type { ByteSource } from '../../ports/bytes.ts';
import type { Json } from '../../ports/journal.ts';
import type { Options, Secrets } from '../../ports/options.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Secret } from '../../secret.ts';
import { exportOptionsOf, viaOf } from '../package-scope.ts';
import { ofPackage } from './of-package.ts';
import { count } from './upload.ts';

/** A package file, and what is needed to verify and open it. */
export interface SealedSource {
  /** The file name to show to the user. */
  readonly name: string;
  readonly bytes: ByteSource;
  readonly trust: TrustPolicy;
  /**
   * Called only when the content is opened, with the recipients that the manifest names: an identity that is none of
   * theirs need not be unlocked.
   */
  readonly keys: (recipients: readonly string[]) => Promise<DecryptionKeys>;
  readonly limits: OpenLimits;
  /** Called with each secret that the package carries, so that no output shows it. */
  readonly mask: (secret: Secret) => void;
  /** Makes an empty folder for the files of the package. It is gone after the run. */
  readonly folder: () => Promise<PackageFolder>;
}

/** A folder to write files to. The files are not visible before `commit`. */
export interface FolderSink {
  write(path: string, content: ByteStream | Uint8Array): Promise<void>;
  /** Returns the written paths. */
  commit(): Promise<readonly string[]>;
  /** Removes the written files. Does nothing after `commit`. */
  discard(): Promise<void>;
}

/** A folder that only this user may enter, for the files of a package while a run uses them. */
export interface PackageFolder extends FolderSink {
  /** A file of the folder, after `commit`. It has `range`. */
  file(path: string, size: number): ArtifactFile;
}

export interface TrustedPackage {
  readonly manifest: Manifest;
  readonly verified: VerifiedPackage;
  /** The payload, as it lies in the folder of the source. */
  readonly files: readonly ArtifactFile[];
  readonly exportedWith: Options;
  /** What the package carries for its import. */
  readonly carried: Secrets;
  /** What the export told of itself, such as what it left out. */
  readonly notes: readonly string[];
  /** The way of the export, for products that have several. Packages of earlier releases name none. */
  readonly via: string | undefined;
}

/**
 * Verifies a whole package before anything in it is used, and then opens it once, into the folder of the source. Both
 * come before the first call to a server. PACKAGE_LOCKED when no key opens it, LOCAL_IO when the folder cannot take it.
 */
export function trustPackage(source: SealedSource, reporter: Reporter, signal: AbortSignal): Promise<TrustedPackage> {
  return ofPackage(source.name, trusted(source, reporter, signal));
}

async function trusted(source: SealedSource, reporter: Reporter, signal: AbortSignal): Promise<TrustedPackage> {
  reporter.report({ type: 'phase', name: 'verify', subject: source.name });
  const verified = await verify(source.bytes, source.trust, signal, (done, total) =>
    reporter.report({ type: 'bytes', subject: source.name, done, total }),
  );
  warnOfSigner(source.name, verified, reporter);
  const { manifest } = verified;
  let scope: Json = manifest.scope ?? null;
  let { notes } = manifest;
  let url = manifest.source?.url;
  let carried: Secrets = {};
  // A private manifest has the scope, the server and the notes in the content.
  const onPrivatePart = (part: PrivatePart) => {
    ({ scope, notes } = part);
    url = part.url ?? url;
  };
  reporter.report({ type: 'phase', name: 'open', subject: source.name });
  const folder = await source.folder();
  const opened = await unpack(source, verified, folder, reporter, signal, {
    onPrivatePart,
    onSecrets: (secrets) => (carried = secrets),
  });
  const name = manifest.source?.instance;
  const origin = name === undefined || url === undefined ? undefined : { name, url };
  const files = opened.map(({ path, size }) => ({ ...folder.file(path, size), origin }));
  return { manifest, verified, files, exportedWith: exportOptionsOf(scope), carried, notes, via: viaOf(scope) };
}

/** Warns of a package that only `--allow-unsigned` lets through. */
export function warnOfSigner(name: string, { signer }: Pick<VouchedPackage, 'signer'>, reporter: Reporter): void {
  if (signer === undefined) {
    reporter.report({ type: 'warning', message: `${name} is not signed: nothing proves who made it` });
  } else if (!signer.trusted) {
    reporter.report({ type: 'warning', message: `${name} is signed by ${signer.keyId}, which you do not trust` });
  }
}

/**
 * Opens a package into a folder, in one pass that compares every size and digest. After a failure nothing is left in
 * it. `name` gives a file another path there. Returns paths and sizes as the package has them.
 */
export async function unpack(
  { bytes, keys, limits, mask }: SealedSource,
  vouched: VouchedPackage,
  folder: FolderSink,
  reporter: Reporter,
  signal: AbortSignal,
  {
    onPrivatePart,
    onSecrets,
    name = (path) => path,
  }: {
    readonly onPrivatePart?: (part: PrivatePart) => void;
    readonly onSecrets?: (secrets: Secrets) => void;
    readonly name?: (path: string) => string;
  } = {},
): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const files: { path: string; size: number }[] = [];
  const reading = {
    reuseMemory: true,
    ...(onPrivatePart && { onPrivatePart }),
    onSecrets: (secrets: Secrets) => {
      for (const secret of Object.values(secrets)) mask(secret);
      onSecrets?.(secrets);
    },
  };
  try {
    const found = await keys(vouched.manifest.content.recipients);
    for await (const { path, size, content, bytes: whole } of open(bytes, vouched, found, limits, signal, reading)) {
      if (whole !== undefined) reporter.report({ type: 'bytes', subject: path, done: size, total: size });
      await folder.write(name(path), whole ?? count(content, size, path, reporter));
      files.push({ path, size });
    }
    await folder.commit();
  } catch (error) {
    await folder.discard();
    throw error;
  }
  return files;
}
