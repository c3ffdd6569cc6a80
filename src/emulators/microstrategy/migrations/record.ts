// The two rows behind a migration record: a package, and each of its imports. Both live in this Library's own database.
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
  /** True for what was made elsewhere: copies on a target, and uploads. */
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

/** By `<package>:<import>`, with the colon as it is or encoded once more. */
export function findMigration(store: Store, id: string): Migration | undefined {
  const [packageId = '', importId = ''] = id.replace(/%3A/i, ':').split(':');
  const row = findPackage(store, packageId);
  const entry = store.get(importKind, importId);
  if (row === undefined || entry?.container !== packageId) return undefined;
  return { package: row, import: readImport(entry) };
}

/** 404 ERR004 for an id this Library has no record of. */
export function needMigration(instance: Instance, id: string): Migration {
  const found = findMigration(instance.store, id);
  if (found === undefined) throw new Refusal(404, 'ERR004', `The migration with ID '${id}' is not found.`);
  return found;
}

/** In the order they were made. */
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

/** Changes what is there now; nothing happens to a row that was deleted meanwhile. */
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

/** What POST, PUT and PATCH answer with. */
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

/** The whole record; empty things are `{}` and `""`. */
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

/** A tree view comes as an object and is kept as a text; a text, as a source gives it, is passed on. */
export function keptTree(sent: unknown): string | Json {
  if (typeof sent === 'string') return sent;
  if (typeof sent !== 'object' || sent === null || isEmpty(sent as Json)) return {};
  return JSON.stringify(sent);
}
