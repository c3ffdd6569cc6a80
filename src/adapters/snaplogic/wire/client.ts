import { z } from 'zod';
import type { ByteStream } from '../../../ports/artifact.ts';
import type { Http, HttpRequest, HttpResponse, RequestField, RequestFile } from '../../../ports/http.ts';
import { answerReader, dateOf } from '../../shared/answers.ts';
import { bodyError, saidIn, worse } from './errors.ts';
import { encodedPath, segmentsOf, type ProjectPath } from './paths.ts';
import {
  changedSchema,
  envelopeSchema,
  listSchema,
  orgsSchema,
  resultSchema,
  snaplexesSchema,
  startedSchema,
  statusSchema,
  storedSchema,
  tellingSchema,
  userSchema,
  type Entry,
  type ImportResult,
  type MigrationStatus,
  type Snaplex,
  type StoredAsset,
  type User,
} from './schemas.ts';

/** One function for each endpoint: its path, its request and its answer. Decisions are made elsewhere. */
export interface Client {
  user(email: string, signal: AbortSignal): Promise<User>;
  /** The names of a user's orgs, from an internal call. */
  orgs(email: string, signal: AbortSignal): Promise<readonly string[]>;
  /** An account, a policy or another asset as it is stored, from an internal call. */
  asset(segments: readonly string[], signal: AbortSignal): Promise<StoredAsset>;
  /** A pipeline by its snode id, from an internal call. */
  pipeline(id: string, signal: AbortSignal): Promise<StoredAsset>;
  /** A task by its snode id, from an internal call. */
  task(id: string, signal: AbortSignal): Promise<StoredAsset>;
  /** The Snaplexes of an org, from an internal call. */
  snaplexes(org: string, signal: AbortSignal): Promise<readonly Snaplex[]>;
  /** Puts a task on another Snaplex. Returns why it failed; nothing when it is done. */
  setTaskSnaplex(path: string, runtimePathId: string, signal: AbortSignal): Promise<readonly string[]>;
  /** As `setTaskSnaplex`. */
  enableTask(path: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The bytes of a file, from an internal call. */
  file(segments: readonly string[], signal: AbortSignal): Promise<ByteStream>;
  /** The direct children of an org, a space or a project. */
  list(segments: readonly string[], signal: AbortSignal): Promise<Listing>;
  /** False when it exists already. */
  createSpace(org: string, space: string, signal: AbortSignal): Promise<boolean>;
  migrate(source: ProjectPath, request: MigrateBody, signal: AbortSignal): Promise<MigrateAnswer>;
  /** `path` is one of `statusPaths`, or the one that the server named. */
  migrationStatus(path: string, signal: AbortSignal): Promise<MigrationStatus>;
  exportProject(
    source: ProjectPath,
    query: ExportQuery,
    signal: AbortSignal,
  ): Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;
  /** Undefined when the answer tells no result. */
  /** Deletes an asset, a file into the recycle bin. One that is not there is no failure. */
  remove(segments: readonly string[], isFile: boolean, signal: AbortSignal): Promise<undefined>;
  importProject(
    target: ProjectPath,
    query: ImportQuery,
    form: readonly (RequestField | RequestFile)[],
    signal: AbortSignal,
  ): Promise<ImportResult | undefined>;
}

const decoded = answerReader('check whether the URL of the instance is that of a control plane');

export interface Listing {
  readonly entries: readonly Entry[];
  /** The server's time when it answered; undefined when it did not say. */
  readonly serverTime: Date | undefined;
}

/** The body of project migrate. */
export interface MigrateBody {
  readonly dest_path: string;
  readonly asset_types?: readonly string[];
  readonly duplicate_check: boolean;
  readonly async: boolean;
}

export interface MigrateAnswer {
  readonly token: string | undefined;
  readonly statusUrl: string | undefined;
  /** The status document, when the answer was one. */
  readonly status: MigrationStatus | undefined;
}

export interface ExportQuery {
  readonly assetTypes: readonly string[];
  readonly force: boolean;
}

export interface ImportQuery {
  readonly duplicates: string;
  readonly overwriteTypes: readonly string[];
}

const api = 'api/1/rest';
/** The server gives at most so many entries at once, whatever limit a caller asks for. */
const pageSize = 100;
// The platform ends its own calls after 15 minutes.
const platformMs = 16 * 60_000;

export function createClient(http: Http, scrub: (text: string) => string): Client {
  const ask = async <Schema extends z.ZodType>(
    request: HttpRequest,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<{
    readonly map: z.infer<Schema> | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly status: number;
  }> => {
    const { status, body, headers } = await http.json(request, signal);
    const said = saidIn(body);
    const code = worse(status, said.code) ?? status;
    if (code >= 400 && request.accept?.includes(code) !== true)
      throw bodyError(code, scrub(said.text), request.method !== 'GET' && request.safety !== 'idempotent');
    if (body === undefined) return { map: undefined, headers, status };
    // The documents do not say that the answer to a synchronous migration has an envelope.
    const envelope = envelopeSchema.safeParse(body).data ?? {};
    const content = 'response_map' in envelope ? envelope.response_map : body;
    return { map: decoded(schema, content, request.path, request.safety === 'once'), headers, status };
  };
  const need = async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.infer<Schema>> => {
    const { map } = await ask({ method: 'GET', path }, schema, signal);
    return map ?? decoded(schema, map, path);
  };

  const change = async (method: 'POST' | 'PATCH', name: string, json: object, signal: AbortSignal) => {
    const path = `${api}/public/task/${name}`;
    const { map } = await ask({ method, path, json, safety: 'idempotent' }, changedSchema, signal);
    return (map?.failed ?? []).map(({ reason, message, status_code: code }) =>
      scrub(reason ?? message ?? `HTTP ${code ?? 'error'}`),
    );
  };

  return {
    user: (email, signal) => need(`${api}/public/users/${encodeURIComponent(email)}`, userSchema, signal),
    orgs: async (email, signal) => {
      const { org_snodes: orgs } = await need(`${api}/asset/user/${encodeURIComponent(email)}`, orgsSchema, signal);
      return Object.values(orgs).map(({ name }) => name);
    },
    asset: (segments, signal) => need(`${api}/asset/${encodedPath(segments)}`, storedSchema, signal),
    pipeline: (id, signal) => need(`${api}/pipeline/${encodeURIComponent(id)}`, storedSchema, signal),
    task: (id, signal) => need(`${api}/slsched/job/${encodeURIComponent(id)}`, storedSchema, signal),
    snaplexes: async (org, signal) => {
      const path = `${api}/slserver/snaplex_cc_details_with_info`;
      const request: HttpRequest = { method: 'GET', path, query: { subscriber_id: org } };
      const { map } = await ask(request, snaplexesSchema, signal);
      return map ?? decoded(snaplexesSchema, map, path);
    },
    setTaskSnaplex: (path, id, signal) => change('PATCH', 'plex', { task_path: path, runtime_path_id: id }, signal),
    enableTask: (path, signal) => change('POST', 'enable', { task_path: path }, signal),
    file: async (segments, signal) => {
      const path = `${api}/slfs/${encodedPath(segments)}`;
      return (await http.stream({ method: 'GET', path, headers: { accept: '*/*' } }, signal)).body;
    },
    list: async (segments, signal) => {
      const path = `${api}/asset/list/${encodedPath(segments)}`;
      const found = new Map<string, Entry>();
      let serverTime: Date | undefined;
      for (let offset = 0; ;) {
        const request: HttpRequest = { method: 'GET', path, query: { limit: pageSize, offset } };
        const { map, headers } = await ask(request, listSchema, signal);
        serverTime ??= dateOf(headers['date']);
        const { entries } = map ?? decoded(listSchema, map, path);
        const before = found.size;
        for (const entry of entries) found.set(`${entry.asset_type ?? ''}/${entry.name}`, entry);
        offset += entries.length;
        // A page that brings nothing new comes from a server that does not page at all.
        if (entries.length < pageSize || found.size === before) return { entries: [...found.values()], serverTime };
      }
    },
    createSpace: async (org, space, signal) => {
      const path = `${api}/public/assetapi/project/${encodedPath([org, space])}`;
      const answer = await http.json(
        { method: 'POST', path, json: { permissions: [] }, safety: 'idempotent', accept: [409] },
        signal,
      );
      const said = saidIn(answer.body);
      const code = worse(answer.status, said.code) ?? answer.status;
      if (code >= 400 && code !== 409) throw bodyError(code, scrub(said.text), false);
      return code !== 409;
    },
    migrate: async (source, request, signal) => {
      const path = `${api}/public/project/migrate/${encodedPath(segmentsOf(source))}`;
      const answerWithinMs = request.async ? {} : { answerWithinMs: platformMs };
      const { map } = await ask(
        { method: 'POST', path, json: request, safety: 'once', ...answerWithinMs },
        startedSchema.extend(statusSchema.shape),
        signal,
      );
      return {
        token: map?.status_token ?? map?._id,
        statusUrl: map?.status_url,
        status: map?.status === undefined ? undefined : map,
      };
    },
    migrationStatus: (path, signal) => need(path, statusSchema, signal),
    exportProject: (source, { assetTypes, force }, signal) =>
      http.stream(
        {
          method: 'GET',
          path: `${api}/public/project/export/${encodedPath(segmentsOf(source))}`,
          query: {
            asset_types: assetTypes.length === 0 ? undefined : assetTypes.join(','),
            force: force ? true : undefined,
          },
          headers: { accept: '*/*' },
          answerWithinMs: platformMs,
        },
        signal,
      ),
    remove: async (segments, isFile, signal) => {
      const path = `${api}/${isFile ? 'slfs' : 'asset'}/${encodedPath(segments)}`;
      const query = isFile ? { soft_delete: true } : {};
      await ask({ method: 'DELETE', path, query, safety: 'idempotent', accept: [404] }, z.unknown(), signal);
      return undefined;
    },
    importProject: async (target, { duplicates, overwriteTypes }, form, signal) => {
      const { map, status } = await ask(
        {
          method: 'POST',
          path: `${api}/public/project/import/${encodedPath(segmentsOf(target))}`,
          query: {
            duplicate_check: duplicates,
            overwrite_types: overwriteTypes.length === 0 ? undefined : overwriteTypes.join(','),
          },
          form,
          safety: 'once',
          secretBodies: true,
          answerWithinMs: platformMs,
        },
        z.unknown(),
        signal,
      );
      // 202 says only that the request has come.
      if (status === 202 || !tellingSchema.safeParse(map).success) return undefined;
      return decoded(resultSchema, map, 'the import', true);
    },
  };
}

/** The two documented paths for the status of a migration, below the URL of the instance. */
export function statusPaths(token: string): readonly string[] {
  const name = encodeURIComponent(token);
  return [`${api}/public/project/migrate/${name}`, `${api}/public/migrate/${name}`];
}

/**
 * The path of a status URL that the server gave, below the URL of the instance. The host is ignored, because the server
 * may not know its own name.
 */
export function statusPathOf(url: string): string | undefined {
  const at = url.indexOf(`/${api}/`);
  return at < 0 || url.includes('?') || url.includes('..') ? undefined : url.slice(at + 1);
}
