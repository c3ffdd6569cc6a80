import { MigratorError } from '../../errors.ts';
import type { MoveRequest, Mover, Peer, PreparedMove } from '../../ports/adapter.ts';
import type { Options } from '../../ports/options.ts';
import type { PlanItem } from '../../ports/plan.ts';
import { flagOf, listOf, textOf } from '../shared/option-values.ts';
import { planeOf } from './connection.ts';
import { formatJobId, type Job } from './job-id.ts';
import { accessNotes, moveNotes, writeNotes } from './move-notes.ts';
import { planAssets, countsOf, type Asset } from './projects/asset-plan.ts';
import { assetTypes, guardedTypes, typesOf } from './projects/asset-types.ts';
import { changesSince, looked, untellable } from './projects/changes-since.ts';
import {
  alreadyThere,
  assetOf,
  backupOf,
  destinationAt,
  destinationPath,
  emptyProject,
  isMovable,
  unsavedNotes,
  type Destination,
} from './projects/destination.ts';
import { selectProjects } from './projects/select-projects.ts';
import { peerNamed, serverOf, type Server } from './server.ts';
import { taskWish } from './tasks/before.ts';
import { tasksOf } from './tasks/task.ts';
import { readWish, wishText } from './tasks/wish.ts';
import { scopeAt } from './snapshots/scope.ts';
import { statusPathOf, statusPaths, type MigrateBody } from './wire/client.ts';
import { formatPath, parsePath, samePath, type ProjectPath } from './wire/paths.ts';

type MoveJob = Extract<Job, { kind: 'move' }>;

/** Project migrate: within one control plane, from any org to any other. */
export function createMover(server: Server): Mover {
  const begun = (id: string, prepared: PreparedMove, { source, destination, startedAt }: MoveJob): string => {
    const title = `${formatPath(source)} to ${formatPath(destination)}`;
    return server.ledger.begin({ id, title, work: workOf(prepared), startedAt });
  };
  return {
    dryRuns: 'plan',
    reaches: (target, info) => Promise.resolve(reaches(server, target, info.url)),
    prepare: (request, target, signal) => prepare(server, request, target, signal),
    start: async (prepared, target, _, signal) => {
      const { settled } = prepared;
      const { destination } = jobOf(prepared, server.tools.clock.now());
      const { client } = serverOf(target.adapter) ?? server;
      if (flagOf(settled, 'createSpace')) await client.createSpace(destination.org, destination.space, signal);
      const job = jobOf(prepared, server.tools.clock.now());
      return begun(await post(server, job, bodyOf(prepared, destination), signal), prepared, job);
    },
    find: async (prepared, startedAfter, signal) => {
      const known = server.ledger.find(workOf(prepared), startedAfter);
      if (known !== undefined) return known;
      const job = jobOf(prepared, startedAfter);
      return (await hasBegun(server, prepared, job, signal)) ? begun(formatJobId(job), prepared, job) : undefined;
    },
  };
}

function reaches({ connection }: Server, target: Peer, url: string): true | string {
  if (target.adapter.product !== 'snaplogic') return `${target.name} is ${target.adapter.product}`;
  if (planeOf(url) === connection.plane) return true;
  return `SnapLogic migrates within one control plane only, and these are two: ${connection.plane} and ${planeOf(url)}`;
}

async function prepare(server: Server, request: MoveRequest, target: Peer, signal: AbortSignal): Promise<PreparedMove> {
  const { options, project = '' } = request;
  refuseImportOnly(options, request.secrets ?? []);
  const there = serverOf(target.adapter) ?? server;
  const asked = typesOf(listOf(options, 'assetType'), assetTypes, 'asset-type');
  const [found] = await selectProjects(server, [project], signal);
  if (found === undefined) throw new MigratorError('NOT_FOUND', `there is no project ${project}`);
  const { path: source, assets: entries } = found;
  if (entries === undefined) {
    throw new MigratorError('AUTH_REFUSED', `${formatPath(source)} may not be read by this account`, {
      hint: 'a migration needs read access to the source project',
      details: { status: 403 },
    });
  }
  const wanted = destinationPath(options, source, there.connection.org);
  refuseItself(source, wanted);
  const destination = await destinationAt(there, wanted, options, signal);
  const { path } = destination;
  refuseItself(source, path);
  const overwrites = flagOf(options, 'noDuplicateCheck') || textOf(options, 'onDuplicate') === 'overwrite';
  if (destination.exists === true && !overwrites) {
    throw alreadyThere(path, 'overwrite what it has with --no-duplicate-check, or choose another --dest-path');
  }
  const types = scopeOf(asked, destination, overwrites);
  const assets = entries.filter(isMovable).map(assetOf);
  const travelling = assets.filter(({ type }) => types.length === 0 || types.includes(type));
  const left = assets.filter((asset) => !travelling.includes(asset));
  const made = emptyProject(destination, travelling);
  const plan =
    destination.assets === undefined
      ? undefined
      : [...planOf(assets, travelling, destination.assets, asked.length > 0), ...made];
  const tasks = await taskWish(
    {
      there,
      path,
      names: travelling.flatMap(({ type, name }) => (type === 'Job' ? [name] : [])),
      read: () => tasksOf(server, entries, signal),
      plan,
    },
    options,
    signal,
  );
  return {
    project,
    dryRun: request.dryRun,
    settled: {
      source: formatPath(source),
      destination: formatPath(path),
      assetTypes: types,
      duplicateCheck: !overwrites,
      existed: destination.exists ?? 'unknown',
      createSpace: destination.createSpace,
      sync: flagOf(options, 'sync'),
      peer: target.name,
      tasks: wishText(tasks.wish),
    },
    ...(plan === undefined
      ? {}
      : { plan, scope: { ...scopeAt([path], options), ...(made.length > 0 ? { empty: true } : {}) } }),
    notes: [
      `${formatPath(source)} goes to ${formatPath(path)}: ${countsOf(travelling) || 'nothing is in it'}`,
      ...destination.notes,
      ...tasks.notes,
      ...moveNotes({ source, destination, travelling, left, entries }),
      ...writeNotes(server, there, destination),
      ...(await accessNotes(server, source, path, signal)),
    ],
    omits: [...unsavedNotes(plan), ...tasks.unused],
    ...consentFor(path, plan, destination, overwrites),
  };
}

function refuseItself(source: ProjectPath, path: ProjectPath): void {
  if (!samePath(source, path)) return;
  throw new MigratorError('USAGE', `${formatPath(source)} cannot be moved onto itself`, {
    hint: 'give another place with --dest-path',
  });
}

/** The types that the migration takes. An empty list takes all types, also undocumented ones. */
function scopeOf(asked: readonly string[], destination: Destination, overwrites: boolean): readonly string[] {
  if (asked.length > 0) return asked;
  const mayExist = destination.exists === true || (destination.exists === undefined && overwrites);
  return mayExist ? assetTypes.filter((type) => !guardedTypes.includes(type)) : [];
}

function planOf(assets: readonly Asset[], travelling: readonly Asset[], there: readonly Asset[], asked: boolean) {
  const held = (asset: Asset): boolean => there.some(({ type, name }) => type === asset.type && name === asset.name);
  const relevant = assets.filter((asset) => travelling.includes(asset) || held(asset));
  const left = asked ? [] : assets.filter((asset) => !relevant.includes(asset));
  return [
    ...planAssets(relevant, there, (asset) => travelling.includes(asset), asked),
    ...left.map(({ type: kind, name }): PlanItem => {
      const detail = `left at the source: new ${kind}s of an existing project come only when the type is named`;
      return { kind, name, action: 'keep', detail };
    }),
  ];
}

/**
 * USAGE: a migration cannot rename accounts or choose what happens to duplicates. To ignore these flags would do what
 * nobody asked for.
 */
function refuseImportOnly(options: Options, secrets: readonly string[]): void {
  const kept = textOf(options, 'onDuplicate');
  const flags = [
    ...(kept === undefined || kept === 'overwrite' ? [] : [`--on-duplicate ${kept}`]),
    ...(listOf(options, 'overwriteType').length > 0 ? ['--overwrite-type'] : []),
    ...(listOf(options, 'renameAccount').length > 0 ? ['--rename-account'] : []),
    ...(secrets.includes('accountFile') ? ['--account-file'] : []),
    ...(listOf(options, 'expressionFile').length > 0 ? ['--expression-file'] : []),
  ];
  if (flags.length === 0) return;
  throw new MigratorError('USAGE', `a migration within one control plane cannot do ${flags.join(', ')}`, {
    hint: 'go by export and import with --route relay, or leave it out; --asset-type says what a migration takes',
  });
}

function consentFor(
  path: ProjectPath,
  plan: PreparedMove['plan'],
  { exists }: Destination,
  overwrites: boolean,
): Pick<PreparedMove, 'backup' | 'consent'> {
  if (!overwrites || exists === false) return {};
  // A project that the account may not list cannot be exported as a backup.
  if (plan === undefined) return { consent: `overwrite whatever has the same name in ${formatPath(path)}?` };
  return plan.some(({ action }) => action === 'overwrite') ? { backup: backupOf(path) } : {};
}

function bodyOf({ settled }: PreparedMove, destination: ProjectPath): MigrateBody {
  const types = listOf(settled, 'assetTypes');
  return {
    dest_path: formatPath(destination),
    ...(types.length === 0 ? {} : { asset_types: types }),
    duplicate_check: flagOf(settled, 'duplicateCheck'),
    async: !flagOf(settled, 'sync'),
  };
}

async function post(server: Server, job: MoveJob, body: MigrateBody, signal: AbortSignal): Promise<string> {
  const { token, statusUrl, status } = await server.client.migrate(job.source, body, signal);
  const id = formatJobId({ ...job, token });
  const path = statusUrl === undefined ? undefined : statusPathOf(statusUrl);
  if (token !== undefined && path !== undefined && !statusPaths(token).includes(path))
    server.ledger.pointTo(token, path);
  if (status !== undefined && token === undefined) server.ledger.keepDocument(id, status);
  return id;
}

function jobOf({ settled }: PreparedMove, startedAt: Date): MoveJob {
  return {
    kind: 'move',
    token: undefined,
    startedAt,
    peer: textOf(settled, 'peer') ?? '',
    source: parsePath(textOf(settled, 'source') ?? '', 'the source'),
    destination: parsePath(textOf(settled, 'destination') ?? '', 'the destination'),
    types: listOf(settled, 'assetTypes'),
    tasks: readWish(textOf(settled, 'tasks')),
  };
}

/**
 * Whether a migration whose answer was lost has reached the server, as the target project shows. When nothing has
 * changed it may be sent again: onto an existing project it does the same once more, and onto a project that exists by
 * then it is refused.
 */
async function hasBegun(server: Server, prepared: PreparedMove, job: MoveJob, signal: AbortSignal): Promise<boolean> {
  const there = (await peerNamed(server, job.peer)) ?? server;
  const { place, isNew, changed, unclear } = await looked(() =>
    changesSince(there, job.destination, job.startedAt, signal),
  );
  if (place.project === undefined) return false;
  if (isNew || changed.length > 0) return true;
  // The project did not exist before, so this migration may have created it.
  if (prepared.settled['existed'] === false || unclear) throw untellable('the migration', job.destination);
  return false;
}

function workOf({ settled }: PreparedMove): string {
  return JSON.stringify(settled);
}
