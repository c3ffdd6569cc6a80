// Starts a SnapLogic emulator in its own folder and calls it with plain fetch.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  parseFault,
  startEmulator,
  type EmulatorOptions,
  type FaultSpec,
  type RunningEmulator,
} from '../../../../src/emulators/index.ts';

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
  /** The parsed body; fails when it is not JSON. */
  readonly json: Json;
  readonly map: Json;
}

/** `admin`, `none`, the part of a sample user before the `@`, or the whole header. */
type Caller = string;

interface CallOptions {
  readonly as?: Caller;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: FormData;
}

export interface ControlPlane extends RunningEmulator {
  readonly directory: string;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  readonly get: (path: string, options?: CallOptions) => Promise<Answer>;
  readonly post: (path: string, json: unknown, options?: CallOptions) => Promise<Answer>;
  /** Polls the status of a migration until it is no longer Started. */
  readonly finished: (token: unknown, as?: Caller) => Promise<Json>;
  /** Begins a migration, which must succeed, and waits for its end. */
  readonly migrated: (from: string, body: Json) => Promise<Json>;
  /** All entries of a list, read page by page. */
  readonly list: (path: string) => Promise<readonly Json[]>;
}

export const pub = '/api/1/rest/public';
export const rest = '/api/1/rest';

/** A path like `/Acme-Dev/Finance/Ledger & Co`, with each name percent-encoded. */
export const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export const basic = (email: string, password: string): string =>
  `Basic ${Buffer.from(`${email}:${password}`, 'utf8').toString('base64')}`;

export const fault = (text: string): FaultSpec => parseFault(text);

const folders: string[] = [];
const running: RunningEmulator[] = [];

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'snaplogic-'));
  folders.push(folder);
  return folder;
}

/** For afterAll and afterEach. */
export async function stopPlanes(): Promise<void> {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

function client(emulator: RunningEmulator): Omit<ControlPlane, keyof RunningEmulator | 'directory'> {
  const { username = '', password = '' } = emulator.credentials;
  const credentials = (as: Caller): Record<string, string> => {
    if (as === 'none') return {};
    if (as.includes(' ')) return { Authorization: as };
    if (as === 'admin') return { Authorization: basic(username, password) };
    return { Authorization: basic(`${as}@acme.example`, 'sample-password') };
  };
  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { as = 'admin', json, text, headers, form } = options;
    const body = form ?? text ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: {
        ...credentials(as),
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
        return JSON.parse(bytes.toString('utf8')) as Json;
      },
      get map() {
        return (JSON.parse(bytes.toString('utf8')) as { response_map: Json }).response_map;
      },
    };
  }
  const get: ControlPlane['get'] = (path, options) => call('GET', path, options);
  const post: ControlPlane['post'] = (path, json, options) => call('POST', path, { ...options, json });
  async function finished(token: unknown, as: Caller = 'admin'): Promise<Json> {
    for (;;) {
      const { map } = await get(`${pub}/project/migrate/${String(token)}`, { as });
      if (map['status'] !== 'Started') return map;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  return {
    call,
    get,
    post,
    finished,
    async migrated(from, body) {
      const answer = await post(`${pub}/project/migrate${encoded(from)}`, body);
      if (answer.status !== 200) throw new Error(`${String(answer.status)} ${answer.text}`);
      return finished(answer.map['status_token']);
    },
    async list(path) {
      const all: Json[] = [];
      for (;;) {
        const page = await get(`${rest}/asset/list${encoded(path)}?limit=100&offset=${String(all.length)}`);
        const entries = page.map['entries'] as readonly Json[];
        all.push(...entries);
        if (entries.length < 100) return all;
      }
    },
  };
}

export async function startPlane(options: Partial<EmulatorOptions> = {}): Promise<ControlPlane> {
  const directory = options.directory ?? (await newFolder());
  const emulator = await startEmulator('snaplogic', { pace: 0, ...options, directory });
  running.push(emulator);
  return { ...emulator, directory, ...client(emulator) };
}
