import { MigratorError } from '../../errors.ts';
import type { Backup, Importer, ImportRequest, PreparedImport } from '../../ports/importer.ts';
import type { Secrets } from '../../ports/options.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Scope } from '../../ports/snapshot.ts';
import { flagOf, listOf, textOf } from '../shared/option-values.ts';
import { checkedRenames } from './archives/accounts.ts';
import { readArchive, zipAmong, type Archive } from './archives/archive.ts';
import { digested, readExpressions, type Expressions } from './archives/expressions.ts';
import { formOf } from './archives/import-form.ts';
import type { Rename } from './archives/renames.ts';
import { checkImportOptions } from './import-options.ts';
import { arriving, planOf, requireOwnNames, unguarded, type Duplicates } from './import-plan.ts';
import { formatJobId, type Job } from './job-id.ts';
import { countsOf } from './projects/asset-plan.ts';
import { changesSince, looked, untellable } from './projects/changes-since.ts';
import {
  alreadyThere,
  backupOf,
  destinationAt,
  destinationPath,
  emptyProject,
  unsavedNotes,
  type Destination,
} from './projects/destination.ts';
import { restoringOf } from './restoring.ts';
import type { Server } from './server.ts';
import { scopeAt } from './snapshots/scope.ts';
import { taskWish } from './tasks/before.ts';
import { readWish, wishText } from './tasks/wish.ts';
import { outcomeOf, stateOf, tallyOf, withTypes } from './wire/asset-results.ts';
import { formatPath, parsePath, readPath, type ProjectPath } from './wire/paths.ts';

type ImportJob = Extract<Job, { kind: 'import' }>;

/** Project import: one call that answers when the import is done, with the result of each asset. */
export function createImporter(server: Server): Importer {
  const begun = (id: string, prepared: PreparedImport, { destination, startedAt }: ImportJob): string =>
    server.ledger.begin({ id, title: `into ${formatPath(destination)}`, work: workOf(prepared), startedAt });
  return {
    takes: 'files',
    dryRuns: 'plan',
    restoresSome: true,
    requiredSecrets: [],
    prepare: (request, signal, secrets) => prepare(server, request, signal, secrets),
    start: async (prepared, secrets, files, signal, options = {}) => {
      const { settled } = prepared;
      const { destination } = jobOf(prepared, server.tools.clock.now());
      digested(listOf(options, 'expressionFile'), server.optionFiles);
      const sent = await formOf(prepared, secrets, files, server.optionFiles, signal);
      if (flagOf(settled, 'createSpace')) await server.client.createSpace(destination.org, destination.space, signal);
      const job = jobOf(prepared, server.tools.clock.now());
      return begun(await send(server, job, listOf(settled, 'overwriteTypes'), sent, signal), prepared, job);
    },
    find: async (prepared, startedAfter, signal) => {
      const known = server.ledger.find(workOf(prepared), startedAfter);
      if (known !== undefined) return known;
      const job = jobOf(prepared, startedAfter);
      return (await hasBegun(server, prepared, job, signal)) ? begun(formatJobId(job), prepared, job) : undefined;
    },
  };
}

async function prepare(
  server: Server,
  request: ImportRequest,
  signal: AbortSignal,
  secrets: Secrets = {},
): Promise<PreparedImport> {
  const { options, source, dryRun } = request;
  const { renames, named, asked } = checkImportOptions(options, secrets);
  const expressions = await readExpressions(listOf(options, 'expressionFile'), signal);
  const archive = request.files === undefined ? undefined : await readArchive(zipAmong(request.files), signal);
  const allRenames = archive === undefined ? renames : effectiveRenames(archive, secrets, renames);
  const origin = archive?.assets.length === 0 ? 'empty' : archive?.origin;
  const wanted = destinationPath(options, origin, server.connection.org);
  const destination = await destinationAt(server, wanted, options, signal);
  const { path } = destination;
  if (destination.exists === true && asked === undefined) {
    throw alreadyThere(path, 'say what happens to it with --on-duplicate skip, create-new or overwrite');
  }
  const duplicates = asked ?? 'skip';
  const restoring = restoringOf(request.restores, archive);
  const types = duplicates !== 'overwrite' ? [] : (restoring?.types ?? (named.length > 0 ? named : unguarded()));
  const coming = archive === undefined ? undefined : arriving(archive.assets, allRenames, expressions);
  const present = destination.exists === true && duplicates === 'create_new' ? [] : (destination.assets ?? []);
  requireOwnNames(coming ?? [], present, allRenames, expressions);
  const made = coming === undefined ? [] : emptyProject(destination, coming);
  const listed =
    coming === undefined
      ? undefined
      : planOf(coming, destination, { duplicates, types, named: named.length > 0, expressions });
  const plan = listed === undefined ? undefined : [...listed, ...made];
  const tasks = await taskWish(
    {
      there: server,
      path,
      names: coming?.flatMap(({ type, name }) => (type === 'Job' ? [name] : [])),
      read: () => Promise.resolve(archive?.tasks ?? []),
      plan,
      enabled: restoring?.enabled,
    },
    options,
    signal,
  );
  return {
    source,
    dryRun,
    settled: {
      destination: formatPath(path),
      duplicates,
      overwriteTypes: types,
      createSpace: destination.createSpace,
      existed: destination.exists ?? 'unknown',
      renameAccount: renames.map(({ from, to }) => `${from}=${to}`),
      expressionFile: digested(listOf(options, 'expressionFile'), server.optionFiles),
      tasks: wishText(tasks.wish),
    },
    notes: [
      `${archive === undefined ? 'the package' : countsOf(archive.assets) || 'nothing'} goes to ${formatPath(path)}`,
      ...destination.notes,
      ...(destination.exists === true && duplicates === 'create_new'
        ? [`${formatPath(path)} exists: the import makes a copy with a number after its name`]
        : []),
      ...tasks.notes,
      ...accountNotes(archive),
      ...allRenames.map(({ from, to }) => `the account "${from}" arrives as "${to}"`),
      ...expressionNotes(expressions),
    ],
    omits: [...unsavedNotes(plan), ...tasks.unused],
    ...(plan === undefined ? {} : { plan }),
    ...scopeIn(destination, request, duplicates, made.length > 0),
    ...caution(path, destination, duplicates, plan, expressions),
  };
}

const effectiveRenames = ({ accounts, assets }: Archive, secrets: Secrets, renames: readonly Rename[]) =>
  checkedRenames({ template: accounts, assets }, secrets['accountFile']?.reveal(), renames);

/**
 * Absent when the account may not look, and for a numbered copy: the control plane chooses its name. Then only the
 * answer tells the result.
 */
function scopeIn(
  { path, assets, exists }: Destination,
  { exportedWith = {} }: ImportRequest,
  duplicates: Duplicates,
  empty: boolean,
): { readonly scope?: Scope } {
  if (assets === undefined || (exists === true && duplicates === 'create_new')) return {};
  // A second import would make such a copy.
  const numbered = duplicates === 'create_new';
  return {
    scope: { ...scopeAt([path], exportedWith), ...(numbered ? { numbered } : {}), ...(empty ? { empty } : {}) },
  };
}

function expressionNotes(expressions: Expressions | undefined): readonly string[] {
  if (expressions === undefined) return [];
  const { names, clashing } = expressions;
  return [
    `expression files go into the root of the project: ${names.join(', ')}`,
    ...clashing.map((name) => `more than one file of the zip is called ${name}: the import keeps one of them`),
  ];
}

function accountNotes(archive: Archive | undefined): readonly string[] {
  const accounts = (archive?.assets ?? []).filter(({ type }) => type === 'Account');
  if (accounts.length === 0) return [];
  const names = accounts.map(({ name }) => name).join(', ');
  return [
    `validate the accounts afterwards: ${names}; another org must trust the one they come from to read their secrets`,
  ];
}

function caution(
  path: ProjectPath,
  { exists }: Destination,
  duplicates: Duplicates,
  plan: readonly PlanItem[] | undefined,
  expressions: Expressions | undefined,
): { readonly backup?: Backup; readonly consent?: string } {
  const hits = plan?.some(({ action }) => action === 'overwrite') === true;
  const unseen = duplicates === 'overwrite' || (duplicates === 'skip' && expressions !== undefined);
  if (exists === false || !(plan === undefined ? unseen : hits)) return {};
  const consent = `overwrite whatever has the same name in ${formatPath(path)}?`;
  // A project that the account may not list cannot be exported as a backup.
  if (exists === undefined) return { consent: `${consent} No backup can be taken` };
  return { ...(plan === undefined ? { consent } : {}), backup: backupOf(path) };
}

async function send(
  server: Server,
  job: ImportJob,
  types: readonly string[],
  { form, isEmpty }: Awaited<ReturnType<typeof formOf>>,
  signal: AbortSignal,
): Promise<string> {
  const { destination, duplicates, startedAt } = job;
  const query = { duplicates, overwriteTypes: types };
  const answer = await server.client.importProject(destination, query, form, signal);
  const outcome = answer === undefined ? undefined : outcomeOf(withTypes(answer, []), duplicates !== 'create_new');
  if (answer === undefined || outcome === undefined || (outcome.items.length === 0 && !isEmpty)) {
    throw new MigratorError(
      'REMOTE_UNEXPECTED',
      `the answer to the import into ${formatPath(destination)} has no result`,
      {
        details: { ambiguous: true },
      },
    );
  }
  const elsewhere = answer.project_path !== undefined && answer.project_path !== formatPath(destination);
  const arrived = readPath(answer.project_path ?? '') ?? destination;
  const id = formatJobId({ ...job, destination: arrived, told: tallyOf(outcome) });
  server.ledger.settle({
    id,
    kind: 'import',
    state: stateOf(outcome),
    wireState: 'answered',
    startedAt: startedAt.toISOString(),
    finishedAt: server.tools.clock.now().toISOString(),
    items: outcome.items,
    messages: [
      ...outcome.messages,
      ...(elsewhere ? ([{ level: 'info', text: `imported as ${answer.project_path ?? ''}` }] as const) : []),
    ],
  });
  return id;
}

function jobOf({ settled }: PreparedImport, startedAt: Date): ImportJob {
  return {
    kind: 'import',
    startedAt,
    destination: parsePath(textOf(settled, 'destination') ?? '', 'the destination'),
    duplicates: textOf(settled, 'duplicates') ?? 'skip',
    told: undefined,
    tasks: readWish(textOf(settled, 'tasks')),
  };
}

/**
 * Whether an import whose answer was lost has reached the server. When nothing has changed, an import that skips or
 * overwrites may be sent again. An import that makes a copy may have made one beside the project, so nobody can tell.
 */
async function hasBegun(
  server: Server,
  prepared: PreparedImport,
  job: ImportJob,
  signal: AbortSignal,
): Promise<boolean> {
  const { destination, duplicates, startedAt } = job;
  const { place, isNew, changed, unclear } = await looked(() => changesSince(server, destination, startedAt, signal));
  if (place.project === undefined) return false;
  if (isNew || changed.length > 0) return true;
  const existed = prepared.settled['existed'];
  if (existed !== true || unclear || duplicates === 'create_new') throw untellable('the import', destination);
  return false;
}

function workOf({ source, settled }: PreparedImport): string {
  return JSON.stringify([source, settled]);
}
