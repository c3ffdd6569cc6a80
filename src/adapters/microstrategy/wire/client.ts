import type { z } from 'zod';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { ByteStream } from '../../../ports/artifact.ts';
import type { Http, HttpRequest, HttpResponse, RequestFile } from '../../../ports/http.ts';
import { answerReader, isForbidden } from '../../shared/answers.ts';
import {
  contentSchema,
  migrationSchema,
  migrationsSchema,
  objectSchema,
  privilegesSchema,
  projectSchema,
  searchSchema,
  sharedFileSchema,
  sharedFilesSchema,
  statusSchema,
  storageSchema,
  usersSchema,
  type MetadataObject,
  type Migration,
  type MigrationContent,
  type Privilege,
  type Project,
  type SharedFile,
  type Storage,
  type User,
} from './schemas.ts';

const decoded = answerReader('check that the URL is that of a MicroStrategy Library');

type Streamed = HttpResponse<ByteStream> & { readonly size: number | undefined };

/** One function for each endpoint: its path, its request and its answer. Decisions are made elsewhere. */
export interface Client {
  versions(
    signal: AbortSignal,
  ): Promise<{ readonly iServerVersion?: string | undefined; readonly webVersion?: string | undefined }>;
  /** Undefined when the answer names no store. Only administrators of the environment may ask. */
  storage(signal: AbortSignal): Promise<Storage | undefined>;
  projects(signal: AbortSignal): Promise<readonly Project[]>;
  /** Undefined when there is no such object in the project, or in the configuration when no project is given. */
  object(
    id: string,
    type: number,
    project: string | undefined,
    signal: AbortSignal,
  ): Promise<MetadataObject | undefined>;
  /** The objects of a type; with `name` those with exactly that name, or those whose name begins so. */
  search(
    wanted: { readonly type: number; readonly name?: string; readonly begins?: boolean },
    project: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<MetadataObject>;
  /** Users whose login begins so. None, when the account may not list users or the release does not. */
  usersByLogin(login: string, signal: AbortSignal): Promise<readonly User[]>;
  /** A page of the objects of these types, with the folders above them. */
  page(
    wanted: { readonly types: readonly number[]; readonly offset: number },
    project: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly totalItems?: number | undefined; readonly result: readonly MetadataObject[] }>;
  createMigration(body: object, project: string | undefined, signal: AbortSignal): Promise<Migration>;
  /** Undefined when this Library has no such migration. */
  migration(id: string, signal: AbortSignal): Promise<Migration | undefined>;
  migrationContent(id: string, signal: AbortSignal): Promise<MigrationContent>;
  migrations(signal: AbortSignal): AsyncIterable<Migration>;
  patchMigration(id: string, body: object, project: string | undefined, signal: AbortSignal): Promise<void>;
  importMigration(id: string, body: object, project: string | undefined, signal: AbortSignal): Promise<void>;
  validateMigration(id: string, body: object, project: string | undefined, signal: AbortSignal): Promise<void>;
  /** Makes the package again. The answer says only that this was begun. */
  editPackage(id: string, body: object, project: string | undefined, signal: AbortSignal): Promise<void>;
  /** With `autoSync` the server reads the state from the shared storage. */
  certifyPackage(id: string, body: object | 'autoSync', signal: AbortSignal): Promise<void>;
  /** The privileges of the session's account. */
  privileges(signal: AbortSignal): Promise<readonly Privilege[]>;
  /** False when there was none. */
  deletePackage(packageId: string, signal: AbortSignal): Promise<boolean>;
  packageBinary(packageId: string, signal: AbortSignal): Promise<Streamed>;
  sharedFiles(signal: AbortSignal): AsyncIterable<SharedFile>;
  createSharedFile(body: object, signal: AbortSignal): Promise<SharedFile>;
  uploadSharedFile(id: string, file: RequestFile, signal: AbortSignal): Promise<SharedFile>;
  sharedFileBinary(id: string, signal: AbortSignal): Promise<Streamed>;
  /** False when there was none. */
  deleteSharedFile(id: string, signal: AbortSignal): Promise<boolean>;
}

export const pageSize = 100;
const listSize = 1000;
/** Without this list the server shows object migrations only. Migration groups are left out. */
const purposes = 'object_migration,project_merge,migration_from_shared_file_store';
// How a name is compared (EnumDSSXMLSearchTypes).
const beginning = 1;
const exactly = 2;
// The server reads or writes a whole package before it answers these calls.
const workMs = 10 * 60_000;
const asynchronous = { prefer: 'respond-async' };
const files = 'api/mstrServices/library/storage/sharedFileStore/files';

export function createClient(http: Http): Client {
  const send = async (request: HttpRequest, signal: AbortSignal): Promise<unknown> =>
    (await http.json(request, signal)).body;

  const get = async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
    rest: Partial<HttpRequest> = {},
  ): Promise<z.infer<Schema>> => decoded(schema, await send({ method: 'GET', path, ...rest }, signal), path);

  return {
    versions: (signal) => get('api/status', statusSchema, signal),
    storage: async (signal) => (await get('api/mstrServices/library/storage', storageSchema, signal)).sharedFileStore,
    projects: (signal) => get('api/projects', projectSchema.array(), signal),

    object: (id, type, project, signal) =>
      found(() =>
        get(`api/objects/${encodeURIComponent(id)}`, objectSchema, signal, {
          query: { type },
          headers: projectHeader(project),
        }),
      ),
    page: ({ types, offset }, project, signal) => {
      const path = `api/searches/results?${types.map((type) => `type=${type}`).join('&')}`;
      const query = { getAncestors: true, limit: pageSize, offset };
      return get(path, searchSchema, signal, { query, headers: projectHeader(project) });
    },
    search: async function* ({ type, name, begins = false }, project, signal) {
      const pattern = begins ? beginning : exactly;
      const query = { type, ...(name === undefined ? {} : { name, pattern }), limit: pageSize };
      for (let offset = 0; ;) {
        const page = await get('api/searches/results', searchSchema, signal, {
          query: { ...query, offset },
          headers: projectHeader(project),
        });
        yield* page.result;
        offset += page.result.length;
        if (page.result.length === 0 || offset >= (page.totalItems ?? Number.POSITIVE_INFINITY)) return;
      }
    },

    usersByLogin: async (login, signal) => {
      try {
        const query = { abbreviationBegins: login, limit: pageSize };
        return await get('api/users', usersSchema, signal, { query });
      } catch (error) {
        if (isForbidden(error) || isMigratorError(error, 'UNSUPPORTED')) return [];
        throw error;
      }
    },

    createMigration: async (json, project, signal) => {
      const headers = { ...projectHeader(project), ...asynchronous };
      const request = { method: 'POST', path: 'api/migrations', json, headers, answerWithinMs: workMs } as const;
      return startedBy(await send(request, signal));
    },
    migration: (id, signal) => found(() => get(`api/migrations/${id}`, migrationSchema, signal)),
    migrationContent: (id, signal) =>
      get(`api/migrations/${id}`, contentSchema, signal, { query: { showContent: 'all' } }),
    migrations: async function* (signal) {
      for (let offset = 0; ;) {
        const query = { offset, limit: listSize, 'packageInfo.purpose': purposes };
        const page = await get('api/migrations', migrationsSchema, signal, { query });
        for (const item of page.data) yield decoded(migrationSchema, item, 'api/migrations');
        offset += page.data.length;
        if (page.data.length === 0 || offset >= (page.total ?? Number.POSITIVE_INFINITY)) return;
      }
    },
    patchMigration: async (id, json, project, signal) => {
      const path = `api/migrations/${id}`;
      await send({ method: 'PATCH', path, json, headers: projectHeader(project), answerWithinMs: workMs }, signal);
    },
    importMigration: async (id, json, project, signal) => {
      const headers = { ...projectHeader(project), ...asynchronous };
      const request = { method: 'PUT', path: `api/migrations/${id}`, query: { generateUndo: true } } as const;
      await send({ ...request, json, headers, answerWithinMs: workMs }, signal);
    },
    validateMigration: async (id, json, project, signal) => {
      const headers = { ...projectHeader(project), ...asynchronous };
      const request = { method: 'PUT', path: `api/migrations/${id}/validation` } as const;
      await send({ ...request, json, headers, safety: 'idempotent', answerWithinMs: workMs }, signal);
    },
    editPackage: async (id, json, project, signal) => {
      const headers = { ...projectHeader(project), ...asynchronous };
      const request = { method: 'PUT', path: `api/migrations/${id}/packageInfo`, json, headers } as const;
      await send({ ...request, answerWithinMs: workMs }, signal);
    },
    certifyPackage: async (id, body, signal) => {
      const path = `api/migrations/${id}/packageInfo/certification`;
      const sync = body === 'autoSync';
      const request = { method: 'PATCH', path, ...(sync ? { query: { autoSync: true } } : {}) } as const;
      await send({ ...request, json: sync ? {} : body, headers: asynchronous, safety: 'idempotent' }, signal);
    },
    privileges: (signal) => get('api/sessions/privileges', privilegesSchema, signal),
    deletePackage: async (packageId, signal) =>
      (await found(async () => {
        const query = { packageId };
        const request = { method: 'DELETE', path: 'api/migrations', query, safety: 'idempotent' } as const;
        await send({ ...request, answerWithinMs: workMs }, signal);
        return true;
      })) ?? false,
    packageBinary: (packageId, signal) =>
      http.stream({ method: 'GET', path: `api/migrations/packages/${packageId}/binary` }, signal),

    sharedFiles: async function* (signal) {
      for (let offset = 0; ;) {
        const query = { type: 'migrations.packages', offset, limit: pageSize };
        const page = await get(files, sharedFilesSchema, signal, { query });
        for (const item of page.data) yield decoded(sharedFileSchema, item, files);
        offset += page.data.length;
        // The total is not documented. A page that is not full is the last one.
        if (page.data.length < pageSize || offset >= (page.total ?? Number.POSITIVE_INFINITY)) return;
      }
    },
    createSharedFile: async (json, signal) =>
      decoded(sharedFileSchema, await send({ method: 'POST', path: files, json }, signal), files),
    uploadSharedFile: async (id, file, signal) => {
      const path = `${fileAt(id)}/binary`;
      const request = { method: 'PUT', path, form: [file], safety: 'idempotent', answerWithinMs: workMs } as const;
      return decoded(sharedFileSchema, await send(request, signal), path);
    },
    sharedFileBinary: (id, signal) => http.stream({ method: 'GET', path: `${fileAt(id)}/binary` }, signal),
    deleteSharedFile: async (id, signal) =>
      (await found(async () => {
        await send({ method: 'DELETE', path: fileAt(id), safety: 'idempotent' }, signal);
        return true;
      })) ?? false,
  };
}

function projectHeader(project: string | undefined): Record<string, string> {
  return project === undefined ? {} : { 'x-mstr-projectid': project };
}

/** The ids of files are base64. The server wants their `=` signs in the path unescaped. */
function fileAt(id: string): string {
  return `${files}/${encodeURIComponent(id).replaceAll('%3D', '=')}`;
}

async function found<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await call();
  } catch (error) {
    // Only an error of the product counts: a proxy's page says nothing about the object.
    if (isMigratorError(error, 'NOT_FOUND') && error.details['errorCode'] !== undefined) return undefined;
    throw error;
  }
}

/**
 * The migration in the answer to its start. Without one the error is ambiguous, because the server has begun a
 * migration.
 */
function startedBy(body: unknown): Migration {
  const started = migrationSchema.safeParse(body);
  if (started.success) return started.data;
  throw new MigratorError('REMOTE_UNEXPECTED', 'the server accepted the migration but does not name it', {
    details: { ambiguous: true },
  });
}
