import { isMigratorError } from '../../../errors.ts';
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
import { beyond, lookAhead, reading, refusalOf, tagSetsStay, told } from './preflight.ts';
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
      const foreseen = [...ids, ...(prepared.added ?? []).map(({ id }) => id)];
      const more = started.projects.filter((id) => !foreseen.includes(id));
      for (const text of comingAlong(await namesOf(way, more, signal))) tools.notice(text);
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
  const read = async () => {
    const { projects, notes } = await selectProjects(server, space, request.projects, signal);
    return { projects, notes, found: await lookAhead(way, projects, signal) };
  };
  const { projects, notes, found } = await reading(way, read, signal);
  const added = found.added.map(({ name }) => name);
  const where = space.name === undefined ? '' : ` from space ${space.name}`;
  const names = [...projects.map(({ name }) => name), ...added];
  const refusal = refusalOf(found.obstacles, `${title} cannot export${where}`, names);
  if (refusal !== undefined) throw refusal;
  return {
    package: { id: packageId, version: request.packageVersion ?? newVersion(tools) },
    isNew: true,
    projects,
    added: found.added,
    settled: {
      ...Object.fromEntries(Object.entries(request.options).filter(([name]) => limitNames.includes(name))),
      ...(space.id === undefined ? {} : { spaceId: space.id }),
    },
    leaves: 'the zip of the export, among the artifacts of its task',
    omits: [...comingAlong(added), ...found.notes, ...found.staying],
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
    ...comingAlong(more),
    ...told('the export does not hold these projects', missing),
    ...arrivingBare(contents),
    ...tagSetsStay(tagsOutside(contents)),
  ];
  return { projects: contents.projects, remarks: beyond(prepared?.omits ?? [], remarks) };
}

const comingAlong = (names: readonly string[]): readonly string[] =>
  told('projects come along because steps deploy them', names);

/** The names of projects that nobody foresaw. The export has begun, so a list that cannot be read is no reason to fail. */
async function namesOf(
  { server }: ExportImport,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const names = new Map<string, string>();
  try {
    for await (const { Id, Name } of server.client.projects(await server.space(signal), signal)) names.set(Id, Name);
  } catch (error) {
    if (isMigratorError(error, 'CANCELLED')) throw error;
  }
  return ids.map((id) => names.get(id) ?? id);
}

/** What arrives without a part of it, as the documents of the export tell. */
export function arrivingBare(contents: ExportContents): readonly string[] {
  const { teams, logos, inGit, packages } = contents;
  const github = inGit.filter(({ credentials }) => credentials === 'GitHub').map(({ project }) => project);
  return [
    ...told('teams arrive without members', teams),
    ...told('logos stay behind', logos),
    ...told('packages of the built-in feed stay behind', packages),
    ...told('connections to the GitHub App stay behind, connect it again for', github),
    ...told(
      'ids of Git credentials, step templates and certificates in the repository must be edited by hand for',
      inGit.map(({ project }) => project),
    ),
  ];
}
