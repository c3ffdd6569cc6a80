import { MigratorError } from '../../errors.ts';
import type { Artifact, PackageRef } from '../../ports/artifact.ts';
import type { Exporter, ExportRequest, PreparedExport } from '../../ports/exporter.ts';
import { flagOf, textOf } from '../shared/option-values.ts';
import { objectsId, parseJobId } from './job-id.ts';
import { fetchFolder } from './migration/fetch-folder.ts';
import { folderName, newStamp, oneProject } from './migration/folder-name.ts';
import { migrationFolder } from './migration/migration-folder.ts';
import { needsOutside, types, type Type } from './model/types-and-relations.ts';
import { exportedObjects, notCarried } from './objects/object-export.ts';
import type { Server } from './server.ts';
import { fetchTopology, losesOnTheWayBack, startTopologyExport } from './topology/topology-export.ts';
import { typesOf, wayOf } from './way-and-types.ts';

type Way = 'web' | 'rest' | 'topology';

export function createExporter(server: Server): Exporter {
  return {
    pushes: false,
    projectless: true,
    requiredSecrets: [],
    prepare: (request, signal) => prepare(server, request, signal),
    start: async (prepared, _secrets, _destination, signal) => {
      const { way, folder, wanted, project, stamp } = settledOf(prepared);
      if (way === 'rest') return objectsId(project, stamp, wanted);
      if (way === 'topology') return startTopologyExport(server, `${folder}.xls`, signal);
      await startMigration(server, prepared, signal);
      return `export/${folder}`;
    },
    find: async (prepared, _startedAfter, signal) => {
      const { way, folder } = settledOf(prepared);
      // Reading objects can begin again, and a spreadsheet of that name is written again. Both do no harm.
      if (way !== 'web') return undefined;
      // The folder has a new name. When it is there, the server works on the export or has finished it.
      return (await migrationFolder(server, folder).exists(signal)) ? `export/${folder}` : undefined;
    },
    fetch: (id, prepared, signal) => fetchExport(server, id, prepared, signal),
    requireSame: (id, options) => {
      const job = parseJobId(id);
      const wanted = typesOf(options);
      if (wanted === undefined || (job.kind !== 'export' && job.kind !== 'objects')) return;
      if (wanted.join() === job.types.join()) return;
      throw new MigratorError(
        'USAGE',
        `the export ${id} took ${job.types.join(', ')}, and --type names ${wanted.join(', ')}`,
        {
          hint: 'leave --type out, or make a new export',
        },
      );
    },
  };
}

async function prepare(server: Server, request: ExportRequest, signal: AbortSignal): Promise<PreparedExport> {
  const { options } = request;
  const topology = flagOf(options, 'topology');
  const way: Way = topology ? 'topology' : wayOf(options, server.via);
  const wanted = typesOf(options) ?? types;
  const project = oneProject(request.projects, topology ? 'topology' : undefined);
  const stamp = newStamp(server);
  const folder = folderName(project, 'export', stamp, way === 'web' ? wanted : types);
  const privately = flagOf(options, 'privateProperties');
  let folders: readonly string[] = [];
  if (way !== 'rest') {
    // Both ways fetch their files by the web interface, and a migration needs an administrator. Both are checked before
    // anything starts.
    if (server.seen.admin !== true) await server.rest.version(signal);
    folders = await server.web.folders(signal);
  } else {
    await server.rest.isAlive(signal);
  }
  const packageRef = refOf(request, project, stamp);
  return {
    package: packageRef,
    projects: [{ id: project, name: project }],
    settled: { way, project, folder, stamp, types: wanted, privateProperties: privately },
    ...(way === 'web' ? { leaves: leavesOf(folder) } : {}),
    notes: [...noteFolder(folders, project), ...noteOpenEnds(way, wanted), ...notesOn(way, privately)],
    omits: leftOut(way, privately, wanted),
  };
}

function refOf({ packageId, packageVersion, options }: ExportRequest, project: string, stamp: string): PackageRef {
  return {
    id: packageId ?? textOf(options, 'packageId') ?? project,
    version: packageVersion ?? textOf(options, 'packageVersion') ?? `1.0.0-${stamp}`,
  };
}

/** A project is only a name, but people know the folders of a server by theirs. */
function noteFolder(folders: readonly string[], project: string): readonly string[] {
  if (!folders.includes(project)) return [];
  return [
    `the folder /migrations/${project} on the server is not read: the export takes what the database holds now. To move that folder, download and unpack it, and seal it with: migrator package seal ${project} --server-export`,
  ];
}

function noteOpenEnds(way: Way, wanted: readonly Type[]): readonly string[] {
  if (way === 'topology') return [];
  const notes = needsOutside(wanted).map(
    ({ type, needs }) =>
      `${type} is exported without ${needs}: an import fails where the target lacks a ${needs} that is referred to`,
  );
  if (wanted.includes('service') && !wanted.includes('workflow_edge')) {
    notes.push('service is exported without workflow_edge: workflows arrive with their services unconnected');
  }
  if (wanted.includes('user') && !wanted.includes('group')) {
    notes.push('user is exported without group: users arrive in no group');
  }
  return notes;
}

function notesOn(way: Way, privately: boolean): readonly string[] {
  if (way === 'topology') return losesOnTheWayBack;
  if (way === 'rest' || !privately) return [];
  return [
    'passwords and keys are in the package as the server keeps them: the target needs the same encryption key (FERNET_KEY), or none when the source has none',
  ];
}

function leftOut(way: Way, privately: boolean, wanted: readonly Type[]): readonly string[] {
  if (way === 'rest') return notCarried(wanted);
  return way === 'web' && !privately ? ['passwords and keys are left out: include them with --private-properties'] : [];
}

interface Settled {
  readonly way: Way;
  readonly project: string;
  readonly folder: string;
  readonly stamp: string;
  readonly wanted: readonly Type[];
  readonly privately: boolean;
}

function settledOf({ settled }: PreparedExport): Settled {
  const way = textOf(settled, 'way');
  return {
    way: way === 'rest' || way === 'topology' ? way : 'web',
    project: textOf(settled, 'project') ?? '',
    folder: textOf(settled, 'folder') ?? '',
    stamp: textOf(settled, 'stamp') ?? '',
    wanted: typesOf(settled, 'types') ?? types,
    privately: flagOf(settled, 'privateProperties'),
  };
}

/**
 * Migration API, export. The server demands `export_private_properties`, although the documents do not name it. It
 * answers `null` when all files are written.
 */
async function startMigration(server: Server, prepared: PreparedExport, signal: AbortSignal): Promise<void> {
  const { folder, wanted, privately } = settledOf(prepared);
  const body = { name: folder, import_export_types: wanted, export_private_properties: privately };
  const { status, body: answer, words } = await server.rest.migrate('export', body, signal);
  if (status === 200 && answer === null) return;
  throw new MigratorError(
    'REMOTE_UNEXPECTED',
    `eNMS did not finish the export: ${words === '' ? String(status) : words}`,
    { hint: "only the server's log has the reason", details: { status } },
  );
}

const leavesOf = (folder: string): string => `the folder /migrations/${folder} on its disk`;

async function fetchExport(
  server: Server,
  id: string,
  prepared: PreparedExport | undefined,
  signal: AbortSignal,
): Promise<Artifact> {
  const job = parseJobId(id);
  switch (job.kind) {
    case 'export': {
      const wanted = prepared === undefined ? job.types : settledOf(prepared).wanted;
      const files = await fetchFolder(server, job.folder, wanted, signal);
      const ref = prepared?.package ?? refOfFolder(job.folder);
      return { package: ref, files, notes: prepared?.notes ?? [], leaves: leavesOf(job.folder) };
    }
    case 'objects': {
      const ref = { id: job.project, version: `1.0.0-${job.stamp}` };
      return {
        package: prepared?.package ?? ref,
        files: exportedObjects(server, job.types),
        // An export that this run prepared has told it already.
        notes: prepared === undefined ? notCarried(job.types) : [],
      };
    }
    case 'topology-export':
      return {
        package: prepared?.package ?? refOfFolder(job.file.replace(/\.xls$/, '')),
        files: [await fetchTopology(server, job.file, signal)],
        notes: losesOnTheWayBack,
      };
    default:
      throw new MigratorError('NOT_FOUND', `${id} is not an export`);
  }
}

function refOfFolder(folder: string): PackageRef {
  const [project = folder, stamp = ''] = folder.replace(/-t[0-9a-f]{1,3}$/, '').split('--export-');
  return { id: project, version: `1.0.0-${stamp}` };
}
