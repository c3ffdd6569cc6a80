// PATCH of a migration record: rename, change the target, request, approve, reject, undo, watch a validation.
import { asObject, asText, isEmpty, isObject, type Json } from '../../shared/json.ts';
import type { Reply } from '../../shared/server.ts';
import { importing, need, needAdministrator, privileges } from '../privileges.ts';
import { invalid, json, missing, notNow } from '../refusal.ts';
import type { Visit } from '../visit.ts';
import type { Jobs } from './jobs.ts';
import {
  briefRecord,
  changeImport,
  changePackage,
  findMigration,
  idOf,
  needMigration,
  type ImportRow,
  type Migration,
} from './record.ts';
import { startUndo } from './undo-import.ts';
import { watchValidation } from './validate.ts';

/** An import that has ended can be undone, and so can one whose undo failed. */
const undoable: readonly ImportRow['status'][] = ['imported', 'import_failed', 'undo_failed'];

function changeRequest(visit: Visit, { package: row, import: target }: Migration, wanted: unknown): void {
  const { store } = visit.instance;
  if (row.status !== 'created') throw notNow('packageInfo.status', row.status);
  const current = target.importRequestStatus;
  if (wanted === 'requested') {
    need(visit.user, privileges.createPackage);
    changeImport(store, target.id, { importRequestStatus: 'requested' });
    return;
  }
  if (wanted !== 'approved' && wanted !== 'rejected') {
    throw invalid('The value of importInfo.importRequestStatus is invalid.');
  }
  needAdministrator(visit.user);
  if (current !== 'requested') throw notNow('importInfo.importRequestStatus', current);
  changeImport(store, target.id, { importRequestStatus: wanted });
  if (wanted === 'approved') changePackage(store, row.id, { status: 'locked' });
}

/** Returns true when an undo begins. */
function changeUndo(visit: Visit, jobs: Jobs, { package: row, import: target }: Migration, wanted: unknown): boolean {
  const { store } = visit.instance;
  need(visit.user, ...importing);
  if (!undoable.includes(target.status)) throw notNow('importInfo.status', target.status);
  if (isEmpty(target.undoStorage)) throw invalid('The undo package does not exist.');
  if (wanted === 'requested') {
    changeImport(store, target.id, { undoRequestStatus: 'requested' });
    return false;
  }
  if (wanted !== 'approved' && wanted !== 'rejected') {
    throw invalid('The value of importInfo.undoRequestStatus is invalid.');
  }
  needAdministrator(visit.user);
  if (target.undoRequestStatus !== 'requested') {
    throw notNow('importInfo.undoRequestStatus', target.undoRequestStatus);
  }
  if (wanted === 'rejected') {
    changeImport(store, target.id, { undoRequestStatus: 'rejected' });
    return false;
  }
  if (row.type !== 'configuration' && visit.project === undefined) {
    throw missing('The header X-MSTR-ProjectID is missing.');
  }
  changeImport(store, target.id, { undoRequestStatus: 'approved', status: 'undoing', message: '' });
  startUndo(visit.instance, jobs, target);
  return true;
}

/** Clients send whole records. Only the members that may change count. */
function changeDetails(visit: Visit, migration: Migration, packageInfo: Json, importInfo: Json): void {
  const { store } = visit.instance;
  const { environment, project } = importInfo;
  const name = packageInfo['name'];
  const retarget = { ...(isObject(environment) ? { environment } : {}), ...(isObject(project) ? { project } : {}) };
  if (isEmpty(retarget) && name === undefined) return;
  need(visit.user, privileges.createPackage);
  const { status, type, purpose } = migration.package;
  if (status === 'locked') throw notNow('packageInfo.status', status);
  if (packageInfo['type'] !== undefined && packageInfo['type'] !== type) throw invalid('The type cannot be changed.');
  if (packageInfo['purpose'] !== undefined && packageInfo['purpose'] !== purpose) {
    throw invalid('The purpose cannot be changed.');
  }
  if (name !== undefined) {
    if (asText(name) === '') throw invalid('The value of packageInfo.name is invalid.');
    changePackage(store, migration.package.id, { name: asText(name) });
  }
  if (!isEmpty(retarget)) changeImport(store, migration.import.id, retarget);
}

/** A client that sends a whole record says `pending` when it requests nothing. */
const isChange = (wanted: unknown, current: string) =>
  wanted !== undefined && !(wanted === 'pending' && current === 'pending');

/** PATCH /api/migrations/{id}. 202 only when it starts an undo. */
export async function changeRecord(visit: Visit, jobs: Jobs): Promise<Reply> {
  const { instance, param, document } = visit;
  const { store } = instance;
  const migration = needMigration(instance, param('id'));
  const body = await document();
  const packageInfo = asObject(body['packageInfo']);
  const importInfo = asObject(body['importInfo']);
  const validation = asObject(body['validation']);
  if (isEmpty(packageInfo) && isEmpty(importInfo) && isEmpty(validation)) {
    throw missing('packageInfo, importInfo or validation is missing.');
  }
  const undoing = store.atomically(() => {
    changeDetails(visit, migration, packageInfo, importInfo);
    const request = importInfo['importRequestStatus'];
    if (isChange(request, migration.import.importRequestStatus)) changeRequest(visit, migration, request);
    if (!isEmpty(validation)) {
      if (migration.package.status !== 'created') throw notNow('packageInfo.status', migration.package.status);
      watchValidation(instance, visit.user, migration, validation['status']);
    }
    const undo = importInfo['undoRequestStatus'];
    return isChange(undo, migration.import.undoRequestStatus) && changeUndo(visit, jobs, migration, undo);
  });
  return json(undoing ? 202 : 200, briefRecord(findMigration(store, idOf(migration)) ?? migration));
}
