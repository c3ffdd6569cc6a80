import type { Mover, MoveRequest, Peer, PreparedMove } from '../../ports/adapter.ts';
import { isForbidden } from '../shared/answers.ts';
import { flagOf, textOf } from '../shared/option-values.ts';
import { formatJobId, parseJobId } from './job-id.ts';
import { peerOf } from './migrations/peers.ts';
import { findMigration, settledMigration, startMigration } from './migrations/start-migration.ts';
import { selectTarget, type Selection } from './objects/projects.ts';
import { consentFor, planObjects, type ObjectPlan } from './packages/conflict-plan.ts';
import { idleNotes, packageInfo } from './packages/package-content.ts';
import { serverName } from './packages/package-name.ts';
import { packageOrder, type PackageOrder } from './packages/package-order.ts';
import { sharedStorageObstacle } from './packages/shared-storage.ts';
import { requireRights } from './rights.ts';
import { libraryOf, libraryOfPeer, type Library } from './server.ts';
import { scopeOfPlan } from './snapshots.ts';
import type { Project } from './wire/schemas.ts';

/** Object migration and project merge between two Libraries that share one storage. */
export function createMover(library: Library): Mover {
  return {
    dryRuns: 'server',
    reaches: async ({ name, adapter }, _info, signal) => {
      const target = libraryOf(adapter);
      if (target === undefined) return `${name} is not a MicroStrategy Library`;
      const obstacle = await sharedStorageObstacle(library, target, signal);
      // Without shared storage the package goes by way of this machine. It is not made when the target would not take
      // it.
      if (obstacle !== undefined) await requireCarrying(target, signal);
      return obstacle ?? true;
    },
    prepare: (request, target, signal) => prepare(library, request, target, signal),
    start: async ({ settled }, _target, _secrets, signal) =>
      jobIdOf(await startMigration(library, settled, signal), settled),
    find: async ({ settled }, _startedAfter, signal) => {
      const id = await findMigration(library, settled, signal);
      return id === undefined ? undefined : jobIdOf(id, settled);
    },
    discard: async (id, signal) => {
      const { packageId, peer } = parseJobId(id);
      // The source's package is deleted last: as long as it is there, a new attempt finds it.
      if (peer !== undefined) await (await peerOf(library, peer)).client.deletePackage(packageId, signal);
      await library.client.deletePackage(packageId, signal);
    },
    packageOf: (id) => ({ id: parseJobId(id).packageId, version: '' }),
  };
}

function jobIdOf(migration: string, settled: PreparedMove['settled']): string {
  const mark = flagOf(settled, 'dryRun') ? 'dry-run' : flagOf(settled, 'requestOnly') ? 'request-only' : undefined;
  return formatJobId(migration, mark, textOf(settled, 'peer'));
}

async function prepare(
  library: Library,
  { project, dryRun, options }: MoveRequest,
  peer: Peer,
  signal: AbortSignal,
): Promise<PreparedMove> {
  const target = libraryOfPeer(peer);
  const order = await packageOrder(library, { projects: project === undefined ? [] : [project], options }, signal);
  const into = await targetOf(target, order, textOf(options, 'targetProject'), signal);
  const requestOnly = flagOf(options, 'requestOnly');
  await requireRights(library, { what: 'create', told: 'make packages', project: order.project?.id }, signal);
  if (!requestOnly && !dryRun) await requireImporting(target, into?.project.id, signal);
  const { items: plan, absent, seen } = await planOf(target, order, into?.project, signal);
  const name = serverName(order.ref);
  const { settings, purpose, objects } = order;
  const body = {
    packageInfo: packageInfo(name, settings, objects, library.connection.environment),
    importInfo: {
      environment: target.connection.environment,
      ...(into === undefined ? {} : { project: { id: into.project.id, name: into.project.name } }),
    },
  };
  const where = into === undefined ? peer.name : `${into.project.name} on ${peer.name}`;
  const consent = consentFor(objects, settings, where, seen);
  return {
    project: order.project === undefined ? 'configuration objects' : (project ?? order.project.name),
    dryRun,
    settled: { ...settledMigration({ name, body, project: order.project?.id }), peer: peer.name, dryRun, requestOnly },
    plan,
    scope: scopeOfPlan(into?.project, objects, plan),
    notes: [
      ...order.notes,
      ...(into?.notes ?? []),
      ...renamed(order, into),
      ...idleNotes(settings, objects, purpose, absent),
      ...(dryRun ? ['the servers validate the package: it is made for that, and deleted afterwards'] : []),
    ],
    ...(consent === undefined ? {} : { consent }),
  };
}

async function requireImporting(target: Library, project: string | undefined, signal: AbortSignal): Promise<void> {
  const hint = 'use another account, or leave the import to somebody who may: --request-only';
  await requireRights(target, { what: 'import', told: 'import packages', project, hint }, signal);
}

async function requireCarrying(target: Library, signal: AbortSignal): Promise<void> {
  for (const what of ['upload', 'import'] as const)
    await requireRights(target, { what, told: `${what} packages`, project: undefined }, signal);
}

async function targetOf(
  target: Library,
  { project }: PackageOrder,
  named: string | undefined,
  signal: AbortSignal,
): Promise<Selection | undefined> {
  if (project === undefined) return undefined;
  return selectTarget(target, { named, sourceId: project.id, sourceName: project.name }, signal);
}

function renamed({ project }: PackageOrder, into: Selection | undefined): string[] {
  if (project === undefined || into === undefined || project.name === into.project.name) return [];
  return [`${project.name} goes into the project ${into.project.name}`];
}

/** What the move will do to the target. A project merge is one item, because only the server knows what it packs. */
async function planOf(
  target: Library,
  { objects, settings, project, purpose }: PackageOrder,
  into: Project | undefined,
  signal: AbortSignal,
): Promise<ObjectPlan & { readonly seen: boolean }> {
  if (purpose === 'project_merge') {
    const keeps = settings.chosen === 'use_existing';
    const detail = `every object by the rule ${settings.defaultAction}`;
    const name = into?.name ?? project?.name ?? '';
    return {
      items: [
        {
          kind: 'project',
          name,
          ...(into === undefined ? {} : { id: into.id }),
          action: keeps ? 'keep' : 'overwrite',
          detail,
          ...(settings.chosen === undefined ? {} : { asked: true }),
        },
      ],
      absent: [],
      seen: true,
    };
  }
  try {
    return { ...(await planObjects(target, objects, settings, into?.id, signal)), seen: true };
  } catch (error) {
    // The account may be allowed to import without being allowed to look. The servers decide then.
    if (!isForbidden(error)) throw error;
    return { items: [], absent: objects, seen: false };
  }
}
