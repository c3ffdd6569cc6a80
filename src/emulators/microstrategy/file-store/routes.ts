import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { asObject, asText } from '../../shared/json.ts';
import type { Reply } from '../../shared/server.ts';
import { isGuid, newGuid, wireDate } from '../identifiers.ts';
import type { Instance } from '../instance.ts';
import { findPackage } from '../migrations/record.ts';
import { need, privileges } from '../privileges.ts';
import { invalid, json, missing, noContent, Refusal } from '../refusal.ts';
import { pageOf, readInteger } from '../request.ts';
import { personOf } from '../users.ts';
import { paged, route, type Route, type Visit } from '../visit.ts';
import { needFile, needStorage, storageRefusal, storageSettings, texts } from './availability.ts';
import { receiveBinary } from './receive-binary.ts';
import { adoptShared, removeShared } from './shared-folder.ts';
import {
  binaryPath,
  findUpload,
  metadataPathOf,
  uploadId,
  uploadsOf,
  uploadType,
  writeUpload,
  type Upload,
} from './upload.ts';

/** 2 GB. The exact number is our choice. */
export const largestPackage = 2 * 1024 * 1024 * 1024;
const usualNumber = 1000;
const packageTypes = ['project', 'configuration', 'project_security'];
const packagePurposes = [
  'object_migration',
  'project_merge',
  'migration_from_shared_file_store',
  'migration_group',
  'migration_group_child',
];

function needRoom(instance: Instance): void {
  const full = instance.faults.named('storage-full');
  const most = full === undefined ? usualNumber : (full.values['max'] ?? 0);
  if (uploadsOf(instance).length < most) return;
  instance.faults.take('storage-full');
  throw invalid(
    'The number of uploaded packages has reached the limit that storage.sharedFileStore.migrations.packages.maxNumber sets.',
  );
}

/** The id that a client wants. A new one when it is not an id or when this Library already has such a package. */
const freePackageId = (instance: Instance, wanted: string): string =>
  isGuid(wanted) && findPackage(instance.store, wanted) === undefined ? wanted : newGuid();

async function createMetadata({ instance, user, document }: Visit): Promise<Reply> {
  need(user, privileges.managePackages, privileges.administerEnvironment);
  needStorage(instance);
  const body = await document();
  const extra = asObject(body['extraInfo']);
  const [type, purpose] = [asText(extra['packageType']), asText(extra['packagePurpose'], 'object_migration')];
  const [size, sha256] = [readInteger(body['size']), asText(body['sha256'])];
  if (body['type'] !== uploadType) throw invalid(`The type of the file must be '${uploadType}'.`);
  if (body['extension'] !== 'mmp') throw invalid("The extension of the file must be 'mmp'.");
  if (size === undefined || size < 0) throw missing('The size of the file is missing.');
  if (size > largestPackage) throw invalid('The size of the file exceeds the limit of 2GB.');
  if (!/^[0-9a-f]{64}$/i.test(sha256)) throw missing('The sha256 of the file is missing.');
  if (!packageTypes.includes(type)) throw invalid(`The package type '${type}' is invalid.`);
  if (!packagePurposes.includes(purpose)) throw invalid(`The package purpose '${purpose}' is invalid.`);
  needRoom(instance);
  const file = newGuid();
  const now = wireDate();
  const upload: Upload = {
    id: uploadId(file),
    type: uploadType,
    name: typeof body['name'] === 'string' ? body['name'] : null,
    path: binaryPath(now.slice(0, 10), file),
    sha256: sha256.toLowerCase(),
    existing: false,
    size,
    extension: 'mmp',
    creator: personOf(user),
    environment: asObject(body['environment']),
    creationDate: now,
    lastUpdatedDate: now,
    extraInfo: {
      packageId: freePackageId(instance, asText(extra['packageId'])),
      packageType: type,
      packagePurpose: purpose,
    },
  };
  const refused = storageRefusal(instance, 'storage-unwritable', texts.unwritable);
  if (refused !== undefined) throw refused;
  writeUpload(instance, upload);
  return json(200, upload);
}

function needUpload({ instance, param }: Visit): Upload {
  const found = findUpload(instance, param('id'));
  if (found === undefined) throw new Refusal(404, 'ERR004', `The shared file '${param('id')}' is not found.`);
  return found;
}

async function putBinary(visit: Visit): Promise<Reply> {
  const { instance, user, call } = visit;
  need(user, privileges.managePackages, privileges.administerEnvironment);
  needStorage(instance);
  const upload = needUpload(visit);
  const received = await receiveBinary(call, instance.storage, upload.size);
  const refused =
    storageRefusal(instance, 'storage-unwritable', texts.unwritable) ??
    (received.size === upload.size ? undefined : invalid('The size of the file does not match its metadata.')) ??
    (received.sha256 === upload.sha256 ? undefined : invalid('The sha256 of the file does not match its metadata.'));
  if (refused !== undefined) {
    await rm(received.file, { force: true });
    throw refused;
  }
  adoptShared(instance.storage, upload.path, received.file);
  const changed: Upload = { ...upload, existing: true, lastUpdatedDate: wireDate() };
  writeUpload(instance, changed);
  return json(200, changed);
}

/** Clients use the rest of the header after `filename=` as it is, so the name has no quotes and no semicolon. */
export const binaryReply = (found: { readonly file: string; readonly size: number }, name: string): Reply => ({
  status: 200,
  headers: {
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(found.size),
    'Content-Disposition': `attachment; filename=${name.replaceAll(/[^A-Za-z0-9._-]+/g, '_')}.mmp`,
  },
  body: createReadStream(found.file) as AsyncIterable<Uint8Array>,
});

function getBinary(visit: Visit): Reply {
  need(visit.user, privileges.managePackages);
  needStorage(visit.instance);
  const upload = needUpload(visit);
  return binaryReply(needFile(visit.instance, upload.path), upload.name ?? upload.extraInfo.packageId);
}

function listFiles(visit: Visit): Reply {
  need(visit.user, privileges.managePackages);
  needStorage(visit.instance);
  const type = visit.call.query('type');
  if (type !== undefined && type !== uploadType) throw invalid(`The type '${type}' is invalid.`);
  const all = uploadsOf(visit.instance).toSorted((a, b) => a.creationDate.localeCompare(b.creationDate));
  return json(200, { total: all.length, data: pageOf(visit, all) });
}

function deleteFile(visit: Visit): Reply {
  need(visit.user, privileges.managePackages, privileges.administerEnvironment);
  needStorage(visit.instance);
  const upload = needUpload(visit);
  removeShared(visit.instance.storage, metadataPathOf(upload));
  removeShared(visit.instance.storage, upload.path);
  return noContent();
}

const settingsView = (instance: Instance) => {
  const { type, alias, location } = storageSettings(instance);
  return { sharedFileStore: { type, alias, location, s3Region: null, configured: type === 'file_system' } };
};

/** This Library can use its own folder as the location, or none. */
function checkedSettings(instance: Instance, body: unknown): Record<string, string> {
  const wanted = asObject(asObject(body)['sharedFileStore']);
  const type = asText(wanted['type'], storageSettings(instance).type);
  const location = asText(wanted['location'], instance.storage);
  if (!['file_system', 'unset'].includes(type)) throw invalid(`The storage type '${type}' cannot be used.`);
  if (location !== instance.storage && location !== '') throw invalid(texts.unwritable);
  return { type, alias: asText(wanted['alias']), location: instance.storage };
}

const files = '/mstrServices/library/storage/sharedFileStore/files';
const storage = '/mstrServices/library/storage';

export const sharedFileRoutes: readonly Route[] = [
  route('POST', files, {}, createMetadata),
  route('GET', files, { query: paged('type') }, listFiles),
  route('PUT', `${files}/:id/binary`, {}, putBinary),
  route('GET', `${files}/:id/binary`, {}, getBinary),
  route('DELETE', `${files}/:id`, {}, deleteFile),
  route('GET', storage, {}, ({ instance, user }) => {
    need(user, privileges.administerEnvironment);
    needStorage(instance, { location: false });
    return json(200, settingsView(instance));
  }),
  route('PATCH', storage, {}, async ({ instance, user, document }) => {
    need(user, privileges.administerEnvironment);
    needStorage(instance, { location: false });
    instance.store.keep('storage', JSON.stringify(checkedSettings(instance, await document())));
    return noContent();
  }),
  route('POST', `${storage}/validation`, {}, async ({ instance, user, document }) => {
    need(user, privileges.administerEnvironment);
    needStorage(instance, { location: false });
    const body = await document();
    const { type } = Object.keys(body).length === 0 ? storageSettings(instance) : checkedSettings(instance, body);
    if (type !== 'file_system') throw invalid(texts.notConfigured);
    return noContent();
  }),
];
