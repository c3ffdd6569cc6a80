import { asObject, asText, isEmpty, isObject, type Json } from '../../shared/json.ts';
import type { Reply } from '../../shared/server.ts';
import { storageRefusal, texts } from '../file-store/availability.ts';
import { largestPackage } from '../file-store/routes.ts';
import { removeShared, writeShared } from '../file-store/shared-folder.ts';
import { binaryPath } from '../file-store/upload.ts';
import { newGuid, wireDate } from '../identifiers.ts';
import { contextPath, type Instance } from '../instance.ts';
import { configuration } from '../metadata/object.ts';
import { findProject } from '../metadata/project.ts';
import { need, privileges } from '../privileges.ts';
import { invalid, json, missing } from '../refusal.ts';
import { personOf, type User } from '../users.ts';
import type { Visit } from '../visit.ts';
import { collect, enrichedToc } from './collect.ts';
import type { Jobs } from './jobs.ts';
import { WorkFailure } from './package-content.ts';
import { packFile } from './package-file.ts';
import {
  briefRecord,
  changePackage,
  findPackage,
  keptTree,
  putImport,
  putPackage,
  type ImportRow,
  type Migration,
  type PackageRow,
} from './record.ts';
import { readToc } from './toc.ts';

const types = ['project', 'configuration', 'project_security'] as const;
/** The purposes of a package. Groups are not supported. */
const purposes = ['object_migration', 'project_merge'];

/** The scope of a package. Project packages need the header; configuration packages must not have it. */
export function scopeOf(type: PackageRow['type'], project: string | undefined): string {
  if (type === 'configuration') {
    if (project === undefined) return configuration;
    throw invalid('The header X-MSTR-ProjectID is not allowed for configuration packages.');
  }
  if (project === undefined) throw missing('The header X-MSTR-ProjectID is missing.');
  return project;
}

export const ownEnvironment = (instance: Instance): Json => ({
  id: `${instance.origin()}${contextPath}/`,
  name: `${instance.origin()}${contextPath}/`,
});

export function newImport(user: User | undefined, packageId: string, importInfo: Json): ImportRow {
  const now = wireDate();
  return {
    id: newGuid(),
    package: packageId,
    creator: user === undefined ? {} : personOf(user),
    creationDate: now,
    lastUpdatedDate: now,
    environment: asObject(importInfo['environment']),
    status: 'pending',
    importRequestStatus: 'pending',
    undoRequestStatus: 'pending',
    progress: 0,
    message: '',
    undoStorage: {},
    project: asObject(importInfo['project']),
    generateUndo: true,
    validation: undefined,
  };
}

/** Collects the objects and writes the file. Then the record becomes `created`. */
function finishPackage(instance: Instance, id: string, scope: string): void {
  const { store } = instance;
  const row = findPackage(store, id);
  if (row === undefined) return;
  const toc = readToc(row.tocView, row.type, row.purpose);
  const content = collect(instance, row.type, scope, toc);
  const bytes = packFile(content);
  if (bytes.length > largestPackage) throw new WorkFailure('The size of the package exceeds the limit of 2GB.');
  const refused = storageRefusal(instance, 'storage-unwritable', texts.unwritable);
  if (refused !== undefined) throw refused;
  // The file has its own id, which differs from the package id.
  const path = binaryPath(wireDate().slice(0, 10), newGuid());
  writeShared(instance.storage, path, bytes);
  const old = row.storage['path'];
  if (typeof old === 'string') removeShared(instance.storage, old);
  changePackage(store, id, {
    status: 'created',
    progress: 100,
    message: '',
    storage: { size: bytes.length, path },
    tocView: enrichedToc(row.tocView, content, toc),
  });
}

export function startCreation(instance: Instance, jobs: Jobs, id: string, scope: string): void {
  const { store } = instance;
  jobs.start({
    title: `creation of package ${id}`,
    fault: 'create-failed',
    progress: (progress) => changePackage(store, id, { progress }),
    finish: () => finishPackage(instance, id, scope),
    fail: (message) => changePackage(store, id, { status: 'create_failed', message }),
  });
}

/** POST /api/migrations without `packageId`: object migration, step 1. */
export function createPackage(visit: Visit, jobs: Jobs, body: Json): Reply {
  const { instance, user, project } = visit;
  need(user, privileges.createPackage);
  const info = asObject(body['packageInfo']);
  const type = types.find((one) => one === info['type']);
  if (type === undefined) throw invalid(`The package type '${asText(info['type'])}' is invalid.`);
  const purpose = asText(info['purpose'], 'object_migration');
  if (!purposes.includes(purpose)) throw invalid(`The package purpose '${purpose}' is invalid.`);
  const name = asText(info['name']);
  if (name === '') throw missing('packageInfo.name is missing.');
  const scope = scopeOf(type, project);
  readToc(info['tocView'], type, purpose);
  const now = wireDate();
  const environment = asObject(info['environment']);
  const row: PackageRow = {
    id: newGuid(),
    name,
    type,
    purpose,
    replicated: false,
    creator: personOf(user),
    creationDate: now,
    lastUpdatedDate: now,
    environment: isEmpty(environment) ? ownEnvironment(instance) : environment,
    storage: {},
    project: projectInfo(instance, scope),
    status: 'creating',
    message: '',
    progress: 0,
    tocView: asObject(info['tocView']),
    treeView: keptTree(info['treeView']),
    certification: undefined,
  };
  const migration: Migration = { package: row, import: newImport(undefined, row.id, asObject(body['importInfo'])) };
  instance.store.atomically(() => {
    putPackage(instance.store, row);
    putImport(instance.store, migration.import);
  });
  startCreation(instance, jobs, row.id, scope);
  return json(201, briefRecord(migration));
}

/** `{id, name}`, or `{}` for the configuration. */
export function projectInfo(instance: Instance, scope: string): Json {
  const project = scope === configuration ? undefined : findProject(instance.store, scope);
  return project === undefined ? {} : { id: project.id, name: project.name };
}

/** POST /api/migrations?packageId=: another import of an existing package. It needs no new approval. */
export function reusePackage(visit: Visit, packageId: string, body: Json): Reply {
  const { instance, user } = visit;
  need(user, privileges.createPackage, privileges.managePackages);
  const row = findPackage(instance.store, packageId);
  if (row === undefined) throw invalid(`The package '${packageId}' is not found.`);
  if (row.status !== 'created' && row.status !== 'locked') {
    throw invalid(`Cannot do current operation for now when \`packageInfo.status\` is '${row.status}'.`);
  }
  const sent = body['importInfo'];
  if (!isObject(sent)) throw missing('importInfo is missing.');
  const target: ImportRow = { ...newImport(undefined, packageId, sent), importRequestStatus: 'approved' };
  instance.store.atomically(() => {
    changePackage(instance.store, packageId, { status: 'locked' });
    putImport(instance.store, target);
  });
  return json(201, briefRecord({ package: { ...row, status: 'locked' }, import: target }));
}
