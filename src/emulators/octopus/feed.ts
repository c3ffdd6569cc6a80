import { flagIn } from '../shared/query.ts';
import { createHash } from 'node:crypto';
import { createReadStream, renameSync, rmSync } from 'node:fs';
import { mkdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from '../shared/store.ts';
import { wireDate, type Instance } from './instance.ts';
import { spacePath } from './links.ts';
import { parseIdentity, type PackageName } from './package-name.ts';
import { invalid } from './refusal.ts';
import type { Visit } from './visit.ts';

export const builtInFeed = 'feeds-builtin';

/** A package in the built-in feed of one space. */
export interface FeedPackage {
  readonly id: string;
  readonly version: string;
  readonly extension: string;
  readonly space: string;
  readonly size: number;
  /** SHA-1, lower-case hex. */
  readonly hash: string;
  readonly published: string;
}

const kind = 'Packages';
const key = (space: string, id: string, version: string) => `${space}/${id}.${version}`;
const read = ({ body }: Entry): FeedPackage => body as unknown as FeedPackage;

export const fileNameOf = (one: FeedPackage): string => `${one.id}.${one.version}${one.extension}`;

export const fileOf = (instance: Instance, one: FeedPackage): string =>
  join(instance.directory, 'packages', one.space, fileNameOf(one));

/** An unused path in the work folder. The caller moves or removes the file. */
export async function workFile(instance: Instance, name: string): Promise<string> {
  const folder = join(instance.directory, 'work');
  await mkdir(folder, { recursive: true });
  return join(folder, `${instance.store.next('work')}-${name}`);
}

export function findPackage(instance: Instance, space: string, id: string, version: string): FeedPackage | undefined {
  const entry = instance.store.get(kind, key(space, id, version));
  return entry === undefined ? undefined : read(entry);
}

/** By `packages-<id>.<version>` or plain `<id>.<version>`. */
export function findPackageById(instance: Instance, space: string, text: string): FeedPackage | undefined {
  const name = parseIdentity(text.replace(/^packages-/i, ''));
  return name === undefined ? undefined : findPackage(instance, space, name.id, name.version);
}

export const allPackages = (instance: Instance, space: string): readonly FeedPackage[] =>
  instance.store.all(kind, space).map(read);

async function sha1(file: string): Promise<string> {
  const hash = createHash('sha1');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/**
 * Moves a complete file into the feed. Undefined when that id and version exist and may not be overwritten, also when
 * two uploads race. The fault truncated-package stores only half of the file; package-vanishes removes it at once.
 */
export async function storePackage(
  instance: Instance,
  space: string,
  name: PackageName,
  file: string,
  overwrite: boolean,
): Promise<FeedPackage | undefined> {
  if (instance.faults.take('truncated-package') !== undefined) {
    await truncate(file, Math.floor((await stat(file)).size / 2));
  }
  const one: FeedPackage = {
    id: name.id,
    version: name.version,
    extension: name.extension,
    space,
    size: (await stat(file)).size,
    hash: await sha1(file),
    published: wireDate(new Date()),
  };
  await mkdir(join(instance.directory, 'packages', space), { recursive: true });
  // Nothing is awaited between this look and the record, so the second of two racing uploads sees the first.
  const before = findPackage(instance, space, name.id, name.version);
  if (before !== undefined && !overwrite) return undefined;
  if (before !== undefined && fileNameOf(before) !== fileNameOf(one)) rmSync(fileOf(instance, before), { force: true });
  renameSync(file, fileOf(instance, one));
  instance.store.atomically(() => {
    instance.store.remove(kind, key(space, one.id, one.version));
    instance.store.put({ kind, id: key(space, one.id, one.version), container: space, name: one.id, body: { ...one } });
  });
  if (instance.faults.take('package-vanishes') !== undefined) await removePackage(instance, one);
  return one;
}

/** Removes a package from the index. The caller removes its file. */
export const forgetPackage = (instance: Instance, one: FeedPackage): boolean =>
  instance.store.remove(kind, key(one.space, one.id, one.version));

export async function removePackage(instance: Instance, one: FeedPackage): Promise<void> {
  forgetPackage(instance, one);
  await rm(fileOf(instance, one), { force: true });
}

export function packageResource(one: FeedPackage): Record<string, unknown> {
  const id = `packages-${one.id}.${one.version}`;
  const self = `${spacePath(one.space)}/packages/${encodeURIComponent(id)}`;
  return {
    Id: id,
    SpaceId: one.space,
    PackageId: one.id,
    NuGetPackageId: one.id,
    FeedId: builtInFeed,
    NuGetFeedId: builtInFeed,
    Title: `${one.id}.${one.version}`,
    Summary: null,
    Version: one.version,
    Description: null,
    Published: one.published,
    ReleaseNotes: null,
    FileExtension: one.extension,
    PackageSizeBytes: one.size,
    Hash: one.hash,
    PackageVersionBuildInformation: null,
    Links: { Self: self, Raw: `${self}/raw`, Feed: `${spacePath(one.space)}/feeds/${builtInFeed}` },
  };
}

const modes = ['FailIfExists', 'OverwriteExisting', 'IgnoreIfExists'] as const;
type OverwriteMode = (typeof modes)[number];

/** The parameter `overwriteMode` of the query or the body, or the older `replace`. 400 for an unknown mode. */
export function readOverwriteMode({ call }: Visit, fromBody?: string): OverwriteMode {
  const mode = call.query('overwriteMode') ?? fromBody;
  if (mode !== undefined && mode !== '') {
    const found = modes.find((one) => one.toLowerCase() === mode.toLowerCase());
    if (found === undefined) throw invalid(`The value '${mode}' is not valid for 'overwriteMode'.`);
    return found;
  }
  return flagIn(call, 'replace') === true ? 'OverwriteExisting' : 'FailIfExists';
}
