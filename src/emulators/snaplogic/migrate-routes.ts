import { Refusal } from '../shared/answering.ts';
import type { Reply } from '../shared/server.ts';
import { readMigrateRequest, type MigrateRequest } from './migrate-request.ts';
import type { MigrationEngine } from './migration-engine.ts';
import { load, migrationOf, newToken, putMigration, statusDocument, type Cargo, type Migration } from './migrations.ts';
import { needOrg } from './orgs.ts';
import { errorDocument, json, ok } from './refusal.ts';
import { enter, isAdmin, need } from './rights.ts';
import { addNode, assetTypes, childNamed, childrenOf, lastOf, needPlace, pathSegments, pathText } from './tree.ts';
import type { Place } from './tree.ts';
import type { Route, Visit } from './visit.ts';

const publicApi = '/api/1/rest/public';

/** Files and accounts are copied before the assets that refer to them, tasks after the pipelines that they run. */
const order = ['File', 'Account', 'Policy', 'Pipeline', 'Job'];

function draft({ caller }: Visit, source: Place, request: MigrateRequest): Migration {
  return {
    token: newToken(),
    status: 'Started',
    userId: caller.user.email,
    sourcePath: source.path,
    targetPath: pathText(request.target),
    createTime: new Date().toISOString(),
    types: request.types,
    handled: 0,
    error: undefined,
  };
}

function cargo({ plane }: Visit, source: Place, { types = assetTypes }: MigrateRequest): Cargo {
  const assets = childrenOf(plane.store, lastOf(source).id)
    .filter(({ type }) => (types as readonly string[]).includes(type))
    .toSorted((one, other) => order.indexOf(one.type) - order.indexOf(other.type));
  return {
    assets: assets.map(({ id }) => id),
    travelling: assets.filter(({ type }) => type === 'Pipeline').map(({ name }) => name),
  };
}

/** Records the migration and makes the project at once, so that a second call is a duplicate: 409. */
function begin(visit: Visit, source: Place, request: MigrateRequest): Migration {
  const { plane, caller } = visit;
  const { store, faults } = plane;
  const [orgName = '', spaceName = '', name = ''] = request.target;
  const org = needOrg(store, orgName);
  // A JWT names one environment. For a migration it is the one of the source.
  enter({ ...caller, org: undefined }, org);
  const place = needPlace(store, [orgName, spaceName]);
  need(caller, place, 'W');
  const space = lastOf(place);
  if (source.path === pathText(request.target)) throw new Refusal(400, 'The source and the destination are the same');
  return store.atomically(() => {
    const migration = draft(visit, source, request);
    const existing = childNamed(store, space.id, name);
    if (existing !== undefined && request.duplicateCheck) {
      const message = `A project named ${name} already exists in ${pathText([orgName, spaceName])}`;
      if (faults.take('duplicate-as-failed-status') === undefined) throw new Refusal(409, message);
      return putMigration(store, { ...migration, status: 'Failed', error: message });
    }
    if (existing === undefined) {
      addNode(store, { name, parent: space.id, type: 'Dir', org: space.org, owner: caller.user.email });
    }
    load(store, migration.token, cargo(visit, source, request));
    return putMigration(store, migration);
  });
}

async function answerSync(visit: Visit, engine: MigrationEngine, token: string): Promise<Reply> {
  const { plane, call } = visit;
  const { faults, store } = plane;
  const done = engine.run(token);
  if (faults.take('sync-cut') !== undefined) {
    // The service stops waiting, but the migration goes on.
    call.request.socket.destroy();
    return json(504, errorDocument(504, 'Gateway timeout'));
  }
  await done;
  const migration = migrationOf(store, token);
  if (migration === undefined) throw new Error(`the migration ${token} is gone`);
  if (faults.take('sync-empty') !== undefined) return { status: 200 };
  if (faults.take('sync-error') !== undefined) return json(500, errorDocument(500, 'Internal server error'));
  const document = statusDocument(store, migration);
  return faults.take('sync-document') === undefined ? ok(document) : json(200, document);
}

async function start(visit: Visit, engine: MigrationEngine): Promise<Reply> {
  const request = readMigrateRequest(await visit.document());
  const { plane, segments } = visit;
  if (segments.length !== 3) throw new Refusal(400, 'The source path must name a project: /org/project_space/project');
  const source = visit.reach(segments, 'R');
  const { token, status } = begin(visit, source, request);
  if (!request.async) return answerSync(visit, engine, token);
  if (status === 'Started') void engine.run(token);
  const foreign = plane.faults.take('status-foreign-host') !== undefined;
  const origin = foreign ? 'https://control-plane.invalid' : plane.origin();
  return ok({ status_token: token, status_url: `${origin}${publicApi}/project/migrate/${token}` });
}

function status(visit: Visit): Reply {
  const { plane, caller } = visit;
  const migration = migrationOf(plane.store, visit.param('token'));
  if (migration === undefined) throw new Refusal(404, `There is no migration ${visit.param('token')}`);
  const orgs = [migration.sourcePath, migration.targetPath].map((path) =>
    needOrg(plane.store, pathSegments(path)[0] ?? ''),
  );
  const admin = orgs.some((org) => isAdmin(caller.user.email, org));
  const closed = plane.faults.take('status-forbidden') !== undefined;
  const open = plane.faults.named('status-open') !== undefined;
  if (closed || (!admin && !open)) throw new Refusal(403, `${caller.user.email} is not an admin of the environment`);
  const document = statusDocument(plane.store, migration);
  const unknown = plane.faults.take('unknown-status') !== undefined;
  return ok(unknown ? { ...document, status: 'Reconciling' } : document);
}

export const migrateRoutes = (engine: MigrationEngine): readonly Route[] => [
  { method: 'POST', path: `${publicApi}/project/migrate/*`, handle: (visit) => start(visit, engine) },
  { method: 'GET', path: `${publicApi}/project/migrate/:token`, handle: status },
  { method: 'GET', path: `${publicApi}/migrate/:token`, handle: status },
];
