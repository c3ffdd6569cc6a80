import { asObject, asText, isEmpty, type Json } from '../../shared/json.ts';
import type { Reply } from '../../shared/server.ts';
import { needFile, storageRefusal, texts } from '../file-store/availability.ts';
import { readShared, writeShared } from '../file-store/shared-folder.ts';
import { findUpload } from '../file-store/upload.ts';
import { isGuid, wireDate } from '../identifiers.ts';
import type { Instance } from '../instance.ts';
import { importing, need } from '../privileges.ts';
import { invalid, json, missing, notNow } from '../refusal.ts';
import { readFlag } from '../request.ts';
import { personOf } from '../users.ts';
import type { Visit } from '../visit.ts';
import { applyPackage, canBeUndone, checkRelease } from './apply-package.ts';
import { newImport, ownEnvironment, projectInfo, scopeOf } from './create-package.ts';
import type { Jobs } from './jobs.ts';
import { WorkFailure, type PackageContent } from './package-content.ts';
import { packFile, unpackPackage } from './package-file.ts';
import {
  briefRecord,
  changeImport,
  findMigration,
  findPackage,
  keptTree,
  putImport,
  putPackage,
  type ImportRow,
  type Migration,
  type PackageRow,
} from './record.ts';
import type { Image } from './undo-content.ts';

export const undoPath = (packageId: string, importId: string): string =>
  `mstr/shared/migrations/undo/${packageId}/${importId}.mmp`;

export function readPackage(instance: Instance, path: string): PackageContent {
  const bytes = readShared(instance.storage, path);
  if (bytes === undefined) throw new WorkFailure(texts.unreadable);
  return unpackPackage(bytes);
}

function writeUndo(instance: Instance, migration: Migration, images: readonly Image[]): Json {
  const path = undoPath(migration.package.id, migration.import.id);
  const bytes = packFile({ kind: 'undo', release: instance.version, images });
  writeShared(instance.storage, path, bytes);
  return { size: bytes.length, path };
}

/** Marks an import as failed. Its undo package is empty, because the import changed nothing. */
function failImport(instance: Instance, migration: Migration, message: string): void {
  const path = asText(migration.package.storage['path']);
  const bytes = readShared(instance.storage, path);
  let undoStorage: Json = {};
  try {
    const undoable = migration.import.generateUndo && bytes !== undefined && canBeUndone(unpackPackage(bytes));
    if (undoable) undoStorage = writeUndo(instance, migration, []);
  } catch (error) {
    if (!(error instanceof WorkFailure)) throw error;
  }
  changeImport(instance.store, migration.import.id, { status: 'import_failed', message, undoStorage });
}

function finishImport(instance: Instance, migration: Migration, scope: string): void {
  const { store } = instance;
  if (findMigration(store, `${migration.package.id}:${migration.import.id}`) === undefined) return;
  const content = readPackage(instance, asText(migration.package.storage['path']));
  checkRelease(content, instance.version);
  if (content.type !== migration.package.type) throw new WorkFailure(`The file holds a ${content.type} package.`);
  store.atomically(() => {
    const images = applyPackage(store, scope, content);
    const undoable = migration.import.generateUndo && canBeUndone(content);
    const undoStorage = undoable ? writeUndo(instance, migration, images) : {};
    changeImport(store, migration.import.id, { status: 'imported', progress: 100, message: '', undoStorage });
  });
}

function startImport(instance: Instance, jobs: Jobs, migration: Migration, scope: string): void {
  jobs.start({
    title: `import ${migration.import.id}`,
    fault: 'import-failed',
    progress: (progress) => changeImport(instance.store, migration.import.id, { progress }),
    finish: () => finishImport(instance, migration, scope),
    fail: (message) => failImport(instance, migration, message),
  });
}

function readGenerateUndo(visit: Visit): boolean {
  const text = visit.call.query('generateUndo');
  const flag = readFlag(text);
  if (text !== undefined && flag === undefined) throw invalid('The value of generateUndo is invalid.');
  return flag ?? true;
}

const idsOf = (id: string): readonly [string, string] => {
  const [packageId = '', importId = ''] = id.replace(/%3A/i, ':').split(':');
  if (!isGuid(packageId) || !isGuid(importId)) throw invalid(`The migration ID '${id}' is invalid.`);
  return [packageId, importId];
};

const typeOf = (value: unknown): PackageRow['type'] => {
  if (value === 'project' || value === 'configuration' || value === 'project_security') return value;
  throw invalid(`The package type '${asText(value)}' is invalid.`);
};

/** The copy of another Library's record. 400 when the record is not ready for an import. */
export function replicatedPackage(packageId: string, info: Json, wanted: 'created' | 'locked'): PackageRow {
  const status = asText(info['status']);
  if (asText(info['id'], packageId) !== packageId) throw invalid('packageInfo.id does not match the migration ID.');
  if (status !== wanted) throw notNow('packageInfo.status', status);
  const now = wireDate();
  return {
    id: packageId,
    name: asText(info['name']),
    type: typeOf(info['type']),
    purpose: asText(info['purpose'], 'object_migration'),
    replicated: true,
    creator: asObject(info['creator']),
    creationDate: asText(info['creationDate'], now),
    lastUpdatedDate: asText(info['lastUpdatedDate'], now),
    environment: asObject(info['environment']),
    storage: asObject(info['storage']),
    project: asObject(info['project']),
    status: wanted,
    message: '',
    progress: 100,
    tocView: asObject(info['tocView']),
    treeView: keptTree(info['treeView']),
    certification: undefined,
  };
}

/** The record that a target makes from the source's record. The documented sample has no importInfo. */
function receivedMigration(visit: Visit, packageId: string, importId: string, body: Json): Migration {
  const info = asObject(body['packageInfo']);
  const importInfo = asObject(body['importInfo']);
  const row = findPackage(visit.instance.store, packageId) ?? replicatedPackage(packageId, info, 'locked');
  if (info['replicated'] !== true) throw invalid('packageInfo.replicated must be true.');
  const request = asText(importInfo['importRequestStatus'], 'approved');
  if (request !== 'approved') throw notNow('importInfo.importRequestStatus', request);
  return {
    package: row,
    import: { ...newImport(undefined, packageId, importInfo), id: importId, importRequestStatus: 'approved' },
  };
}

/** PUT /api/migrations/{id} on the target: object migration, step 5. A repeated call starts nothing. */
export async function triggerImport(visit: Visit, jobs: Jobs): Promise<Reply> {
  const { instance, user, param, project, document } = visit;
  const { store } = instance;
  need(user, ...importing);
  const [packageId, importId] = idsOf(param('id'));
  const body = await document();
  if (isEmpty(asObject(body['packageInfo']))) throw missing('packageInfo is missing.');
  const id = asText(body['id'], `${packageId}:${importId}`);
  if (id !== `${packageId}:${importId}`) throw invalid('The ID in the body does not match the migration ID.');
  const present = findMigration(store, id);
  if (present !== undefined && !['pending', 'import_failed'].includes(present.import.status)) {
    return json(201, briefRecord(present));
  }
  const migration = present ?? receivedMigration(visit, packageId, importId, body);
  if (migration.package.status !== 'locked') throw notNow('packageInfo.status', migration.package.status);
  if (migration.import.importRequestStatus !== 'approved') {
    throw notNow('importInfo.importRequestStatus', migration.import.importRequestStatus);
  }
  const scope = scopeOf(migration.package.type, project);
  const generateUndo = readGenerateUndo(visit);
  needFile(instance, asText(migration.package.storage['path']));
  return start(visit, jobs, { package: migration.package, import: { ...migration.import, generateUndo } }, scope);
}

function start(visit: Visit, jobs: Jobs, migration: Migration, scope: string): Reply {
  const { instance, user } = visit;
  const { environment } = migration.import;
  const now = wireDate();
  const started: ImportRow = {
    ...migration.import,
    creator: personOf(user),
    creationDate: now,
    lastUpdatedDate: now,
    environment: isEmpty(environment) ? ownEnvironment(instance) : environment,
    project: projectInfo(instance, scope),
    status: 'importing',
    progress: 0,
    message: '',
    undoStorage: {},
  };
  const whole: Migration = { package: migration.package, import: started };
  instance.store.atomically(() => {
    putPackage(instance.store, migration.package);
    putImport(instance.store, started);
  });
  startImport(instance, jobs, whole, scope);
  return json(201, briefRecord(whole));
}

/** POST /api/migrations with an uploaded file: upload and import, step 4. It is approved and starts at once. */
export function importUpload(visit: Visit, jobs: Jobs, body: Json): Reply {
  const { instance, user, project } = visit;
  need(user, ...importing);
  const info = asObject(body['packageInfo']);
  const store = asObject(asObject(info['storage'])['sharedFileStore']);
  // The text of the documents calls it `file`, their samples and clients call it `files`.
  const fileId = asText(asObject(store['files'] ?? store['file'])['id']);
  if (fileId === '') throw missing('packageInfo.storage.sharedFileStore.files.id is missing.');
  const upload = findUpload(instance, fileId);
  if (upload?.existing !== true) throw invalid(texts.unreadable);
  const type = typeOf(upload.extraInfo.packageType);
  const scope = scopeOf(type, project);
  needFile(instance, upload.path);
  const present = findPackage(instance.store, upload.extraInfo.packageId);
  if (present !== undefined && present.purpose !== 'migration_from_shared_file_store') {
    throw invalid(`The package '${present.id}' exists already.`);
  }
  const row: PackageRow = {
    id: upload.extraInfo.packageId,
    name: upload.name ?? '',
    type,
    purpose: 'migration_from_shared_file_store',
    replicated: true,
    creator: upload.creator,
    creationDate: upload.creationDate,
    lastUpdatedDate: upload.lastUpdatedDate,
    environment: undefined,
    storage: { size: upload.size, path: upload.path },
    project: undefined,
    status: 'locked',
    message: '',
    progress: 100,
    tocView: {},
    treeView: {},
    certification: undefined,
  };
  const target = newImport(user, row.id, asObject(body['importInfo']));
  return start(visit, jobs, { package: row, import: { ...target, importRequestStatus: 'approved' } }, scope);
}

/** Tries the import and undoes it. */
export function tryImport(instance: Instance, path: string, scope: string): void {
  const refused = storageRefusal(instance, 'storage-unreadable', texts.unreadable);
  if (refused !== undefined) throw refused;
  const content = readPackage(instance, path);
  checkRelease(content, instance.version);
  instance.store.tryAndUndo(() => applyPackage(instance.store, scope, content));
}
