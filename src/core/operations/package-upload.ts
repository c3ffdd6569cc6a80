import type { ArtifactFile, PackageRef, StoredPackage } from '../../ports/artifact.ts';
import type { OnConflict } from '../../ports/feed.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Instance } from '../instance.ts';
import type { Consenting } from '../steps/consent.ts';
import { requireOwnProduct } from '../steps/packaged-import.ts';
import { probe } from '../steps/preflight.ts';
import { trustPackage, type SealedSource } from '../steps/trust-package.ts';
import { deliver, soleFile, type Delivery } from '../steps/upload.ts';

export type UploadSource =
  | { readonly kind: 'sealed'; readonly sealed: SealedSource }
  | { readonly kind: 'raw'; readonly name: string; readonly file: ArtifactFile; readonly ref: PackageRef };

export interface UploadReport {
  readonly outcome: Delivery['outcome'];
  readonly stored: StoredPackage;
  readonly signer: string | undefined;
  /** The name that the user gave to the key. */
  readonly signerName: string | undefined;
  readonly trustedBy: string | undefined;
  /** The names of the secrets that the package carries, which the feed does not take. */
  readonly carried: readonly string[];
}

/** Verifies a whole package and uploads its content to an instance's feed. */
export async function packageUpload(
  input: { readonly onConflict: OnConflict },
  ports: Consenting & { readonly target: Instance; readonly source: UploadSource; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<UploadReport> {
  const { target, source, reporter } = ports;
  const { feed } = target.adapter;
  if (source.kind === 'raw') {
    await feed?.inspect?.(source.file, undefined, signal);
    await probe(target, reporter, signal);
    return {
      ...(await deliver(target, source.file, { ref: source.ref, ...input }, ports, signal)),
      signer: undefined,
      signerName: undefined,
      trustedBy: undefined,
      carried: [],
    };
  }
  const trusted = await trustPackage(source.sealed, reporter, signal);
  const { manifest, verified, files, carried, exportedWith } = trusted;
  requireOwnProduct(trusted, target, source.sealed.name);
  const file = soleFile(files, source.sealed.name);
  await feed?.inspect?.(file, exportedWith, signal);
  await probe(target, reporter, signal);
  const { id, version } = manifest;
  const names = Object.keys(carried);
  if (names.length > 0) {
    const message = `${source.sealed.name} carries the ${names.join(', ')} of its import, and the feed of ${target.name} does not take it`;
    reporter.report({ type: 'warning', message, hint: 'import the file itself' });
  }
  return {
    ...(await deliver(target, file, { ref: { id, version }, ...input }, ports, signal)),
    signer: verified.signer?.keyId,
    signerName: verified.signer?.name,
    trustedBy: verified.signer?.trustedBy,
    carried: names,
  };
}
