import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { Artifact, PackageRef } from '../../../ports/artifact.ts';
import type { Exporter, ExportRequest, PreparedExport, PushDestination } from '../../../ports/exporter.ts';
import type { Secrets } from '../../../ports/options.ts';
import type { Clock, Random } from '../../../ports/runtime.ts';
import { newVersion } from '../../shared/new-version.ts';
import { flagOf, textOf } from '../../shared/option-values.ts';
import { wholeZip } from '../../shared/whole-zip.ts';
import type { Feed } from '../feed.ts';
import { selectProjects } from '../inventory.ts';
import { jobId, parseJobId } from '../job-id.ts';
import { exportTask, taskOf } from '../jobs.ts';
import { checkPackageRef, defaultPackageId, parsePackageName } from '../package-name.ts';
import { passwordOf } from '../password.ts';
import { missingLinks } from '../probe.ts';
import type { Server } from '../server.ts';
import { packageShownBy } from '../task-package.ts';
import { findTask, packageFiles } from './find-task.ts';
import { notCarried } from './not-carried.ts';
import { callbackOf } from './callbacks.ts';

export function createExporter(
  server: Server,
  feed: Feed,
  tools: { readonly clock: Clock; readonly random: Random },
): Exporter {
  return {
    pushes: true,
    opaque: true,
    requiredSecrets: ['password'],
    prepare: async (request, signal) => {
      const root = await server.root(signal);
      if (missingLinks(root).includes('export')) {
        throw new MigratorError('UNSUPPORTED', 'this server offers no partial export', {
          hint: 'the Migration API came with Octopus Deploy 2018.6; newer servers also export projects in the web portal',
        });
      }
      const ref = packageOf(request, tools);
      const space = await server.space(signal);
      const { projects, notes } = await selectProjects(server, space, request.projects, signal);
      // A new version is no older package's.
      if (versionOf(request) !== undefined && (await feed.stat(ref, signal)) !== undefined) {
        throw new MigratorError('CONFLICT', `the feed already holds ${ref.id} ${ref.version}`, {
          hint: 'leave --package-version out and a new one is chosen',
        });
      }
      const settled = settle(request, space.id);
      return {
        package: ref,
        isNew: versionOf(request) === undefined,
        projects,
        settled,
        omits: await notCarried(server, { projects, settled }, signal),
        notes: [...space.notes, ...notes, 'the source server is in maintenance mode while the export runs'],
      };
    },
    start: async (prepared, secrets, destination, signal) => {
      const { links } = await server.root(signal);
      const task = await server.client.startExport(links, bodyOf(prepared, secrets, destination), signal);
      return jobId(task, prepared.package);
    },
    find: async (prepared, startedAfter, signal) => {
      const sought = { name: exportTask, package: prepared.package };
      const task = await findTask(server, sought, startedAfter, tools.clock, signal);
      return task === undefined ? undefined : jobId(task, prepared.package);
    },
    fetch: async (id, prepared, signal) => fetchExport(server, feed, id, prepared, signal),
    // The version is new, or `prepare` saw that the feed had no such package. So it is the one of this export.
    discard: async (id, signal) => {
      const ref = parseJobId(id).package;
      if (ref === undefined || (await feed.delete(ref, signal)) === 'deleted') return;
      // The server may have left it in the feed of the default space.
      const elsewhere = await feed.locate(ref, signal);
      if (elsewhere !== undefined)
        await server.client.deletePackage(elsewhere.space, `packages-${ref.id}.${ref.version}`, signal);
    },
  };
}

const versionOf = (request: ExportRequest): string | undefined =>
  request.packageVersion ?? textOf(request.options, 'packageVersion');

function packageOf(request: ExportRequest, tools: Parameters<typeof newVersion>[0]): PackageRef {
  const ref = {
    id: request.packageId ?? textOf(request.options, 'packageId') ?? defaultPackageId,
    version: versionOf(request) ?? newVersion(tools),
  };
  checkPackageRef(ref);
  return ref;
}

const flags = [
  'ignoreCertificates',
  'ignoreMachines',
  'ignoreDeployments',
  'ignoreTenants',
  'includeTaskLogs',
  'encryptPackage',
] as const;

function settle({ options }: ExportRequest, spaceId: string | undefined): PreparedExport['settled'] {
  return {
    ...Object.fromEntries(flags.map((name) => [name, flagOf(options, name)])),
    ...(spaceId === undefined ? {} : { spaceId }),
  };
}

/** The body of a partial export (Migration API). Projects are named by their names, as in every documented example. */
function bodyOf(prepared: PreparedExport, secrets: Secrets, destination: PushDestination | undefined): object {
  const { settled } = prepared;
  return {
    PackageId: prepared.package.id,
    PackageVersion: prepared.package.version,
    Password: passwordOf(secrets).reveal(),
    Projects: prepared.projects.map(({ name }) => name),
    IgnoreCertificates: flagOf(settled, 'ignoreCertificates'),
    IgnoreMachines: flagOf(settled, 'ignoreMachines'),
    IgnoreDeployments: flagOf(settled, 'ignoreDeployments'),
    IgnoreTenants: flagOf(settled, 'ignoreTenants'),
    IncludeTaskLogs: flagOf(settled, 'includeTaskLogs'),
    EncryptPackage: flagOf(settled, 'encryptPackage'),
    SpaceId: textOf(settled, 'spaceId'),
    SuccessCallbackUri: callbackOf(secrets, 'successCallback'),
    FailureCallbackUri: callbackOf(secrets, 'failureCallback'),
    ...(destination === undefined
      ? {}
      : {
          DestinationPackageFeed: destination.url,
          DestinationApiKey: destination.secret.reveal(),
          DestinationPackageFeedSpaceId: destination.container,
        }),
  };
}

async function fetchExport(
  server: Server,
  feed: Feed,
  id: string,
  prepared: PreparedExport | undefined,
  signal: AbortSignal,
): Promise<Artifact> {
  const parsed = parseJobId(id);
  // Without `prepared`, the handle was typed by somebody.
  if (parsed.package !== undefined && prepared === undefined) await checkTask(server, id, signal);
  const ref = parsed.package ?? prepared?.package ?? (await packageOfTask(server, parsed.task, signal));
  const found = await feed.locate(ref, signal);
  if (found === undefined) {
    throw new MigratorError('NOT_FOUND', `the feed of this server does not hold ${ref.id} ${ref.version}`, {
      hint: 'the export may have failed, been pushed to another server or been cleaned up by retention; read its log',
    });
  }
  const file = feed.fileOf(found);
  // A feed that stored half a package states the digest of that half, so the zip itself is checked. An encrypted
  // package is no zip and passes unchecked.
  const faults = { cutOff: () => cutOff(found.stored.fileName) };
  return {
    package: ref,
    files: [{ ...file, open: (aborted) => wholeZip(file.open(aborted), undefined, faults) }],
    notes: [],
  };
}

/** CONFLICT when the task is of another package. A task that the server no longer keeps leaves its package behind. */
async function checkTask(server: Server, id: string, signal: AbortSignal): Promise<void> {
  try {
    await taskOf(server, id, signal);
  } catch (error) {
    if (!isMigratorError(error, 'NOT_FOUND')) throw error;
  }
}

/**
 * The package of a task whose id came without one, as the web portal shows it. The task's arguments or its log name the
 * package.
 */
async function packageOfTask(server: Server, id: string, signal: AbortSignal): Promise<PackageRef> {
  const { links } = await server.root(signal);
  const task = await server.client.task(links, id, signal);
  const shown = packageShownBy(task);
  if (shown.id !== undefined && shown.version !== undefined) return { id: shown.id, version: shown.version };
  const named = packageFiles(await server.client.taskText(task, signal))
    .map(parsePackageName)
    .find((ref) => ref !== undefined);
  if (named !== undefined) return named;
  throw new MigratorError('NOT_FOUND', `task ${id} does not tell which package it made`, {
    hint: `use the whole handle, which ends in ${id}/<package id>@<version>`,
  });
}

function cutOff(fileName: string): MigratorError {
  return new MigratorError(
    'JOB_FAILED',
    `the package ${fileName} is cut off: its feed holds only a part of what was exported`,
    { hint: 'look at the storage of the server (disk full, quota), then run the same command again' },
  );
}
