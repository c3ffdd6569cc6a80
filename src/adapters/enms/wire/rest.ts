import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { Http } from '../../../ports/http.ts';
import { answerReader, jsonOf, oneLine } from '../../shared/answers.ts';
import type { Type } from '../model/types-and-relations.ts';
import { alertOf } from './errors.ts';
import {
  objectSchema,
  objectsSchema,
  removedSchema,
  serversSchema,
  upsertSchema,
  type ServerRow,
  type WireObject,
} from './schemas.ts';

const decoded = answerReader('check that the URL is an eNMS server, release 4.7', (body) =>
  body === undefined ? undefined : alertOf(JSON.stringify(body)),
);

/** Migrations and topology imports answer when they are done, which depends on the amount of data. */
const workMs = 60 * 60_000;
const pageSize = 1000;

export interface Upserted {
  readonly success: readonly string[];
  readonly failure: readonly { readonly name: string; readonly reason: string }[];
}

/** The answer of a call that works before it answers. `words` are those of the server. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly words: string;
}

/**
 * The REST API, with one function for each endpoint. It uses HTTP Basic and never a cookie, because a call with a
 * cookie ends that session.
 */
export interface Rest {
  /** True when the server answers as eNMS does. Does not prove the credentials. */
  isAlive(signal: AbortSignal): Promise<boolean>;
  /** The rows of the servers. Need an administrator: AUTH_REFUSED with `details.status` 401 or 403. */
  servers(signal: AbortSignal): Promise<readonly ServerRow[]>;
  /** The release of the server, with the same needs. */
  version(signal: AbortSignal): Promise<string | undefined>;
  /** All objects of a type with these properties, sorted by the first property. */
  search(type: string, columns: readonly string[], signal: AbortSignal, pageLimit?: number): AsyncIterable<WireObject>;
  /** All objects of a type with their properties, without relations, in one answer. */
  query(type: Type, signal: AbortSignal): Promise<readonly WireObject[]>;
  /** Undefined when there is no such object, the account may not see it, or a URL cannot name it (`isAddressable`). */
  instance(type: string, name: string, signal: AbortSignal): Promise<WireObject | undefined>;
  /** Deletes one object. Returns the server's reason when it keeps it. One that is not there is no failure. */
  remove(type: string, name: string, signal: AbortSignal): Promise<string | undefined>;
  upsert(type: string, objects: readonly WireObject[], signal: AbortSignal): Promise<Upserted>;
  migrate(direction: 'export' | 'import', body: object, signal: AbortSignal): Promise<Answer>;
  exportTopology(fileName: string, signal: AbortSignal): Promise<Answer>;
  importTopology(file: ArtifactFile, replace: boolean, signal: AbortSignal): Promise<Answer>;
  updatePools(signal: AbortSignal): Promise<void>;
}

export function createRest(http: Http): Rest {
  const answerOf = (status: number, text: string): Answer => ({
    status,
    body: jsonOf(text),
    words: alertOf(text) ?? oneLine(text, 400),
  });
  const servers = async (signal: AbortSignal): Promise<readonly ServerRow[]> => {
    const path = 'rest/query/server';
    return decoded(serversSchema, (await http.json({ method: 'GET', path }, signal)).body, path);
  };
  return {
    servers,
    isAlive: async (signal) => {
      const answer = await http.json({ method: 'GET', path: 'rest/is_alive' }, signal);
      return objectSchema.safeParse(answer.body).success;
    },
    version: async (signal) => (await servers(signal)).find(({ version }) => version !== undefined)?.version,
    search: async function* (type, columns, signal, pageLimit = pageSize) {
      const path = 'rest/search';
      for (let start = 0; ; start += pageLimit) {
        const json = { type, columns, order: [{ column: 0, dir: 'asc' }], start, maximum_return_records: pageLimit };
        const answer = await http.json({ method: 'POST', path, json, safety: 'read' }, signal);
        const page = decoded(objectsSchema, answer.body, path);
        yield* page;
        if (page.length < pageLimit) return;
      }
    },
    query: async (type, signal) => {
      const path = `rest/query/${type}`;
      return decoded(objectsSchema, (await http.json({ method: 'GET', path }, signal)).body, path);
    },
    instance: async (type, name, signal) => {
      if (!isAddressable(name)) return undefined;
      const path = `rest/instance/${encodeURIComponent(type)}/${encodeURIComponent(name)}`;
      const answer = await http.json({ method: 'GET', path, accept: [403] }, signal);
      return answer.status === 403 ? undefined : decoded(objectSchema, answer.body, path);
    },
    remove: async (type, name, signal) => {
      if (!isAddressable(name)) return 'the REST API cannot name it';
      const path = `rest/instance/${encodeURIComponent(type)}/${encodeURIComponent(name)}`;
      const answer = await http.json({ method: 'DELETE', path, safety: 'idempotent', accept: [403] }, signal);
      const { delete_aborted: isKept, log } = answer.status === 403 ? {} : decoded(removedSchema, answer.body, path);
      return isKept === true ? (log ?? 'the server keeps it') : undefined;
    },
    upsert: async (type, objects, signal) => {
      const path = `rest/instance/${encodeURIComponent(type)}`;
      const request = { method: 'POST', path, json: objects, safety: 'idempotent', secretBodies: true } as const;
      const answer = await http.json({ ...request, answerWithinMs: workMs }, signal);
      const { success, failure } = decoded(upsertSchema, answer.body, path);
      return { success, failure: failure.map(([echo, text]) => ({ name: nameOf(echo), reason: lastLine(text) })) };
    },
    migrate: async (direction, json, signal) => {
      const path = `rest/migrate/${direction}`;
      const request = { method: 'POST', path, json, safety: 'once', answerWithinMs: workMs, accept: [500] } as const;
      const answer = await http.text(request, signal);
      return answerOf(answer.status, answer.body);
    },
    exportTopology: async (fileName, signal) => {
      const request = { method: 'POST', path: 'rest/topology/export', json: { export_filename: fileName } } as const;
      const answer = await http.text({ ...request, safety: 'idempotent', answerWithinMs: workMs }, signal);
      return answerOf(answer.status, answer.body);
    },
    importTopology: async (file, replace, signal) => {
      const { path, size } = file;
      const fileName = path.slice(path.lastIndexOf('/') + 1);
      const contentType = 'application/vnd.ms-excel';
      const form = [
        // The server takes only this text for true.
        { field: 'replace', value: replace ? 'True' : 'False' },
        { field: 'file', fileName, contentType, size, open: (inner: AbortSignal) => file.open(inner) },
      ];
      const request = { method: 'POST', path: 'rest/topology/import', form, safety: 'once', accept: [500] } as const;
      const answer = await http.text({ ...request, answerWithinMs: workMs }, signal);
      return answerOf(answer.status, answer.body);
    },
    updatePools: async (signal) => {
      const request = { method: 'POST', path: 'rest/update_all_pools', safety: 'idempotent' } as const;
      await http.json({ ...request, answerWithinMs: workMs }, signal);
    },
  };
}

/**
 * Whether a URL can name an object. `.` and `..` change the path of a URL, also when they are escaped, and the server
 * knows no path with a line break or without a name.
 */
export function isAddressable(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('\n');
}

/** The name of a refused object. The rest of the object is not shown. */
function nameOf(echo: WireObject): string {
  return typeof echo['name'] === 'string' ? echo['name'] : 'an object without a name';
}

/** The last line of a traceback, which says what went wrong. */
function lastLine(text: unknown): string {
  const lines = typeof text === 'string' ? text.trim().split('\n') : [];
  return (lines.at(-1) ?? 'no reason is given').trim().slice(0, 300);
}
