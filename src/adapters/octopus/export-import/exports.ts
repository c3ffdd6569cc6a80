import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { Exporter, ExportRequest, ExportFindings, PreparedExport } from '../../../ports/exporter.ts';
import type { Secrets } from '../../../ports/options.ts';
import { newVersion } from '../../shared/new-version.ts';
import { selectProjects } from '../inventory.ts';
import { jobId, parseJobId } from '../job-id.ts';
import { passwordOf } from '../password.ts';
import { readExport } from './archive.ts';
import { exportArtifact, fileOfArtifact } from './artifact.ts';
import { requireOpening } from './canary.ts';
import { contentsOf, slim, type ExportContents } from './contents.ts';
import { title, type ExportImport } from './export-import.ts';
import { findProjectTask } from './find-task.ts';
import { limitNames, limitsOf } from './limits.ts';
import { lookAhead, requireClear, tagSetsStay, told } from './preflight.ts';
import { tagsOutside } from './tags.ts';

const packageId = 'Octopus.Project.Export';

/** Projects Export: a task of one space that leaves a zip among its artifacts. */
export function createExporter(way: ExportImport): Exporter {
  const { server, client, tools } = way;
  return {
    pushes: false,
    opaque: true,
    requiredSecrets: ['password'],
    prepare: async (request, signal) => prepare(way, request, signal),
    start: async (prepared, secrets, _, signal) => {
      const space = await server.space(signal);
      const ids = prepared.projects.map(({ id }) => id);
      const started = await client.startExport(space, ids, passwordOf(secrets).reveal(), signal);
      const more = started.projects.filter((id) => !ids.includes(id));
      if (more.length > 0)
        tools.notice(`the server exports ${more.length} more, which are deployed by steps: ${more.join(', ')}`);
      return jobId(started.task, prepared.package, 'export');
    },
    find: async (prepared, startedAfter, signal) => {
      const words = prepared.projects.map(({ id }) => id);
      const task = await findProjectTask(way, { kind: 'export', words }, startedAfter, signal);
      return task === undefined ? undefined : jobId(task, prepared.package, 'export');
    },
    fetch: async (id, prepared, signal) => {
      const { task, package: ref } = parseJobId(id);
      const artifact = await exportArtifact(way, task, { waits: true }, signal);
      return {
        package: ref ?? prepared?.package ?? { id: packageId, version: newVersion(tools) },
        files: [fileOfArtifact(way, artifact, tools.clock)],
        notes: [],
      };
    },
    inspect: (files, prepared, secrets, signal) => inspect(files, prepared, secrets, signal),
    leftBy: async (id, signal) => {
      const artifact = await exportArtifact(way, parseJobId(id).task, { waits: false }, signal);
      return `the artifact ${artifact.Filename} (${artifact.Id}) of ${parseJobId(id).task}, whose secrets are only as safe as the password`;
    },
    discard: async (id, signal) => {
      const artifact = await exportArtifact(way, parseJobId(id).task, { waits: false }, signal);
      await client.deleteArtifact(await server.space(signal), artifact.Id, signal);
    },
  };
}

async function prepare(way: ExportImport, request: ExportRequest, signal: AbortSignal): Promise<PreparedExport> {
  const { server, tools } = way;
  limitsOf(request.options);
  const space = await server.space(signal);
  const { projects, notes } = await selectProjects(server, space, request.projects, signal);
  const found = await lookAhead(way, projects, signal);
  const where = space.name === undefined ? title : `${title} of space ${space.name}`;
  requireClear(
    found.obstacles,
    where,
    projects.map(({ name }) => name),
  );
  return {
    package: { id: packageId, version: request.packageVersion ?? newVersion(tools) },
    isNew: true,
    projects,
    settled: {
      ...Object.fromEntries(Object.entries(request.options).filter(([name]) => limitNames.includes(name))),
      ...(space.id === undefined ? {} : { spaceId: space.id }),
    },
    leaves: 'the zip of the export, among the artifacts of its task',
    omits: [...found.notes, ...found.staying],
    notes: [...space.notes, ...notes, 'the export stays among the artifacts of its task until somebody deletes it'],
  };
}

async function inspect(
  files: readonly ArtifactFile[],
  prepared: PreparedExport | undefined,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<ExportFindings> {
  const [file] = files;
  if (file === undefined) return { remarks: [] };
  const archive = await readExport(file, limitsOf(prepared?.settled ?? {}), slim, signal);
  // An export of another machine is fetched without its password.
  if (secrets['password'] !== undefined) requireOpening(passwordOf(secrets), archive.hello, file.path);
  const contents = contentsOf(archive);
  const named = new Set((prepared?.projects ?? []).map(({ name }) => name));
  const more = prepared === undefined ? [] : contents.projects.filter((name) => !named.has(name));
  const missing = [...named].filter((name) => !contents.projects.includes(name));
  const remarks = [
    ...archive.remarks,
    ...told('the server added projects that steps deploy', more),
    ...told('the export does not hold these projects', missing),
    ...arrivingBare(contents),
    ...tagSetsStay(tagsOutside(contents)),
  ];
  const known = new Set(prepared?.omits ?? []);
  return { projects: contents.projects, remarks: remarks.filter((remark) => !known.has(remark)) };
}

/** What arrives without a part of it, as the documents of the export tell. */
export function arrivingBare(contents: ExportContents): readonly string[] {
  const { teams, logos, inGit, packages } = contents;
  const github = inGit.filter(({ credentials }) => credentials === 'GitHub').map(({ project }) => project);
  return [
    ...told('teams arrive without members', teams),
    ...told('logos stay behind', logos),
    ...told('packages of the built-in feed stay behind', packages),
    ...told('the GitHub App must be connected again for', github),
    ...told(
      'ids of Git credentials, step templates and certificates in the repository must be edited by hand for',
      inGit.map(({ project }) => project),
    ),
  ];
}
