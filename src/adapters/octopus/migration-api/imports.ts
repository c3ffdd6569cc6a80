import { MigratorError } from '../../../errors.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { Importer, PreparedImport } from '../../../ports/importer.ts';
import type { Options, Secrets } from '../../../ports/options.ts';
import type { Clock } from '../../../ports/runtime.ts';
import { flagOf, textOf } from '../../shared/option-values.ts';
import type { Feed } from '../feed.ts';
import { jobId } from '../job-id.ts';
import { importTask } from '../jobs.ts';
import { passwordOf } from '../password.ts';
import { missingLinks } from '../probe.ts';
import type { Server, Space } from '../server.ts';
import { importScopeOf } from '../snapshots/index.ts';
import { findTask } from './find-task.ts';
import { callbackOf } from './callbacks.ts';
import { requirePackage } from './package-file.ts';

/** The dry run of the Migration API tells it in its log alone, and no document of the vendor fixes the words of that log. */
const shared = 'what projects share, such as environments, lifecycles, machines and variable sets';

export function createImporter(server: Server, feed: Feed, { clock }: { readonly clock: Clock }): Importer {
  return {
    takes: 'stored',
    dryRuns: 'server',
    requiredSecrets: ['password'],
    check: async (signal, { options, exportedWith = {}, files = [] }) => {
      const encrypted = isEncrypted(options, exportedWith);
      // What a server sends as one stream would be loaded for each look.
      const readable = files.filter((file) => file.path.startsWith('native/') && file.range !== undefined);
      for (const file of readable) await requirePackage(file, { encrypted }, signal);
    },
    prepare: async ({ source, projects, dryRun, options, exportedWith = {}, seen }, signal) => {
      if (missingLinks(await server.root(signal)).includes('import')) {
        throw new MigratorError('UNSUPPORTED', 'this server offers no import of migration packages', {
          hint: 'the Migration API came with Octopus Deploy 2018.6; newer servers also import projects in the web portal',
        });
      }
      const space = await server.space(signal);
      if ((seen ?? (await feed.stat(source, signal))) === undefined) {
        throw new MigratorError('NOT_FOUND', `the feed does not hold ${source.id} ${source.version}`, {
          hint: '"migrator package list --from <instance>" lists what it holds; upload it first, or name the space whose feed holds it',
          details: { missing: [`${source.id}@${source.version}`] },
        });
      }
      const asked = flagOf(options, 'deletePackageOnCompletion');
      const overwrites = flagOf(options, 'overwriteExisting') && !dryRun;
      const backup = overwrites ? await backupBefore(server, space, source, projects ?? [], signal) : {};
      return {
        source,
        dryRun,
        settled: {
          encryptedPackage: isEncrypted(options, exportedWith),
          overwriteExisting: flagOf(options, 'overwriteExisting'),
          // A dry run must leave the package for the import itself.
          deletePackageOnCompletion: asked && !dryRun,
          ...(space.id === undefined ? {} : { spaceId: space.id }),
        },
        keepsPackage: !asked || dryRun,
        unplanned: flagOf(options, 'overwriteExisting')
          ? `overwrites ${shared}`
          : `creates what is missing of ${shared}`,
        ...(projects === undefined ? {} : { scope: importScopeOf(projects, exportedWith) }),
        ...backup.prepared,
        notes: [
          ...space.notes,
          ...(backup.note === undefined ? [] : [backup.note]),
          ...(asked && dryRun ? ['a dry run leaves the package in the feed'] : []),
          'the target server is in maintenance mode while the import runs',
        ],
      };
    },
    start: async (prepared, secrets, _, signal) => {
      const { links } = await server.root(signal);
      return jobId(await server.client.startImport(links, bodyOf(prepared, secrets), signal), prepared.source);
    },
    find: async (prepared, startedAfter, signal) => {
      const sought = { name: importTask, package: prepared.source, dryRun: prepared.dryRun };
      const task = await findTask(server, sought, startedAfter, clock, signal);
      return task === undefined ? undefined : jobId(task, prepared.source);
    },
  };
}

const isEncrypted = (options: Options, exportedWith: Options): boolean =>
  flagOf(options, 'encryptedPackage') || flagOf(exportedWith, 'encryptPackage');

interface BackupBefore {
  readonly prepared?: Pick<PreparedImport, 'backup' | 'consent'>;
  readonly note?: string;
}

/** A partial export of the projects of the package that the target has, because the product has no undo. */
async function backupBefore(
  server: Server,
  space: Space,
  { id, version }: PackageRef,
  names: readonly string[],
  signal: AbortSignal,
): Promise<BackupBefore> {
  if (names.length === 0) {
    const consent = `what ${id} ${version} holds is not known, so no backup of what it overwrites can be taken. Go on?`;
    return { prepared: { consent } };
  }
  const wanted = new Set(names.map((name) => name.trim().toLowerCase()));
  const there: string[] = [];
  for await (const { Name } of server.client.projects(space, signal))
    if (wanted.has(Name.trim().toLowerCase())) there.push(Name);
  if (there.length === 0) {
    return { note: 'no project of the package is there yet; what projects share is overwritten without a backup' };
  }
  return {
    prepared: {
      backup: {
        request: { projects: there, options: {} },
        restoreWith: { overwriteExisting: true, deletePackageOnCompletion: true },
      },
    },
    note: `the backup holds ${there.join(', ')} with all that is used there; other things that projects share are overwritten without one`,
  };
}

/**
 * The body of an import (Migration API). `PackageFeedSpaceId` is the space of the package, not the space that is
 * imported into.
 */
function bodyOf({ source, dryRun, settled }: PreparedImport, secrets: Secrets): object {
  return {
    PackageId: source.id,
    PackageVersion: source.version,
    Password: passwordOf(secrets).reveal(),
    PackageFeedSpaceId: textOf(settled, 'spaceId'),
    IsEncryptedPackage: flagOf(settled, 'encryptedPackage'),
    IsDryRun: dryRun,
    OverwriteExisting: flagOf(settled, 'overwriteExisting'),
    DeletePackageOnCompletion: flagOf(settled, 'deletePackageOnCompletion'),
    SuccessCallbackUri: callbackOf(secrets, 'successCallback'),
    FailureCallbackUri: callbackOf(secrets, 'failureCallback'),
  };
}
