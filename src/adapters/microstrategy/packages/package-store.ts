import { MigratorError } from '../../../errors.ts';
import type { PackageRef, StoredPackage } from '../../../ports/artifact.ts';
import { isDeleted, isoOf } from '../migrations/job-state.ts';
import { isMade } from '../migrations/start-migration.ts';
import type { Library } from '../server.ts';
import type { Migration, SharedFile } from '../wire/schemas.ts';
import { factsOf, fileNameOf, isPackageId, isUnversioned, refFrom, serverName } from './package-name.ts';

/**
 * A package on a Library, which was made there or uploaded to its file store. The id of the package names both kinds.
 */
export interface Kept {
  readonly packageId: string;
  readonly name: string | undefined;
  /** The file, for an upload. */
  readonly file: SharedFile | undefined;
  /** The record, for a package that the server made or that was copied to it. */
  readonly migration: Migration | undefined;
}

/** All packages, uploads first. An upload whose bytes never arrived is left out. */
export async function* keptPackages({ client, memory }: Library, signal: AbortSignal): AsyncIterable<Kept> {
  const seen = new Set<string>();
  const uploads: SharedFile[] = [];
  for await (const file of client.sharedFiles(signal)) {
    uploads.push(file);
    const packageId = file.extraInfo.packageId;
    if (packageId === undefined || file.existing !== true) continue;
    seen.add(packageId.toUpperCase());
    yield { packageId, name: file.name, file, migration: undefined };
  }
  memory.uploads = uploads;
  for await (const migration of client.migrations(signal)) {
    const { packageInfo: info } = migration;
    const key = info.id.toUpperCase();
    if (seen.has(key) || !isServed(migration)) continue;
    seen.add(key);
    yield { packageId: info.id, name: info.name, file: undefined, migration };
  }
}

/** Whether this Library serves the bytes: it made the package, or a migration copied the package to it. */
function isServed(migration: Migration): boolean {
  const { purpose } = migration.packageInfo;
  return isMade(migration) && !isDeleted(migration) && purpose !== 'migration_from_shared_file_store';
}

/** The package with that id of the server, or with the name that migrator gave it: `<id> <version>`. */
export async function findKept(library: Library, ref: PackageRef, signal: AbortSignal): Promise<Kept | undefined> {
  for await (const kept of keptPackages(library, signal)) if (isNamed(kept, ref)) return kept;
  return undefined;
}

/**
 * The record of a package in any state. Of several records, the one of a package that this Library made comes first.
 * NOT_FOUND when there is no record; an upload has none until it is imported.
 */
export async function recordOf(
  { client, connection }: Library,
  ref: PackageRef,
  signal: AbortSignal,
): Promise<Migration> {
  let found: Migration | undefined;
  for await (const migration of client.migrations(signal)) {
    const { id, name, replicated } = migration.packageInfo;
    if (isNamed({ packageId: id, name }, ref) && (found === undefined || replicated !== true)) found = migration;
  }
  if (found !== undefined) return found;
  throw new MigratorError('NOT_FOUND', `${connection.name} has no migration with the package ${ref.id}`, {
    hint: '"migrator package list" prints the ids; of an upload there is a migration once it is imported',
    details: { missing: [ref.id] },
  });
}

export function isNamed({ packageId, name }: Pick<Kept, 'packageId' | 'name'>, ref: PackageRef): boolean {
  if (isUnversioned(ref.version) && isPackageId(ref.id)) return packageId.toUpperCase() === ref.id.toUpperCase();
  return name === serverName(ref);
}

export function storedOf({ packageId, name, file, migration }: Kept): StoredPackage {
  const sha256 = file?.sha256?.toLowerCase();
  const at = file?.lastUpdatedDate ?? file?.creationDate ?? migration?.packageInfo.creationDate;
  const { packageType, packagePurpose } = file?.extraInfo ?? {};
  const facts = factsOf(migration?.packageInfo ?? { type: packageType, purpose: packagePurpose });
  return {
    id: packageId,
    version: '',
    fileName: fileNameOf(refFrom(name, packageId), facts),
    size: file?.size ?? migration?.packageInfo.storage.size,
    ...(sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256)
      ? { digest: { algorithm: 'sha256' as const, hex: sha256 } }
      : {}),
    ...(at === undefined ? {} : { publishedAt: isoOf(at) }),
  };
}
