import type { InstanceInfo } from '../../ports/adapter.ts';
import { isConfigured, storageOf } from './packages/shared-storage.ts';
import { mayDo, needs, type Work } from './rights.ts';
import type { Library } from './server.ts';
import { compareVersions } from './versions.ts';

/** The releases with which object migration came (2021 Update 6), and upload and download (Update 7). */
const firstMigrations = '11.3.0600';
const firstUploads = '11.3.0700';

/**
 * What a run must know first: whether the URL answers and the credentials are accepted, the release, and the storage.
 */
export async function probe(library: Library, signal: AbortSignal): Promise<InstanceInfo> {
  const { client, connection, session } = library;
  const { iServerVersion, webVersion } = await client.versions(signal);
  const version = iServerVersion ?? webVersion ?? 'unknown';
  const account = await session.account(signal);
  const storage = await storageOf(library, signal);
  const stored = storage !== 'unknown' && isConfigured(storage);
  const migration = async (action: string, first: string, what: Work | undefined) => {
    const tooOld = isOlder(version, first);
    const impossible = tooOld || (storage !== 'unknown' && !stored);
    const allowed = impossible ? false : what === undefined ? undefined : await mayDo(library, what, signal);
    const need = what === undefined ? 'needs an administrator' : needs(what);
    return {
      action,
      allowed,
      detail: tooOld ? `came with ${first}` : impossible ? 'the Library has no storage for packages' : need,
    };
  };
  return {
    product: 'microstrategy',
    version,
    url: connection.url,
    account,
    mode: 'normal',
    rights: [
      await migration('export', firstMigrations, 'export'),
      await migration('import', firstMigrations, 'import'),
      await migration('upload packages', firstUploads, 'upload'),
      await migration('approve and validate', firstMigrations, undefined),
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
