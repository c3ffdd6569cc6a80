// Starts an eNMS emulator in its own folder and calls it with plain fetch.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../../../src/emulators/index.ts';

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly bytes: Buffer;
  /** The parsed body; fails when it is not JSON. */
  readonly json: unknown;
}

export interface CallOptions {
  /** `name:password`; null sends none. Default: the administrator. */
  readonly as?: string | null;
  readonly json?: unknown;
  readonly text?: string;
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WebSession {
  readonly cookie: string;
  readonly token: string;
  /** Sends cookie and token, and does not follow redirects. */
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
}

export interface EnmsServer extends RunningEmulator {
  readonly directory: string;
  readonly password: string;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  /** Logs in by the form. */
  readonly login: (username?: string, password?: string) => Promise<WebSession>;
}

const folders: string[] = [];
const running: RunningEmulator[] = [];

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'enms-'));
  folders.push(folder);
  return folder;
}

/** For afterAll and afterEach. */
export async function stopServers(): Promise<void> {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

export const basic = (as: string) => `Basic ${Buffer.from(as).toString('base64')}`;

export async function send(url: string, method: string, options: CallOptions = {}): Promise<Answer> {
  const { as, json, text, form, headers } = options;
  const body = form ?? text ?? (json === undefined ? undefined : JSON.stringify(json));
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(as === null || as === undefined ? {} : { Authorization: basic(as) }),
      ...(form === undefined && body !== undefined ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    text: bytes.toString('utf8'),
    get json() {
      return JSON.parse(bytes.toString('utf8')) as unknown;
    },
  };
}

export const tokenOf = (page: string) => /name="csrf_token" type="hidden" value="([^"]+)"/.exec(page)?.[1] ?? '';
export const cookieOf = ({ headers }: Answer) => (headers.get('set-cookie') ?? '').split(';')[0] ?? '';

export async function startServer(options: Partial<EmulatorOptions> = {}): Promise<EnmsServer> {
  const directory = options.directory ?? (await newFolder());
  const emulator = await startEmulator('enms', { pace: 0, ...options, directory });
  running.push(emulator);
  const { username = '', password = '' } = emulator.credentials;
  const call = (method: string, path: string, { as = `${username}:${password}`, ...rest }: CallOptions = {}) =>
    send(`${emulator.url}${path}`, method, { as, ...rest });
  return {
    ...emulator,
    directory,
    password,
    call,
    async login(name = username, secret = password) {
      const form = await send(`${emulator.url}/login`, 'GET');
      const token = tokenOf(form.text);
      const fields = new URLSearchParams({ csrf_token: token, username: name, password: secret });
      const entered = await send(`${emulator.url}/login`, 'POST', {
        text: fields.toString(),
        headers: { Cookie: cookieOf(form), 'Content-Type': 'application/x-www-form-urlencoded' },
      });
      const cookie = cookieOf(entered);
      return {
        cookie,
        token,
        call: (method, path, { headers, ...rest } = {}) =>
          send(`${emulator.url}${path}`, method, {
            ...rest,
            headers: { Cookie: cookie, ...(method === 'POST' ? { 'X-CSRFToken': token } : {}), ...headers },
          }),
      };
    },
  };
}

export const everyType = [
  'user',
  'group',
  'device',
  'file',
  'link',
  'service',
  'network',
  'workflow_edge',
  'task',
  'credential',
  'pool',
];

export const internalError = { alert: 'Error 500 - Internal Server Error.' };

/** The sorted names of all objects of a type. */
export async function namesOf(server: EnmsServer, type: string): Promise<readonly string[]> {
  const found = (await server.call('GET', `/rest/query/${type}`)).json as Json[];
  return found.map(({ name }) => String(name)).sort();
}

export const get = async (server: EnmsServer, type: string, name: string) =>
  (await server.call('GET', `/rest/instance/${type}/${encodeURIComponent(name)}`)).json as Json;

export const post = async (server: EnmsServer, type: string, json: unknown) =>
  (await server.call('POST', `/rest/instance/${type}`, { json })).json as Json;
