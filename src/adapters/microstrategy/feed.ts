import { MigratorError } from '../../errors.ts';
import type { ArtifactFile } from '../../ports/artifact.ts';
import type { PackageFeed } from '../../ports/feed.ts';
import { certify } from './packages/certification.ts';
import { download } from './packages/download.ts';
import { edit } from './packages/edit-package.ts';
import { isPackageId, refFromFileName } from './packages/package-name.ts';
import { findKept, keptPackages, storedOf, type Kept } from './packages/package-store.ts';
import { upload } from './packages/upload.ts';
import type { Library } from './server.ts';

/** The packages of a Library, which were made there or uploaded. Their ids are those of the server. */
export function createFeed(library: Library): PackageFeed {
  const { client, tools } = library;
  return {
    unversioned: true,
    list: async function* (filter, signal) {
      const key = filter?.toLowerCase();
      for await (const kept of keptPackages(library, signal)) {
        const fits = [kept.packageId, kept.name].some((text) => text?.toLowerCase() === key);
        if (key === undefined || fits) yield storedOf(kept);
      }
    },
    stat: async (ref, signal) => {
      const kept = await findKept(library, ref, signal);
      return kept && storedOf(kept);
    },
    upload: (file, ref, onConflict, signal, absent) => upload(library, file, ref, onConflict, signal, absent),
    download: async (ref, signal) => {
      const kept = await findKept(library, ref, signal);
      if (kept === undefined) {
        throw new MigratorError('NOT_FOUND', `${library.connection.name} does not hold the package ${ref.id}`, {
          hint: '"migrator package list" prints the ids',
          details: { missing: [ref.id] },
        });
      }
      return fileOf(library, kept);
    },
    parseFileName: refFromFileName,
    certify: (ref, wanted, signal) => certify(library, ref, wanted, signal),
    edit: (ref, change, signal) => edit(library, ref, change, signal),
    delete: async (ref, signal) => {
      const kept = await findKept(library, ref, signal);
      const file = kept?.file ?? (await leftOver(library, ref.id, signal));
      // The file is deleted first. A record without a file is only history, but a file without a record could not be
      // named.
      const fileGone = file !== undefined && (await client.deleteSharedFile(file.id, signal));
      const packageId = kept?.packageId ?? file?.extraInfo.packageId ?? (isPackageId(ref.id) ? ref.id : undefined);
      const recordGone = packageId !== undefined && (await client.deletePackage(packageId, signal));
      tools.debug(
        `package ${ref.id}: file ${fileGone ? 'deleted' : 'absent'}, record ${recordGone ? 'deleted' : 'absent'}`,
      );
      return fileGone || recordGone ? 'deleted' : 'absent';
    },
  };
}

/** The description of an upload whose bytes never arrived. */
async function leftOver({ client }: Library, id: string, signal: AbortSignal) {
  for await (const file of client.sharedFiles(signal)) {
    if (file.extraInfo.packageId?.toUpperCase() === id.toUpperCase()) return file;
  }
  return undefined;
}

function fileOf({ client, tools }: Library, kept: Kept): ArtifactFile {
  const stored = storedOf(kept);
  const { file } = kept;
  const expected = { name: stored.fileName, size: stored.size, digest: stored.digest };
  return {
    path: `native/${stored.fileName}`,
    size: stored.size,
    mediaType: 'application/octet-stream',
    ...(stored.digest === undefined ? {} : { digest: stored.digest }),
    open: (signal) =>
      download(
        (aborted) =>
          file === undefined
            ? client.packageBinary(kept.packageId, aborted)
            : client.sharedFileBinary(file.id, aborted),
        expected,
        tools.clock,
        signal,
      ),
  };
}
