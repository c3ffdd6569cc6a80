import { MigratorError } from '../../errors.ts';
import type { Importer, ImportRequest, PreparedImport } from '../../ports/importer.ts';
import { listOf, textOf } from '../shared/option-values.ts';
import { looked } from './migrations/start-migration.ts';
import { selectTarget, type Selection } from './objects/projects.ts';
import { planImport } from './packages/import-plan.ts';
import { factsFrom, factsOf, type FileFacts } from './packages/package-name.ts';
import { refuseRequestOnly, refuseTargetProject } from './packages/package-order.ts';
import { findKept, type Kept } from './packages/package-store.ts';
import { requireRights } from './rights.ts';
import type { Library } from './server.ts';

/** Imports uploaded packages. The server begins at once and without an approval (upload and download, step 4). */
export function createImporter(library: Library): Importer {
  return {
    takes: 'stored',
    dryRuns: 'plan',
    plans: true,
    requiredSecrets: [],
    check: (signal, request) => check(library, request, signal),
    prepare: (request, signal) => prepare(library, request, signal),
    start: async (prepared, _secrets, _files, signal) => {
      const project = textOf(prepared.settled, 'projectId');
      return (await library.client.createMigration(bodyOf(library, prepared), project, signal)).id;
    },
    find: (prepared, _startedAfter, signal) => findImport(library, prepared, signal),
  };
}

/** The only import of the package that did not exist when this one was prepared. CONFLICT when there are several. */
async function findImport(
  library: Library,
  { source, settled }: PreparedImport,
  signal: AbortSignal,
): Promise<string | undefined> {
  const begun = await looked(() => importsOf(library, textOf(settled, 'packageId') ?? '', signal));
  const fresh = begun.filter((id) => !listOf(settled, 'earlier').includes(id));
  if (fresh.length < 2) return fresh[0];
  throw new MigratorError('CONFLICT', `migrator cannot tell which import of ${source.id} is this run's`, {
    hint: `look at ${fresh.join(', ')} with "migrator job show"; if none is this run's, start a new run with --fresh`,
    details: { migrations: fresh },
  });
}

/** What only the name of the uploaded package tells is not known here. */
async function check(library: Library, request: ImportRequest, signal: AbortSignal): Promise<void> {
  await requireRights(library, { what: 'import', told: 'import packages', project: undefined }, signal);
  const named = factsFrom(request.files?.[0]?.path ?? '');
  if (named.packageType === 'configuration') refuseTargetProject(request.options);
  const isTold = named.project !== undefined || textOf(request.options, 'targetProject') !== undefined;
  if (named.packageType === 'configuration' || !isTold) return;
  library.memory.target = await targetOf(library, request, named, undefined, signal);
}

async function prepare(library: Library, request: ImportRequest, signal: AbortSignal): Promise<PreparedImport> {
  const { source, dryRun, options, files, exportedWith } = request;
  refuseRequestOnly(options);
  const kept = justUploaded(library, request) ?? (await findKept(library, source, signal));
  // A dry run of a file on this machine uploads nothing.
  const onlyPlanned = dryRun && kept === undefined && files !== undefined;
  if (!onlyPlanned && kept?.file === undefined) throw notUploaded(library, source.id, kept !== undefined);
  const named = factsFrom(files?.[0]?.path ?? '');
  const { packageType } =
    kept?.file === undefined ? named : factsOf({ type: kept.file.extraInfo.packageType, purpose: undefined });
  if (packageType === 'configuration') refuseTargetProject(options);
  const into =
    packageType === 'configuration'
      ? undefined
      : (library.memory.target ?? (await targetOf(library, request, named, kept?.name, signal)));
  const packageId = kept?.packageId ?? '';
  const project = into?.project.id;
  await requireRights(library, { what: 'import', told: 'import packages', project }, signal);
  const { plan, scope, consent } = await planImport(
    library,
    { packageType, exportedWith, project: into?.project },
    signal,
  );
  return {
    source,
    dryRun,
    settled: {
      packageId,
      fileId: kept?.file?.id ?? '',
      ...(into === undefined ? {} : { projectId: into.project.id, projectName: into.project.name }),
      earlier: packageId === '' ? [] : await importsOf(library, packageId, signal),
    },
    plan,
    scope,
    ...(consent === undefined ? {} : { consent }),
    notes: [
      ...(into?.notes ?? []),
      into === undefined ? 'the package goes into the configuration' : `the package goes into ${into.project.name}`,
      ...(dryRun
        ? ['the server cannot validate an uploaded package: an import would follow the rules that are packed in it']
        : []),
    ],
  };
}

/** The package, when the feed has just shown it and this process knows its file. */
function justUploaded({ memory: { uploaded } }: Library, { seen }: ImportRequest): Kept | undefined {
  if (uploaded?.extraInfo.packageId === undefined || uploaded.extraInfo.packageId !== seen?.id) return undefined;
  return { packageId: seen.id, name: uploaded.name, file: uploaded, migration: undefined };
}

async function targetOf(
  library: Library,
  { options }: ImportRequest,
  { project }: FileFacts,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Selection> {
  const slug = name === undefined ? undefined : /^(\S+) \d/.exec(name)?.[1];
  return selectTarget(library, { named: textOf(options, 'targetProject'), sourceId: project, slug }, signal);
}

function notUploaded({ connection }: Library, id: string, isMadeHere: boolean): MigratorError {
  if (isMadeHere) {
    return new MigratorError('UNSUPPORTED', `the package ${id} was made by ${connection.name} and not uploaded to it`, {
      hint: 'download it and import the file, or use migrate-project',
    });
  }
  return new MigratorError('NOT_FOUND', `the file store of ${connection.name} does not hold the package ${id}`, {
    hint: 'upload it first; "migrator package list" prints what is there',
    details: { missing: [id] },
  });
}

/** The ids of all imports of a package that were begun on this Library. */
async function importsOf({ client }: Library, packageId: string, signal: AbortSignal): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id, packageInfo } of client.migrations(signal)) {
    if (packageInfo.id.toUpperCase() === packageId.toUpperCase()) ids.push(id);
  }
  return ids;
}

function bodyOf({ connection }: Library, { settled }: PreparedImport): object {
  const project = textOf(settled, 'projectId');
  return {
    packageInfo: {
      storage: { sharedFileStore: { files: { id: textOf(settled, 'fileId') } } },
      purpose: 'migration_from_shared_file_store',
    },
    importInfo: {
      environment: connection.environment,
      ...(project === undefined ? {} : { project: { id: project, name: textOf(settled, 'projectName') } }),
    },
  };
}
