import { MigratorError } from '../../errors.ts';
import type { Artifact } from '../../ports/artifact.ts';
import type { Exporter } from '../../ports/exporter.ts';
import { formatJobId, parseJobId } from './job-id.ts';
import { isDeleted } from './migrations/job-state.ts';
import { findMigration, isMade, settledMigration, startMigration } from './migrations/start-migration.ts';
import { download } from './packages/download.ts';
import { idleNotes, packageInfo } from './packages/package-content.ts';
import { factsOf, fileNameOf, refFrom, serverName } from './packages/package-name.ts';
import { packageOrder, refuseRequestOnly } from './packages/package-order.ts';
import { resolvedOptions } from './packages/resolved-objects.ts';
import { requireRights } from './rights.ts';
import type { Library } from './server.ts';

/** Makes packages on the source as migrations without a target, and downloads them (upload and download, step 1). */
export function createExporter(library: Library): Exporter {
  return {
    pushes: false,
    // A package of the configuration needs no project. Every other package takes the named one or that of the instance.
    projectless: true,
    requiredSecrets: [],
    prepare: async (request, signal) => {
      // A move by way of this machine begins with this export, and ends with an import that waits for no approval.
      refuseRequestOnly(request.options);
      const { ref, project, purpose, settings, objects, notes } = await packageOrder(library, request, signal);
      const told = 'make packages and download them';
      await requireRights(library, { what: 'export', told, project: project?.id }, signal);
      const name = serverName(ref);
      const body = {
        packageInfo: packageInfo(name, settings, objects, library.connection.environment),
        importInfo: {},
      };
      return {
        package: ref,
        projects: project === undefined ? [] : [project],
        settled: settledMigration({ name, body, project: project?.id }),
        exportedWith: resolvedOptions(request.options, objects),
        notes: [...notes, ...idleNotes(settings, objects, purpose)],
      };
    },
    start: async ({ settled }, _secrets, _destination, signal) =>
      formatJobId(await startMigration(library, settled, signal), 'export'),
    find: async ({ settled }, _startedAfter, signal) => {
      const id = await findMigration(library, settled, signal);
      return id === undefined ? undefined : formatJobId(id, 'export');
    },
    fetch: (id, _prepared, signal) => fetchPackage(library, id, signal),
    discard: async (id, signal) => {
      await library.client.deletePackage(parseJobId(id).packageId, signal);
    },
  };
}

async function fetchPackage(library: Library, id: string, signal: AbortSignal): Promise<Artifact> {
  const { migration: migrationId, packageId } = parseJobId(id);
  const migration = await library.client.migration(migrationId, signal);
  if (migration === undefined) {
    throw new MigratorError('NOT_FOUND', `${library.connection.name} has no migration ${migrationId}`, {
      hint: 'it was deleted there, or belongs to another instance',
    });
  }
  const { packageInfo: info } = migration;
  if (!isMade(migration) || isDeleted(migration)) {
    throw new MigratorError(
      'NOT_FOUND',
      `the package ${packageId} is not there: it is ${isDeleted(migration) ? 'deleted' : info.status}${info.message === undefined || info.message === '' ? '' : `: ${info.message}`}`,
    );
  }
  const ref = refFrom(info.name, packageId);
  const fileName = fileNameOf(ref, factsOf(info));
  const { size } = info.storage;
  return {
    package: ref,
    files: [
      {
        path: `native/${fileName}`,
        size,
        mediaType: 'application/octet-stream',
        open: (aborted) =>
          download(
            (inner) => library.client.packageBinary(packageId, inner),
            { name: fileName, size, digest: undefined },
            library.tools.clock,
            aborted,
          ),
      },
    ],
    notes: info.warnings.flatMap(({ message }) => (message === undefined ? [] : [message])),
  };
}
