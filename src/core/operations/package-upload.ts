import type { ArtifactFile, PackageRef, StoredPackage } from '../../ports/artifact.ts';
import type { OnConflict } from '../../ports/feed.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { MigratorError } from '../../errors.ts';
import { verify } from '../../package/index.ts';
import type { Keeper } from '../instance.ts';
import type { Consenting } from '../steps/consent.ts';
import { requireOwnProduct } from '../steps/packaged-import.ts';
import { probe } from '../steps/preflight.ts';
import { ofPackage } from '../steps/of-package.ts';
import { bringToStore, digestOfBytes } from '../steps/store-package.ts';
import { trustPackage, type SealedSource, warnOfSigner } from '../steps/trust-package.ts';
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

interface UploadInput {
  readonly onConflict: OnConflict;
  /** A store also takes what everybody can read. */
  readonly allowPlain?: boolean;
}

type UploadPorts = Consenting & {
  readonly target: Keeper;
  readonly source: UploadSource;
  readonly reporter: Reporter;
};

/** Verifies a whole package, and uploads its content to an instance's feed, or the package itself to a store. */
export async function packageUpload(
  input: UploadInput,
  ports: UploadPorts,
  signal: AbortSignal,
): Promise<UploadReport> {
  const { target, source, reporter } = ports;
  const { feed } = target.adapter;
  if (feed?.keepsSealed === true) return storePackage(input, ports, signal);
  if (input.allowPlain === true) {
    throw new MigratorError('USAGE', `--allow-plain is for stores, and ${target.name} is an instance`, {
      hint: "leave it out; a server's own export file needs --allow-unsigned",
    });
  }
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

/** A store keeps the whole package, so it is verified and not opened. */
async function storePackage(input: UploadInput, ports: UploadPorts, signal: AbortSignal): Promise<UploadReport> {
  const { target, source, reporter } = ports;
  const { onConflict } = input;
  const nobody = { signer: undefined, signerName: undefined, trustedBy: undefined, carried: [] };
  if (source.kind === 'raw') {
    const seal = 'seal it first: migrator package seal <file> --server-export';
    if (input.allowPlain !== true) throw plain(`${source.name} is not a sealed package`, target, seal);
    await probe(target, reporter, signal);
    return { ...(await deliver(target, source.file, { ref: source.ref, onConflict }, ports, signal)), ...nobody };
  }
  const { name, bytes, trust } = source.sealed;
  reporter.report({ type: 'phase', name: 'verify', subject: name });
  const onProgress = (done: number, total: number): void =>
    reporter.report({ type: 'bytes', subject: name, done, total });
  const { manifest, signer } = await ofPackage(name, verify(bytes, trust, signal, onProgress));
  warnOfSigner(name, { signer }, reporter);
  if (manifest.content.encryption === 'none' && input.allowPlain !== true)
    throw plain(`${name} is not encrypted`, target, 'seal it for its recipients');
  await probe(target, reporter, signal);
  await target.adapter.feed?.check?.(signal);
  const { id, version } = manifest;
  const digest = await digestOfBytes(bytes);
  return {
    ...(await bringToStore(target, { bytes, digest, ref: { id, version } }, onConflict, ports, signal)),
    ...nobody,
    signer: signer?.keyId,
    signerName: signer?.name,
    trustedBy: signer?.trustedBy,
  };
}

function plain(what: string, { name }: Keeper, hint: string): MigratorError {
  return new MigratorError('USAGE', `${what}, so everybody who can read ${name} could read it`, {
    hint: `${hint}; or allow it with --allow-plain`,
  });
}
