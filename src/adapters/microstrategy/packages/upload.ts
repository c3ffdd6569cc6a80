import { createHash } from 'node:crypto';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { ArtifactFile, PackageRef } from '../../../ports/artifact.ts';
import type { OnConflict, PackageFeed } from '../../../ports/feed.ts';
import { environmentOf } from '../connection.ts';
import { requireRights } from '../rights.ts';
import type { Library } from '../server.ts';
import { isAmbiguous } from '../wire/errors.ts';
import type { SharedFile } from '../wire/schemas.ts';
import { factsFrom, isPackageId, isUnversioned, serverName } from './package-name.ts';
import { isNamed, storedOf } from './package-store.ts';

/** The largest package, in bytes: 2 GB (upload and download, step 2). */
const largest = 2 * 1024 ** 3;
const cleanUpMs = 10_000;

interface Measured {
  readonly size: number;
  readonly sha256: string;
}

type Uploaded = Awaited<ReturnType<PackageFeed['upload']>>;

/**
 * Uploads a package file: first its description, then its bytes (upload and download, steps 2 and 3). The file is read
 * once before, because the description has its size and hash. An upload that an earlier attempt left without bytes is
 * completed.
 */
export async function upload(
  library: Library,
  file: ArtifactFile,
  ref: PackageRef,
  onConflict: OnConflict,
  signal: AbortSignal,
  absent = false,
): Promise<Uploaded> {
  refuseLarge(file.path, file.size);
  const measured = await measure(file, signal);
  refuseLarge(file.path, measured.size);
  await requireRights(library, { what: 'upload', told: 'upload packages', project: undefined }, signal);
  const { same, named, unfinished } = await present(library, ref, measured, signal, absent);
  if (named !== undefined && onConflict !== 'overwrite')
    return settleConflict(library, named, ref, measured, onConflict);
  if (named === undefined && same !== undefined && onConflict === 'keep')
    return { stored: kept(library, same), outcome: 'kept' };
  const replaces = named !== undefined && isUnversioned(ref.version);
  // There can be only one upload with an id of the server, so the old one is deleted first. Otherwise the old one stays
  // until the new one is there.
  if (replaces) await library.client.deleteSharedFile(named.id, signal);
  for (const stale of unfinished.filter((one) => !isSame(one, measured)))
    await library.client.deleteSharedFile(stale.id, signal);
  const begun = unfinished.find((one) => isSame(one, measured));
  const meta = begun ?? (await announce(library, file, ref, measured, signal));
  const stored = await send(library, meta, file, measured, signal);
  if (named !== undefined && !replaces) await library.client.deleteSharedFile(named.id, signal);
  return { stored: kept(library, stored), outcome: named === undefined ? 'created' : 'overwritten' };
}

interface Present {
  /** Any complete upload of the same bytes. */
  readonly same: SharedFile | undefined;
  /** A complete upload of that id or name. */
  readonly named: SharedFile | undefined;
  /** Uploads of that id or name whose bytes never arrived. */
  readonly unfinished: readonly SharedFile[];
}

async function present(
  { client, memory }: Library,
  ref: PackageRef,
  measured: Measured,
  signal: AbortSignal,
  absent = false,
): Promise<Present> {
  const complete: SharedFile[] = [];
  const unfinished: SharedFile[] = [];
  // The search that has just not found the package read the same list.
  for await (const file of (absent ? memory.uploads : undefined) ?? client.sharedFiles(signal)) {
    if (file.existing === true) complete.push(file);
    else if (isOf(file, ref)) unfinished.push(file);
  }
  return {
    same: complete.find((file) => isSame(file, measured)),
    named: complete.find((file) => isOf(file, ref)),
    unfinished,
  };
}

function isOf({ name, extraInfo: { packageId } }: SharedFile, ref: PackageRef): boolean {
  return packageId !== undefined && isNamed({ packageId, name }, ref);
}

function settleConflict(
  library: Library,
  there: SharedFile,
  ref: PackageRef,
  measured: Measured,
  onConflict: OnConflict,
): Uploaded {
  const identical = isSame(there, measured);
  if (identical && onConflict === 'keep') return { stored: kept(library, there), outcome: 'kept' };
  throw new MigratorError(
    'CONFLICT',
    `the file store ${identical ? 'already holds' : 'holds another package as'} ${serverName(ref)}`,
    {
      hint: identical
        ? 'it is the same file: --on-conflict keep accepts it'
        : 'choose another name; import and package upload replace it with --on-conflict overwrite',
      details: { identical },
    },
  );
}

/** Sends the description. When the answer is lost, the list of uploads shows whether it arrived. */
async function announce(
  library: Library,
  file: ArtifactFile,
  ref: PackageRef,
  { size, sha256 }: Measured,
  signal: AbortSignal,
): Promise<SharedFile> {
  const { packageType, purpose } = factsFrom(file.path);
  const body = {
    name: serverName(ref),
    type: 'migrations.packages',
    extension: 'mmp',
    size,
    sha256,
    // The environment that made the package. Of a bare file nobody knows it.
    environment: file.origin === undefined ? library.connection.environment : environmentOf(file.origin),
    extraInfo: {
      packageType,
      packagePurpose: purpose,
      ...(isUnversioned(ref.version) && isPackageId(ref.id) ? { packageId: ref.id } : {}),
    },
  };
  try {
    return await library.client.createSharedFile(body, signal);
  } catch (error) {
    if (!isAmbiguous(error)) throw error;
    const { unfinished } = await present(library, ref, { size, sha256 }, signal);
    const begun = unfinished.find((one) => isSame(one, { size, sha256 }));
    if (begun === undefined) throw error;
    return begun;
  }
}

async function send(
  library: Library,
  meta: SharedFile,
  file: ArtifactFile,
  measured: Measured,
  signal: AbortSignal,
): Promise<SharedFile> {
  const fileName = file.path.slice(file.path.lastIndexOf('/') + 1);
  const part = { field: 'file', fileName, contentType: 'application/octet-stream', size: measured.size };
  try {
    const bytes = { ...part, open: (aborted: AbortSignal) => file.open(aborted) };
    const told = await library.client.uploadSharedFile(meta.id, bytes, signal);
    // The answer tells what arrived, and the list what the store has.
    const stored = isWhole(told, measured) ? await listed(library, meta.id, signal) : told;
    if (stored !== undefined && isWhole(stored, measured)) return stored;
    throw new MigratorError('REMOTE_UNEXPECTED', `the file store holds ${fileName} differently from what was sent`, {
      hint: 'it may have been cut off (storage quota, proxy limit); run the same command again',
      details: {
        sent: { ...measured },
        stored: stored && { size: stored.size, sha256: stored.sha256, existing: stored.existing },
      },
    });
  } catch (error) {
    // The next attempt completes an interrupted upload. An upload that failed for good is deleted.
    const isOpen = isMigratorError(error, 'CANCELLED', 'REMOTE_UNREACHABLE');
    if (!isOpen) await takeBack(library, meta.id);
    throw error;
  }
}

async function listed({ client }: Library, id: string, signal: AbortSignal): Promise<SharedFile | undefined> {
  for await (const file of client.sharedFiles(signal)) if (file.id === id) return file;
  return undefined;
}

function isWhole(file: SharedFile, measured: Measured): boolean {
  return file.existing === true && isSame(file, measured);
}

async function takeBack({ client, tools }: Library, id: string): Promise<void> {
  try {
    await client.deleteSharedFile(id, AbortSignal.timeout(cleanUpMs));
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    tools.debug(`the unfinished upload ${id} is still there: ${error.message}`);
  }
}

function isSame({ size, sha256 }: SharedFile, measured: Measured): boolean {
  return size === measured.size && sha256?.toLowerCase() === measured.sha256;
}

function kept({ memory }: Library, file: SharedFile) {
  memory.uploaded = file;
  return storedOf({ packageId: file.extraInfo.packageId ?? '', name: file.name, file, migration: undefined });
}

function refuseLarge(path: string, size: number | undefined): void {
  if (size === undefined || size <= largest) return;
  throw new MigratorError('UNSUPPORTED', `${path} has ${size} bytes, and MicroStrategy takes packages up to 2 GB`, {
    hint: 'export fewer objects into each package',
    details: { size, largest },
  });
}

async function measure(file: ArtifactFile, signal: AbortSignal): Promise<Measured> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of file.open(signal)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest('hex') };
}
