import { isMigratorError, MigratorError, together } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { Importer, ImportRequest, PreparedImport } from '../../../ports/importer.ts';
import type { LogLine } from '../../../ports/job.ts';
import type { Options } from '../../../ports/options.ts';
import { isForbidden } from '../../shared/answers.ts';
import { flagOf, listOf, textOf } from '../../shared/option-values.ts';
import { jobId, parseJobId } from '../job-id.ts';
import { passwordOf } from '../password.ts';
import { rightsOf } from '../rights.ts';
import { byExportImport, importScopeOf } from '../snapshots/index.ts';
import type { ImportSource } from '../wire/export-import.ts';
import type { PreviewResource } from '../wire/schemas.ts';
import { readExport } from './archive.ts';
import { requireOpening } from './canary.ts';
import { contentsOf, slim } from './contents.ts';
import { title, type ExportImport } from './export-import.ts';
import { arrivingBare } from './exports.ts';
import { findProjectTask } from './find-task.ts';
import { limitsOf } from './limits.ts';
import { existing, lookup, planOf } from './plan.ts';
import { beyond, noManager, reading, refusalOf, told } from './preflight.ts';
import { tagsMissing } from './tags.ts';
import { thingsOn } from './target.ts';
import { uploadOnce, uploadedAmong, uploadedId, uploadsFor } from './upload.ts';
import { isOlder } from './versions.ts';

/** Projects Import: the zip is uploaded and imported into the space of this instance. */
export function createImporter(way: ExportImport): Importer {
  const { server, client, tools } = way;
  const preview: NonNullable<Importer['preview']> = async (prepared, files, secrets, signal) => {
    const look = async () => {
      const source = await sourceOf(way, prepared, signal);
      return linesOf(await client.preview(await server.space(signal), source, passwordOf(secrets).reveal(), signal));
    };
    if (sameServerSource(prepared) !== undefined) return look();
    if (flagOf(prepared.settled, 'uploadedBefore')) {
      try {
        return await look();
      } catch (error) {
        // An upload that was cut off is no zip. Whatever else it is, the whole zip shows it.
        if (!isMigratorError(error) || isMigratorError(error, 'CANCELLED', 'REMOTE_UNREACHABLE')) throw error;
      }
    }
    await uploadOnce(way, fileNameOf(prepared), zipAmong(files), signal);
    return look();
  };
  return {
    takes: 'files',
    dryRuns: 'plan',
    plans: true,
    requiredSecrets: ['password'],
    check: async (signal, request) => {
      refuse([await managerMissing(way, signal), await projectsThere(way, request, signal)]);
    },
    prepare: (request, signal) => prepare(way, request, signal),
    // A part of a zip, and a password that the server does not take, show before anything is imported.
    stage: async (prepared, files, signal, secrets = {}) => {
      for (const { text } of await preview(prepared, files, secrets, signal))
        tools.notice(`the server finds in the export: ${text}`);
    },
    preview,
    leftBy: async (prepared, signal) => {
      if (sameServerSource(prepared) !== undefined) return undefined;
      try {
        const names = await uploadedAmong(way, filesOf(prepared.settled), signal);
        return names.length === 0 ? undefined : uploadLeaves(names);
      } catch (error) {
        if (!isForbidden(error) && !isMigratorError(error, 'NOT_FOUND')) throw error;
        return prepared.leaves;
      }
    },
    start: async (prepared, secrets, _, signal) => {
      const source = await sourceOf(way, prepared, signal);
      const task = await client.startImport(await server.space(signal), source, passwordOf(secrets).reveal(), signal);
      return jobId(task, prepared.source, 'import');
    },
    find: async (prepared, startedAfter, signal) => {
      const same = sameServerSource(prepared);
      const words = [same?.TaskId ?? (await uploadedId(way, fileNameOf(prepared), signal))];
      const task = await findProjectTask(way, { kind: 'import', words }, startedAfter, signal);
      return task === undefined ? undefined : jobId(task, prepared.source, 'import');
    },
  };
}

async function prepare(way: ExportImport, request: ImportRequest, signal: AbortSignal): Promise<PreparedImport> {
  const { server } = way;
  const { options, exportedWith = {}, dryRun, source } = request;
  const limits = limitsOf(options);
  const [space, root] = [await server.space(signal), await server.root(signal)];
  const file = zipAmong(request.files ?? []);
  const archive = await readExport(file, limits, slim, signal);
  if (request.secrets?.['password'] !== undefined)
    requireOpening(passwordOf(request.secrets), archive.hello, file.path);
  const contents = contentsOf(archive);
  const sets = contents.shared.filter(({ kind }) => kind === 'variable-set').map(({ name }) => name);
  const isThere = lookup(await reading(way, async () => thingsOn(way, sets, signal), signal));
  const skips = flagOf(options, 'skipExisting');
  refuse([
    await managerMissing(way, signal),
    request.ignoreVersion === true ? undefined : tooOld(archive.serverVersion, root.resource.Version),
    skips ? undefined : standingInTheWay(existing(contents, isThere), space.name),
  ]);
  const known = request.notes ?? [];
  const same = fromThisServer(way, request);
  const uploads = same === undefined ? await uploadsFor(way, file, request.earlier ?? {}, signal) : undefined;
  const settled = {
    ...(uploads === undefined
      ? {}
      : {
          ...{ fileName: uploads.fileName, sha256: uploads.sha256 },
          ...{ uploadedBefore: uploads.again, otherFiles: uploads.others },
        }),
    ...(same === undefined ? {} : { sourceSpace: same.SpaceId, sourceTask: same.TaskId }),
  };
  return {
    source,
    dryRun,
    settled,
    plan: planOf(contents, isThere, skips),
    undoes: ['project'],
    scope: { ...importScopeOf(contents.projects, exportedWith), ...byExportImport, releases: true },
    notes: [
      ...space.notes,
      ...archive.remarks,
      `the export is of Octopus Deploy ${archive.serverVersion}; the target is ${root.resource.Version}`,
      ...(dryRun ? [] : ['an undo deletes the projects that arrive; what they share stays']),
    ],
    omits: [
      ...known,
      ...beyond(known, [
        ...arrivingBare(contents),
        ...told('the target lacks these tags, scopes to them match no tenant', tagsMissing(contents, isThere)),
        alwaysBehind,
      ]),
    ],
    ...(same === undefined && (!dryRun || flagOf(options, 'preview'))
      ? { leaves: uploadLeaves(filesOf(settled)) }
      : {}),
  };
}

/** The names of the files that the run uploaded, or will upload. */
const filesOf = (settled: Options): readonly string[] => [
  ...listOf(settled, 'otherFiles'),
  ...[textOf(settled, 'fileName')].filter((name) => name !== undefined),
];

const uploadLeaves = (names: readonly string[]): string =>
  names.length === 1
    ? `the uploaded file ${names.join()}, which no call deletes: its secrets are only as safe as the password of the export`
    : `the uploaded files ${names.join(' and ')}, which no call deletes: their secrets are only as safe as the password of the export`;

const alwaysBehind =
  'an export holds no deployment targets, workers, triggers and packages: bring them to the target by other means';

export function olderTarget(source: string, target: string): string | undefined {
  return isOlder(target, source)
    ? `Octopus Deploy imports projects only into the same or a newer version: these are from ${source}, the target is ${target}`
    : undefined;
}

function tooOld(source: string, target: string): MigratorError | undefined {
  const obstacle = olderTarget(source, target);
  return obstacle === undefined
    ? undefined
    : new MigratorError('UNSUPPORTED', obstacle, {
        hint: 'upgrade the target first',
        details: { sourceVersion: source, targetVersion: target },
      });
}

/** All that the target refuses at once. */
function refuse(reasons: readonly (MigratorError | undefined)[]): void {
  const refusal = together(reasons.filter((reason) => reason !== undefined));
  if (refusal !== undefined) throw refusal;
}

async function managerMissing({ server }: ExportImport, signal: AbortSignal): Promise<MigratorError | undefined> {
  const [rights, space] = [await rightsOf(server, signal), await server.space(signal)];
  return refusalOf(noManager(rights), `${title} cannot import into space ${space.name ?? 'of this instance'}`);
}

/** The projects are known by name before there is a zip. */
async function projectsThere(
  way: ExportImport,
  { projects = [], options }: ImportRequest,
  signal: AbortSignal,
): Promise<MigratorError | undefined> {
  if (flagOf(options, 'skipExisting')) return undefined;
  const { server } = way;
  const space = await server.space(signal);
  const read = async (): Promise<readonly string[]> => {
    const names: string[] = [];
    for await (const { Name } of server.client.projects(space, signal)) names.push(Name);
    return names;
  };
  const there = (await reading(way, read, signal)).map((name) => ({ kind: 'project', name }));
  return standingInTheWay(existing({ projects }, lookup(there)), space.name);
}

function standingInTheWay(names: readonly string[], space: string | undefined): MigratorError | undefined {
  if (names.length === 0) return undefined;
  const where = space === undefined ? 'the target' : `space ${space} of the target`;
  return new MigratorError(
    'CONFLICT',
    `${where} has ${names.join(', ')} already, and ${title} never changes a project`,
    {
      hint: 'delete or rename them on the target, or go on with the others by --skip-existing',
      details: { existing: names },
    },
  );
}

/** The export task when this very server made the files: then nothing is uploaded. */
function fromThisServer(
  { url }: ExportImport,
  { exportedBy }: ImportRequest,
): Extract<ImportSource, { Type: 'space' }> | undefined {
  if (exportedBy === undefined || withoutSlash(exportedBy.url) !== withoutSlash(url)) return undefined;
  const { task, projects } = parseJobId(exportedBy.job);
  // The space in which the export ran, and not the one that is imported into.
  const space = textOf(exportedBy.settled, 'spaceId');
  return projects === 'export' && space !== undefined ? { Type: 'space', SpaceId: space, TaskId: task } : undefined;
}

const withoutSlash = (url: string): string => url.toLowerCase().replace(/\/+$/, '');

function sameServerSource({ settled }: PreparedImport): Extract<ImportSource, { Type: 'space' }> | undefined {
  const [space, task] = [textOf(settled, 'sourceSpace'), textOf(settled, 'sourceTask')];
  return space === undefined || task === undefined ? undefined : { Type: 'space', SpaceId: space, TaskId: task };
}

const fileNameOf = ({ settled }: PreparedImport): string => textOf(settled, 'fileName') ?? '';

async function sourceOf(way: ExportImport, prepared: PreparedImport, signal: AbortSignal): Promise<ImportSource> {
  return (
    sameServerSource(prepared) ?? {
      Type: 'upload',
      UploadedFileId: await uploadedId(way, fileNameOf(prepared), signal),
    }
  );
}

function zipAmong(files: readonly ArtifactFile[]): ArtifactFile {
  const [file, ...others] = files.filter(({ path }) => /^native\/.*\.zip$/i.test(path));
  if (file !== undefined && others.length === 0) return file;
  throw new MigratorError(
    'PACKAGE_MALFORMED',
    `the package has ${file === undefined ? 'no' : 'more than one'} zip of an export`,
    {
      hint: 'a zip that the web portal exported is sealed with: migrator package seal <file> --server-export',
    },
  );
}

function linesOf(preview: PreviewResource): readonly LogLine[] {
  const names = (list: readonly { readonly Name: string; readonly Type?: string | undefined }[]): readonly string[] =>
    list.map(({ Name, Type }) => (Type === undefined ? Name : `${Name} (${Type})`));
  const rows = [
    ...preview.Projects.flatMap(({ Name, Channels, Runbooks }) => [
      `project ${Name}`,
      ...told(`project ${Name}: channels`, Channels),
      ...told(`project ${Name}: runbooks`, Runbooks),
    ]),
    ...told('environments', preview.Environments),
    ...told('lifecycles', preview.Lifecycles),
    ...told('certificates', preview.Certificates),
    ...told('accounts', names(preview.Accounts)),
    ...told('feeds', names(preview.Feeds)),
    ...told('worker pools', names(preview.WorkerPools)),
  ];
  return rows.map((text) => ({ level: 'info', depth: 0, text }));
}
