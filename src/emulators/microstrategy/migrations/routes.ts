import { asObject, asText, isEmpty, isObject } from '../../shared/json.ts';
import type { Reply } from '../../shared/server.ts';
import { needFile, needStorage } from '../file-store/availability.ts';
import { binaryReply } from '../file-store/routes.ts';
import { removeShared } from '../file-store/shared-folder.ts';
import type { Instance } from '../instance.ts';
import { configuration } from '../metadata/object.ts';
import { need, privileges } from '../privileges.ts';
import { invalid, json, missing, noContent, notNow, Refusal } from '../refusal.ts';
import { pageOf, readFlag } from '../request.ts';
import { paged, route, type Route, type Visit } from '../visit.ts';
import { certify } from './certification.ts';
import { changeRecord } from './change-record.ts';
import { createPackage, reusePackage, startCreation } from './create-package.ts';
import { importUpload, triggerImport } from './import-package.ts';
import type { Jobs } from './jobs.ts';
import {
  allMigrations,
  allPackages,
  changeImport,
  changePackage,
  findPackage,
  fullRecord,
  importsOf,
  keptTree,
  needMigration,
  removePackage,
  type Shown,
} from './record.ts';
import { readToc } from './toc.ts';
import { recoverValidations, triggerValidation, withReport } from './validate.ts';

const restarted = 'The server was restarted while the operation was running.';

/** For a start after a crash: work that was running has failed and has written nothing. */
export function recoverMigrations(instance: Instance): void {
  const { store } = instance;
  store.atomically(() => {
    for (const { id, status } of allPackages(store)) {
      if (status === 'creating') changePackage(store, id, { status: 'create_failed', message: restarted });
    }
    for (const { import: row } of allMigrations(store)) {
      if (row.status === 'importing') changeImport(store, row.id, { status: 'import_failed', message: restarted });
      if (row.status === 'undoing') changeImport(store, row.id, { status: 'undo_failed', message: restarted });
    }
  });
  recoverValidations(instance, restarted);
}

async function create(visit: Visit, jobs: Jobs): Promise<Reply> {
  const body = await visit.document();
  const packageId = visit.call.query('packageId');
  // There are no locks of projects here, so there is nothing to unlock.
  if (readFlag(visit.call.query('unlockOnStart') ?? 'false') === undefined)
    throw invalid('The value of unlockOnStart is invalid.');
  if (packageId !== undefined) return reusePackage(visit, packageId, body);
  const info = asObject(body['packageInfo']);
  if (isEmpty(info)) throw missing('packageInfo is missing.');
  return info['purpose'] === 'migration_from_shared_file_store'
    ? importUpload(visit, jobs, body)
    : createPackage(visit, jobs, body);
}

function list(visit: Visit): Reply {
  const { instance, call } = visit;
  const purposes = (call.query('packageInfo.purpose') ?? 'object_migration').split(',').map((one) => one.trim());
  const all = allMigrations(instance.store).filter(({ package: row }) => purposes.includes(row.purpose));
  const data = pageOf(visit, all, { usual: 100, most: 1000 });
  return json(200, {
    total: all.length,
    data: data.map((one) => fullRecord(instance, withReport(instance, one), { toc: false, tree: false })),
  });
}

const contents: Readonly<Record<string, Shown>> = {
  default: { toc: false, tree: false },
  tocview: { toc: true, tree: false },
  treeview: { toc: false, tree: true },
  all: { toc: true, tree: true },
};

function read({ instance, param, call }: Visit): Reply {
  const shown = contents[(call.query('showContent') ?? 'default').toLowerCase()];
  if (shown === undefined) throw invalid('The value of showContent is invalid.');
  return json(200, fullRecord(instance, withReport(instance, needMigration(instance, param('id'))), shown));
}

/** Edits a package on the source: makes it again from another table of contents. Type and purpose stay. */
async function edit({ instance, user, param, document }: Visit, jobs: Jobs): Promise<Reply> {
  need(user, privileges.createPackage);
  const { package: row, import: target } = needMigration(instance, param('id'));
  const sent = await document();
  // Clients send the members of packageInfo, or a record around them.
  const info = isObject(sent['packageInfo']) ? sent['packageInfo'] : sent;
  if (row.replicated) throw invalid('Uploaded or replicated packages cannot be edited.');
  if (row.status !== 'created' && row.status !== 'create_failed') throw notNow('packageInfo.status', row.status);
  if (!['pending', 'rejected'].includes(target.importRequestStatus)) {
    throw notNow('importInfo.importRequestStatus', target.importRequestStatus);
  }
  if (asText(info['type'], row.type) !== row.type) throw invalid('packageInfo.type cannot be changed.');
  if (asText(info['purpose'], row.purpose) !== row.purpose) throw invalid('packageInfo.purpose cannot be changed.');
  readToc(info['tocView'], row.type, row.purpose);
  changePackage(instance.store, row.id, {
    name: asText(info['name'], row.name),
    tocView: asObject(info['tocView']),
    treeView: info['treeView'] === undefined ? row.treeView : keptTree(info['treeView']),
    status: 'creating',
    message: '',
    progress: 0,
  });
  startCreation(instance, jobs, row.id, asText(row.project?.['id'], configuration));
  return json(202, { id: row.id, status: 'creating', progress: 0 });
}

/** Deletes the package, its records and its undo packages of this Library, and the file when it was made here. */
function remove({ instance, user, call }: Visit): Reply {
  need(user, privileges.managePackages);
  const packageId = call.query('packageId');
  if (packageId === undefined || packageId === '') throw missing('The query parameter packageId is missing.');
  const row = findPackage(instance.store, packageId);
  if (row === undefined) throw new Refusal(404, 'ERR006', `The package '${packageId}' is not found.`);
  if (row.status === 'creating') throw notNow('packageInfo.status', row.status);
  const imports = importsOf(instance.store, packageId);
  const busy = imports.find(({ status }) => status === 'importing' || status === 'undoing');
  if (busy !== undefined) throw notNow('importInfo.status', busy.status);
  const files = [...imports.map(({ undoStorage }) => undoStorage['path']), row.replicated ? '' : row.storage['path']];
  instance.store.atomically(() => removePackage(instance.store, packageId));
  for (const path of files) removeShared(instance.storage, asText(path));
  return noContent();
}

function packageBinary({ instance, user, param }: Visit): Reply {
  need(user, privileges.managePackages);
  const row = findPackage(instance.store, param('package'));
  if (row === undefined || row.purpose === 'migration_from_shared_file_store') {
    throw new Refusal(404, 'ERR004', `The package '${param('package')}' is not found.`);
  }
  if (row.status !== 'created' && row.status !== 'locked') throw notNow('packageInfo.status', row.status);
  return binaryReply(needFile(instance, asText(row.storage['path'])), row.name);
}

function undoBinary({ instance, user, param }: Visit): Reply {
  need(user, privileges.managePackages);
  const found = allMigrations(instance.store).find((one) => one.import.id === param('import'));
  const path = found?.import.undoStorage['path'];
  if (found === undefined || typeof path !== 'string') {
    throw new Refusal(404, 'ERR004', `There is no undo package of the import '${param('import')}'.`);
  }
  return binaryReply(needFile(instance, path), `${found.package.name}_undo`);
}

/** Users who may create or manage packages see all packages. */
function checkVisible({ user }: Visit): void {
  if (!user.may(privileges.managePackages)) need(user, privileges.createPackage);
}

/** All routes need the Storage Service. Those that use the storage also need a location. */
export function migrationRoutes(jobs: Jobs): readonly Route[] {
  const one = '/migrations/:id';
  const routes: readonly Route[] = [
    route('POST', '/migrations', { project: 'heeded', query: ['packageId', 'unlockOnStart'] }, (visit) =>
      create(visit, jobs),
    ),
    route('GET', '/migrations', { query: paged('packageInfo.purpose') }, list),
    route('DELETE', '/migrations', { query: ['packageId'] }, remove),
    route('GET', one, { query: ['showContent'] }, read),
    route('PUT', one, { project: 'heeded', query: ['generateUndo'] }, (visit) => triggerImport(visit, jobs)),
    route('PATCH', one, { project: 'heeded' }, (visit) => changeRecord(visit, jobs)),
    route('PUT', `${one}/packageInfo`, {}, (visit) => edit(visit, jobs)),
    route('PUT', `${one}/validation`, { project: 'heeded' }, (visit) => triggerValidation(visit, jobs)),
    route('PATCH', `${one}/packageInfo/certification`, { query: ['autoSync'] }, certify),
    route('GET', '/migrations/packages/:package/binary', {}, packageBinary),
    route('GET', '/migrations/imports/:import/binary', {}, undoBinary),
  ];
  return routes.map((route) => ({
    ...route,
    handle: (visit) => {
      checkVisible(visit);
      needStorage(visit.instance, { location: route.method !== 'GET' || route.path.endsWith('/binary') });
      return route.handle(visit);
    },
  }));
}
