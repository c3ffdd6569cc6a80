import { lstat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Keeper } from '../../core/instance.ts';
import type { ImportSource } from '../../core/operations/import-package.ts';
import { ofPackage } from '../../core/steps/of-package.ts';
import { MigratorError } from '../../errors.ts';
import type { FileSource } from '../../files/file-source.ts';
import { inspect, looksLikePackage } from '../../package/index.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { Json } from '../../ports/journal.ts';
import type { Context } from '../context.ts';
import type { OpenOptions } from '../flags/opening.ts';
import { sealedSource } from './input.ts';
import { openPackageFile } from './open-file.ts';
import { fileOver } from './package-folder.ts';

export interface NamedSource<S = ImportSource> {
  readonly source: S;
  /** Identifies the package in the journal. */
  readonly identity: Json;
}

export type FileImport = Exclude<ImportSource, { readonly kind: 'stored' }>;

/**
 * The package of the instance's feed that the text names. Undefined for anything else, also when a file has this name.
 */
export async function parsePackageArgument(
  text: string,
  instance: Keeper,
  context: Context,
): Promise<PackageRef | undefined> {
  const ref = text === '-' ? undefined : readRef(text, instance);
  return ref === undefined || (await exists(resolve(context.io.cwd, text))) ? undefined : ref;
}

/** USAGE when the text cannot name a package of that instance. */
export function parsePackageRef(text: string, instance: Keeper): PackageRef {
  const ref = readRef(text, instance);
  if (ref !== undefined) return ref;
  const { unversioned, besides } = instance.adapter.feed ?? {};
  const form = unversioned === true ? '<id>' : '<id>@<version>';
  throw new MigratorError('USAGE', `"${text}" is not the name of a package`, {
    hint: `write ${form}; "migrator package list" lists the packages${besides === undefined ? '' : `; ${besides}`}`,
  });
}

function readRef(text: string, { adapter: { feed } }: Keeper): PackageRef | undefined {
  const match = /^([^@\s/\\]+)@([^@\s/\\]+)$/u.exec(text);
  if (match?.[1] !== undefined && match[2] !== undefined) return { id: match[1], version: match[2] };
  return feed?.unversioned === true && /^[^@\s/\\.]+$/u.test(text) ? { id: text, version: '' } : undefined;
}

/**
 * Opens a sealed package, or with `--allow-unsigned` a server's own export file. `plain` is true when another flag says
 * that the file is a server's own.
 */
export async function sourceFromFile(
  path: string,
  options: OpenOptions,
  target: Keeper,
  context: Context,
  { plain = false } = {},
): Promise<NamedSource<FileImport>> {
  return sourceOf(path, await openPackageFile(path, context), options, target, context, { plain });
}

/** The same for a file that is open. `path` is how errors call it; its last part is the name of a server's own file. */
export async function sourceOf(
  path: string,
  bytes: FileSource,
  options: OpenOptions,
  target: Keeper,
  context: Context,
  { plain = false } = {},
): Promise<NamedSource<FileImport>> {
  if (await looksLikePackage(bytes)) {
    const { manifest } = await ofPackage(path, inspect(bytes));
    return {
      source: { kind: 'sealed', sealed: await sealedSource(path, bytes, options, context) },
      identity: manifest as unknown as Json,
    };
  }
  if (options.allowUnsigned !== true && !plain) {
    throw new MigratorError('PACKAGE_UNTRUSTED', `"${path}" is not a migrator package, so nobody has signed it`, {
      hint: "name a package that migrator wrote; if it is a server's own export file, use --allow-unsigned",
    });
  }
  return rawSource(path, bytes, target);
}

function rawSource(path: string, bytes: FileSource, target: Keeper): NamedSource<FileImport> {
  const name = basename(path);
  const { feed } = target.adapter;
  // Without a feed, nothing defines how a file name is read. So the name itself is the id.
  const ref = feed === undefined ? { id: name.replace(/\.[^.]*$/u, ''), version: '' } : feed.parseFileName(name);
  if (ref === undefined) {
    throw new MigratorError('USAGE', `the file name "${name}" does not give a package id and version`, {
      hint: 'rename the file, for example to Acme.Move.1.0.0.zip',
    });
  }
  const file = fileOver(`native/${name}`, bytes.size, (start, end) => bytes.stream(start, end));
  return { source: { kind: 'raw', name, file, ref }, identity: { ...ref, size: bytes.size } };
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
