// A migration record consists of two rows: a package and one of its imports. Both are in this Library's own database.
import { isEmpty, type Json } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';
import { sharedExists } from '../file-store/shared-folder.ts';
import { wireDate } from '../identifiers.ts';
import type { Instance } from '../instance.ts';
import { Refusal } from '../refusal.ts';

type PackageStatus = 'empty' | 'creating' | 'created' | 'create_failed' | 'locked' | 'unknown';
type ImportStatus = 'pending' | 'importing' | 'imported' | 'import_failed' | 'undoing' | 'undo_success' | 'undo_failed';
type RequestStatus = 'pending' | 'requested' | 'rejected' | 'approved';
type ValidationStatus = 'validating' | 'validated' | 'validation_failed';

export interface PackageRow {
  readonly id: string;
  readonly name: string;
  readonly type: 'project' | 'configuration' | 'project_security';
  readonly purpose: string;
  /** True for a package from elsewhere: a copy on a target, or an upload. */
  readonly replicated: boolean;
  readonly creator: Json;
  readonly creationDate: string;
  readonly lastUpdatedDate: string;
  /** Undefined for uploads. */
  readonly environment: Json | undefined;
  readonly storage: Json;
  /** Undefined for uploads. */
  readonly project: Json | undefined;
  readonly status: PackageStatus;
  readonly message: string;
  readonly progress: number;
  readonly tocView: Json;
  /** A JSON text, or `{}` when there is none. */
  readonly treeView: string | Json;
  readonly certification: Json | undefined;
}

export interface Validation {
  readonly status: ValidationStatus;
  readonly progress: number;
  readonly creationDate: string;
  readonly lastUpdatedDate: string;
  readonly message: string;
}

export interface ImportRow {
  readonly id: string;
  readonly package: string;
  readonly creator: Json;
  readonly creationDate: string;
  readonly lastUpdatedDate: string;
  readonly environment: Json;
  readonly status: ImportStatus;
  readonly importRequestStatus: RequestStatus;
  readonly undoRequestStatus: RequestStatus;
  readonly progress: number;
  readonly message: string;
  readonly undoStorage: Json;
  readonly project: Json;
  readonly generateUndo: boolean;
  readonly validation: Validation | undefined;
}

export interface Migration {
  readonly package: PackageRow;
  readonly import: ImportRow;
}

const packageKind = 'migration-package';
const importKind = 'migration-import';

const toEntry = (kind: string, id: string, container: string | undefined, name: string, row: object): Entry => ({
  kind,
  id,
  container,
  name,
  body: { ...row },
});

const readPackage = ({ body }: Entry) => body as unknown as PackageRow;
const readImport = ({ body }: Entry) => body as unknown as ImportRow;

export const idOf = (migration: Migration): string => `${migration.package.id}:${migration.import.id}`;

export function findPackage(store: Store, id: string): PackageRow | undefined {
  const entry = store.get(packageKind, id);
  return entry === undefined ? undefined : readPackage(entry);
}

/** Finds a record by `<package>:<import>`. The colon may be percent-encoded. */
export function findMigration(store: Store, id: string): Migration | undefined {
  const [packageId = '', importId = ''] = id.replace(/%3A/i, ':').split(':');
  const row = findPackage(store, packageId);
  const entry = store.get(importKind, importId);
  if (row === undefined || entry?.container !== packageId) return undefined;
  return { package: row, import: readImport(entry) };
}

/** The record of an id. 404 ERR004 when this Library has none. */
export function needMigration(instance: Instance, id: string): Migration {
  const found = findMigration(instance.store, id);
  if (found === undefined) throw new Refusal(404, 'ERR004', `The migration with ID '${id}' is not found.`);
  return found;
}

/** In the order in which they were made. */
export const allMigrations = (store: Store): readonly Migration[] =>
  store.all(importKind).flatMap((entry) => {
    const row = readImport(entry);
    const found = findPackage(store, row.package);
    return found === undefined ? [] : [{ package: found, import: row }];
  });

export const allPackages = (store: Store): readonly PackageRow[] => store.all(packageKind).map(readPackage);

export const importsOf = (store: Store, packageId: string): readonly ImportRow[] =>
  store.all(importKind, packageId).map(readImport);

export const putPackage = (store: Store, row: PackageRow): void =>
  store.put(toEntry(packageKind, row.id, undefined, row.name, row));

export const putImport = (store: Store, row: ImportRow): void =>
  store.put(toEntry(importKind, row.id, row.package, row.id, row));

/** Changes the present row. Does nothing when the row was deleted meanwhile. */
export function changePackage(store: Store, id: string, change: Partial<PackageRow>): void {
  const row = findPackage(store, id);
  if (row !== undefined) putPackage(store, { ...row, ...change, lastUpdatedDate: wireDate() });
}

export function changeImport(store: Store, id: string, change: Partial<ImportRow>): void {
  const entry = store.get(importKind, id);
  if (entry !== undefined) putImport(store, { ...readImport(entry), ...change, lastUpdatedDate: wireDate() });
}

export function removePackage(store: Store, id: string): void {
  for (const { id: importId } of importsOf(store, id)) store.remove(importKind, importId);
  store.remove(packageKind, id);
}

/** The answer to POST, PUT and PATCH. */
export function briefRecord(migration: Migration): Json {
  const { package: row, import: target } = migration;
  return {
    id: idOf(migration),
    packageInfo: { id: row.id, status: row.status, progress: row.progress },
    importInfo: {
      id: target.id,
      status: target.status,
      importRequestStatus: target.importRequestStatus,
      undoRequestStatus: target.undoRequestStatus,
      progress: target.progress,
    },
    ...(target.validation === undefined
      ? {}
      : { validation: { status: target.validation.status, progress: target.validation.progress } }),
  };
}

export interface Shown {
  readonly toc: boolean;
  readonly tree: boolean;
}

/** The whole record. What is empty is `{}` or `""`. */
export function fullRecord(instance: Instance, migration: Migration, shown: Shown): Json {
  const { package: row, import: target } = migration;
  const path = row.storage['path'];
  return {
    id: idOf(migration),
    packageInfo: {
      id: row.id,
      name: row.name,
      replicated: row.replicated,
      type: row.type,
      purpose: row.purpose,
      creator: row.creator,
      creationDate: row.creationDate,
      lastUpdatedDate: row.lastUpdatedDate,
      ...(row.environment === undefined ? {} : { environment: row.environment }),
      storage: row.status === 'creating' || row.status === 'create_failed' ? {} : row.storage,
      ...(row.project === undefined ? {} : { project: row.project }),
      status: row.status,
      message: row.message,
      progress: row.progress,
      deleted: false,
      existing: typeof path === 'string' && sharedExists(instance.storage, path),
      ...(row.certification === undefined ? {} : { certification: row.certification }),
      ...(shown.toc ? { tocView: row.tocView } : {}),
      ...(shown.tree ? { treeView: row.treeView } : {}),
    },
    importInfo: {
      id: target.id,
      creator: target.creator,
      creationDate: target.creationDate,
      lastUpdatedDate: target.lastUpdatedDate,
      environment: target.environment,
      status: target.status,
      importRequestStatus: target.importRequestStatus,
      undoRequestStatus: target.undoRequestStatus,
      progress: target.progress,
      message: target.message,
      undoStorage: target.undoStorage,
      project: target.project,
      deleted: false,
    },
    ...(target.validation === undefined ? {} : { validation: target.validation }),
    version: '2',
  };
}

/** The tree view as it is stored: an object becomes a text; the text that a source sends stays a text. */
export function keptTree(sent: unknown): string | Json {
  if (typeof sent === 'string') return sent;
  if (typeof sent !== 'object' || sent === null || isEmpty(sent as Json)) return {};
  return JSON.stringify(sent);
}
