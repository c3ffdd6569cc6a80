import { adapter } from '../../src/adapters/enms/index.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../src/ports/artifact.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools } from './adapter-tools.ts';
import { withScript, type Exchange } from './scripted-server.ts';
import { tarOf } from './tar.ts';

export const password = 'night watch';
export const basic = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;

export interface Scripted {
  readonly enms: Adapter;
  readonly url: string;
  readonly tools: ReturnType<typeof adapterTools>;
}

/** Runs an adapter against a server that knows only these exchanges, and that draws nothing unless they say so. */
export async function withEnms<Result>(
  script: readonly Exchange[],
  run: (scripted: Scripted) => Promise<Result>,
  settings: Record<string, unknown> = {},
): Promise<Result> {
  const undrawn = ['device', 'service', 'network'].map((type) => names(type, [], 'maybe', ['name', 'positions']));
  return withScript([...script, ...undrawn], (url) => {
    const tools = adapterTools();
    const secrets = { password: new Secret(password) };
    const connection = { name: 'lab', url, settings: { username: 'admin', ...settings }, secrets };
    return run({ enms: adapter.create(connection, tools), url, tools });
  });
}

type Response = Exchange['response'];
type Times = Exchange['times'];

/** A call of the REST API, always with Basic authentication and never with the cookie of the web interface. */
export function rest(method: string, path: string, response: Response, json?: unknown, times: Times = 1): Exchange {
  const request = { method, path: `/rest/${path}`, headers: { authorization: basic }, without: ['cookie'] };
  return { request: json === undefined ? request : { ...request, json }, response, times };
}

export const alert = (status: number, text: string): Response => ({
  status,
  json: { alert: `Error ${status} - ${text}.` },
});
export const failed = alert(500, 'Internal Server Error');
export const page = (status: number): Response => ({
  status,
  headers: { 'content-type': 'text/html' },
  text: '<!doctype html>\n<title>500 Internal Server Error</title>',
});

export const version = rest('GET', 'query/server', { json: [{ name: 'eNMS Server', status: 'Up', version: '4.6' }] });
export const alive = rest('GET', 'is_alive', { json: { cluster_id: true, name: 153558346480170 } });

export const csrf = 'ImY0csrf.token';
const cookie = 'session=first; HttpOnly; Path=/';

/** The login page with its hidden token, and the form that is sent back. */
export const login: readonly Exchange[] = [
  {
    request: { method: 'GET', path: '/login', without: ['authorization'] },
    response: {
      headers: { 'content-type': 'text/html', 'set-cookie': cookie },
      text: `<form><input id="csrf_token" name="csrf_token" type="hidden" value="${csrf}"></form>`,
    },
  },
  {
    request: {
      method: 'POST',
      path: '/login',
      headers: { cookie: 'session=first', 'content-type': 'application/x-www-form-urlencoded' },
      without: ['authorization'],
      contains: [`csrf_token=${csrf}&username=admin&password=night+watch`],
    },
    response: { status: 302, headers: { location: '/dashboard', 'set-cookie': 'session=second; HttpOnly; Path=/' } },
  },
];

const session = { headers: { cookie: 'session=second' }, without: ['authorization'] } as const;

export function folders(names: readonly string[], times: Times = 1): Exchange {
  const headers = { ...session.headers, 'x-csrftoken': csrf };
  return {
    request: { ...session, headers, method: 'POST', path: '/get_migration_folders' },
    response: { json: names },
    times,
  };
}

/** A file below the files folder of the server. For a file that does not exist the answer is 500 with HTML. */
export function file(path: string, text: string | undefined, times: Times = 1): Exchange {
  const request = { ...session, method: 'GET', path: `/download/file/${path}` };
  const headers = { 'content-type': 'application/octet-stream' };
  return { request, response: text === undefined ? page(500) : { headers, text }, times };
}

/** The archive of a folder of migration files. For a folder that does not exist the answer is 500 with HTML. */
export function archive(folder: string, files: Readonly<Record<string, string>> | undefined): Exchange {
  const request = { ...session, method: 'GET', path: `/download/folder/migrations/${folder}` };
  const headers = { 'content-type': 'application/x-tar' };
  return { request, response: files === undefined ? page(500) : { headers, text: tarOf(files) } };
}

export function uploaded(folder: string, fileName: string, text: string): Exchange {
  return {
    request: {
      method: 'POST',
      path: '/upload_files',
      headers: { ...session.headers, 'x-csrftoken': csrf },
      without: session.without,
      contains: [
        'name="form_type"\r\n\r\nupload_files\r\n',
        `name="folder"\r\n\r\n/migrations/${folder}\r\n`,
        `name="file"; filename="${fileName}"\r\n`,
        `\r\n\r\n${text}\r\n`,
      ],
    },
    response: { json: null },
  };
}

/** A file that is sent and read back. */
export const brought = (folder: string, fileName: string, text: string): readonly Exchange[] => [
  uploaded(folder, fileName, text),
  file(`migrations/${folder}/${fileName}`, text),
];

export const folderMade = (folder: string): Exchange =>
  rest('POST', 'instance/folder', { json: { success: [`>migrations>${folder}`] } }, [
    { name: folder, path: `/migrations/${folder}` },
  ]);

/** The names of all objects of a type on the server. */
export function names(
  type: string,
  list: readonly string[],
  times: Times = 1,
  columns: readonly string[] = ['name', 'type'],
): Exchange {
  const json = {
    type,
    columns,
    order: [{ column: 0, dir: 'asc' }],
    start: 0,
    maximum_return_records: 1000,
  };
  return rest('POST', 'search', { json: list.map((name) => ({ name })) }, json, times);
}

export const object = (type: string, name: string, properties: object): Exchange =>
  rest('GET', `instance/${type}/${encodeURIComponent(name)}`, { json: { name, type, ...properties } });

export function packaged(path: string, text: string): ArtifactFile {
  const bytes = Buffer.from(text);
  return {
    path,
    size: bytes.length,
    mediaType: 'application/octet-stream',
    open: async function* () {
      await Promise.resolve();
      if (bytes.length > 0) yield bytes;
    },
  };
}

export const metadataText = '{export_time: 2026-11-20 23:53:38.968133, version: 4.6}\n';
