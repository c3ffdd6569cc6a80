import { basename, join } from 'node:path';
import { rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import type { Keeper } from '../../core/instance.ts';
import { formatRef } from '../../core/package-ref.ts';
import { ofPackage } from '../../core/steps/of-package.ts';
import { probe } from '../../core/steps/preflight.ts';
import { fileInStore, requireStore, takeFromStore } from '../../core/steps/store-package.ts';
import { MigratorError } from '../../errors.ts';
import { inspect, looksLikePackage, type Manifest } from '../../package/index.ts';
import type { OpenOptions } from '../flags/opening.ts';
import { type FileSource, openFileSource } from '../../files/file-source.ts';
import { partialName } from '../../files/partial-name.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { createFileSink } from '../../files/whole-file.ts';
import type { ByteStream, PackageRef } from '../../ports/artifact.ts';
import type { ByteSource } from '../../ports/bytes.ts';
import { rangedSource } from '../../stores/ranged-source.ts';
import type { Context } from '../context.ts';
import { tellingClock } from '../runtime.ts';
import { instancesOf } from '../servers/instances.ts';
import { openPackageFile } from './open-file.ts';
import { type FileImport, type NamedSource, parsePackageRef, sourceOf } from './package-argument.ts';
import { removeOpened, stagingDirectory } from './package-folder.ts';

/**
 * The store that `--from` names where a package is read. A default of the rc file and MIGRATOR_FROM mean the source of a
 * migration, so only the flag itself counts.
 */
export async function storeFrom(from: string | undefined, context: Context): Promise<Keeper | undefined> {
  if (from === undefined || context.flagSource('from').origin !== 'command line') return undefined;
  const store = await (await instancesOf(context)).keeper(from, 'read');
  requireStore(store, `download its package first: migrator package download <id>@<version> --from ${from}`);
  await probe(store, await context.reporter(), context.signal);
  return store;
}

/** A package of a store, of which only what is asked for is read. */
export async function peekIntoStore(text: string, store: Keeper, context: Context): Promise<ByteSource> {
  const file = await fileInStore(store, parsePackageRef(text, store), context.signal);
  const range = (start: number, end: number): ByteStream =>
    file.range?.(start, end - start, context.signal) ?? file.open(context.signal);
  return rangedSource(file.size ?? 0, range);
}

/**
 * A package of a store as a file, which is private and gone after the run: it is read more than once, and must not change
 * in between.
 */
export async function fetchFromStore(ref: PackageRef, store: Keeper, context: Context): Promise<FileSource> {
  const reporter = await context.reporter();
  const directory = stagingDirectory(context.io);
  await makePrivateFolder(directory);
  await removeOpened(directory);
  const folder = partialName(join(directory, 'opened'));
  await makePrivateFolder(folder);
  context.onWorkEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const path = join(folder, `${randomBytes(4).toString('hex')}.tar`);
  const create = () => createFileSink(path, { overwrite: false, mode: 0o600 });
  await takeFromStore(store, ref, create, { clock: tellingClock(reporter), reporter }, context.signal);
  const source = await openFileSource(path);
  context.onWorkEnd(() => source.close());
  if (await looksLikePackage(source))
    requireNamed(ref, (await ofPackage(formatRef(ref), inspect(source))).manifest, store);
  return source;
}

/** Whoever can write to a store could put any signed package in the place of another. */
function requireNamed(ref: PackageRef, manifest: Pick<Manifest, 'id' | 'version'>, { name }: Keeper): void {
  if (manifest.id === ref.id && manifest.version === ref.version) return;
  throw new MigratorError(
    'PACKAGE_UNTRUSTED',
    `what ${name} has as ${formatRef(ref)} is a package that calls itself ${formatRef(manifest)}`,
    { hint: 'find out who put it there; upload the right one again with --on-conflict overwrite' },
  );
}

/** A package file, or with `--from` a package of that store. */
export async function packageBytes(text: string, from: string | undefined, context: Context): Promise<FileSource> {
  const store = await storeFrom(from, context);
  if (store === undefined) return openPackageFile(text, context);
  return fetchFromStore(parsePackageRef(text, store), store, context);
}

/** What an import takes from a store. */
export async function sourceFromStore(
  text: string,
  store: Keeper,
  options: OpenOptions,
  target: Keeper,
  context: Context,
  how: { readonly plain: boolean },
): Promise<NamedSource<FileImport>> {
  const ref = parsePackageRef(text, store);
  const { path } = await fileInStore(store, ref, context.signal);
  const bytes = await fetchFromStore(ref, store, context);
  return sourceOf(`${store.name}/${basename(path)}`, bytes, options, target, context, how);
}
