import type { InstanceInfo } from '../../ports/adapter.ts';
import type { Library } from './library.ts';
import { isConfigured, storageOf } from './storage.ts';
import { compareVersions } from './versions.ts';

/** Object migration came with 2021 Update 6, upload and download with Update 7. */
const firstMigrations = '11.3.0600';
const firstUploads = '11.3.0700';

/** What a run must know first: does the URL answer, do the credentials count, which release is it, is there a storage. */
export async function probe(library: Library, signal: AbortSignal): Promise<InstanceInfo> {
  const { client, connection, session } = library;
  const { iServerVersion, webVersion } = await client.versions(signal);
  const version = iServerVersion ?? webVersion ?? 'unknown';
  const account = await session.account(signal);
  const storage = await storageOf(library, signal);
  const stored = storage !== 'unknown' && isConfigured(storage);
  const migration = (action: string, first: string, needs: string) => {
    const tooOld = isOlder(version, first);
    const impossible = tooOld || (storage !== 'unknown' && !stored);
    return {
      action,
      allowed: impossible ? false : undefined,
      detail: tooOld ? `came with ${first}` : impossible ? 'the Library has no storage for packages' : needs,
    };
  };
  return {
    product: 'microstrategy',
    version,
    url: connection.url,
    account,
    mode: 'normal',
    rights: [
      migration('export', firstMigrations, 'needs Create package'),
      migration(
        'import',
        firstMigrations,
        'needs Manage Migration Packages, Create package and Bypass all object security access checks',
      ),
      migration('upload packages', firstUploads, 'needs Manage Migration Packages and Administer environment'),
      migration('approve and validate', firstMigrations, 'needs an administrator'),
    ],
    notes: [
      ...(isOlder(version, firstMigrations)
        ? [`migrations came with 2021 Update 6 (${firstMigrations}); this Library is ${version}`]
        : []),
      ...(storage !== 'unknown' && !stored
        ? ['the Storage Service has no location for packages: let an administrator configure it in Workstation']
        : []),
    ],
  };
}

function isOlder(version: string, first: string): boolean {
  return (compareVersions(version, first) ?? 0) < 0;
}
