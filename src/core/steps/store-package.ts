import { createHash } from 'node:crypto';
import { MigratorError } from '../../errors.ts';
import type { ArtifactFile, PackageRef } from '../../ports/artifact.ts';
import type { ByteSink, ByteSource } from '../../ports/bytes.ts';
import type { OnConflict } from '../../ports/feed.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Clock } from '../../ports/runtime.ts';
import { facet, type Keeper } from '../instance.ts';
import { describeRef } from '../package-ref.ts';
import type { Consenting } from './consent.ts';
import { downloadTo } from './download.ts';
import { deliver, type Delivery } from './upload.ts';

/** USAGE when it is an instance of a product, whose feed keeps the server's own files. */
export function requireStore({ name, adapter }: Keeper, hint: string): void {
  if (adapter.feed?.keepsSealed === true) return;
  throw new MigratorError('USAGE', `${name} is an instance of ${adapter.product}, and not a store of packages`, {
    hint,
  });
}

/** SHA-256 in lower-case hex. */
export async function digestOfBytes(bytes: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes.stream(0, bytes.size)) hash.update(chunk);
  return hash.digest('hex');
}

/** Puts a package into a store as it is, byte by byte. `digest`: its SHA-256. CONFLICT as PackageFeed.upload. */
export function bringToStore(
  store: Keeper,
  { bytes, digest, ref }: { readonly bytes: ByteSource; readonly digest: string; readonly ref: PackageRef },
  onConflict: OnConflict,
  ports: Consenting & { readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<Delivery> {
  const file: ArtifactFile = {
    path: `native/${ref.id}.${ref.version}.tar`,
    size: bytes.size,
    mediaType: 'application/x-tar',
    digest: { algorithm: 'sha256', hex: digest },
    open: () => bytes.stream(0, bytes.size),
  };
  return deliver(store, file, { ref, onConflict }, ports, signal);
}

/** Writes a package of a store to a file. NOT_FOUND when the store does not have it. */
export async function takeFromStore(
  store: Keeper,
  ref: PackageRef,
  create: () => Promise<ByteSink>,
  ports: { readonly clock: Clock; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<void> {
  ports.reporter.report({ type: 'phase', name: 'download', subject: `${describeRef(ref)} from ${store.name}` });
  await downloadTo(create, await fileInStore(store, ref, signal), ports, signal);
}

/** NOT_FOUND names the store and how to list its packages. */
export async function fileInStore(store: Keeper, ref: PackageRef, signal: AbortSignal): Promise<ArtifactFile> {
  const feed = facet(store, 'feed');
  if ((await feed.stat(ref, signal)) !== undefined) return feed.download(ref, signal);
  throw new MigratorError('NOT_FOUND', `${store.name} has no package ${describeRef(ref)}`, {
    hint: `see its packages with: migrator package list --from ${store.name}`,
  });
}
