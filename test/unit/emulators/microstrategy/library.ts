// Starts Libraries in their own folders and calls them with plain fetch.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type EmulatorOptions, type RunningEmulator } from '../../../../src/emulators/index.ts';

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
  /** The parsed body; fails when it is not JSON. */
  readonly json: Json;
}

interface CallOptions {
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly project?: string;
}

/** One login with its token and cookies. */
export interface Client {
  readonly token: string;
  readonly cookie: string;
  readonly url: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

export interface Library extends RunningEmulator {
  readonly directory: string;
  readonly admin: Client;
  login(username: string, password: string, mode?: number): Promise<Client>;
}

const folders: string[] = [];
const running: RunningEmulator[] = [];

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'library-'));
  folders.push(folder);
  return folder;
}

/** For afterAll and afterEach. */
export async function stopLibraries(): Promise<void> {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 })));
}

export async function send(url: string, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { json, body = json === undefined ? undefined : JSON.stringify(json), headers, project } = options;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(project === undefined ? {} : { 'X-MSTR-ProjectID': project }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
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
  };
}

/** A client with the token and the cookies of a login. */
export function clientOf(url: string, answer: Answer): Client {
  const token = answer.headers.get('x-mstr-authtoken') ?? '';
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return {
    token,
    cookie,
    url,
    call: (method, path, options = {}) =>
      send(url, method, path, {
        ...options,
        headers: { 'X-MSTR-AuthToken': token, Cookie: cookie, ...options.headers },
      }),
  };
}

export async function login(url: string, username: string, password: string, loginMode = 1): Promise<Client> {
  const answer = await send(url, 'POST', '/api/auth/login', { json: { username, password, loginMode } });
  if (answer.status !== 204) throw new Error(`login failed: ${answer.status} ${answer.text}`);
  return clientOf(url, answer);
}

export async function startLibrary(options: Partial<EmulatorOptions> = {}): Promise<Library> {
  const directory = options.directory ?? (await newFolder());
  const emulator = await startEmulator('microstrategy', { pace: 0, ...options, directory });
  running.push(emulator);
  const { username = '', password = '' } = emulator.credentials;
  const admin = await login(emulator.url, username, password);
  return {
    ...emulator,
    directory,
    admin,
    login: (name, secret, mode) => login(emulator.url, name, secret, mode),
  };
}

/** A source and a target with the same storage. */
export async function startPair(
  source: Partial<EmulatorOptions> = {},
  target: Partial<EmulatorOptions> = {},
): Promise<readonly [Library, Library]> {
  const storage = await newFolder();
  return [
    await startLibrary({ storage, sample: 'source', ...source }),
    await startLibrary({ storage, sample: 'target', ...target }),
  ];
}

export const tutorial = 'B19DEDCC11D4E0EFC000EB9495D0F44F';

export const part = (record: Json, name: string): Json => record[name] as Json;

const ongoing = ['creating', 'importing', 'undoing', 'validating'];

/** Polls a record until no work on it is running. */
export async function settled(client: Client, id: string, showContent = 'default'): Promise<Json> {
  for (;;) {
    const answer = await client.call('GET', `/api/migrations/${id}?showContent=${showContent}`);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    const record = answer.json;
    const states = ['packageInfo', 'importInfo', 'validation'].map((name) => part(record, name)?.['status']);
    if (!states.some((state) => ongoing.includes(String(state)))) return record;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

export interface Content {
  readonly id: string;
  readonly type: number;
  readonly action?: string;
  readonly includeDependents?: boolean;
}

export interface Recipe {
  readonly type?: string;
  readonly content: readonly Content[];
  readonly settings?: Json;
  readonly name?: string;
  /** The id of an existing package. */
  readonly existing?: string;
}

export const createBody = ({ type = 'project', content, settings = {}, name = 'a package' }: Recipe): Json => ({
  packageInfo: {
    type,
    name,
    environment: { id: 'https://src.example/MicroStrategyLibrary/', name: 'src' },
    tocView: { settings: { defaultAction: 'replace', ...settings }, content },
    treeView: {},
  },
  importInfo: {},
});

/** Creates a package and waits for its end. */
export async function create(client: Client, recipe: Recipe, project: string | undefined = tutorial): Promise<Json> {
  const answer = await client.call('POST', '/api/migrations', {
    json: createBody(recipe),
    ...(project === undefined || recipe.type === 'configuration' ? {} : { project }),
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return settled(client, String(answer.json['id']));
}

const request = (client: Client, id: string, importRequestStatus: string) =>
  client.call('PATCH', `/api/migrations/${id}`, { json: { importInfo: { importRequestStatus } } });

/** Requests and approves. Returns the record with its content, as the target needs it. */
export async function approve(client: Client, id: string): Promise<Json> {
  for (const status of ['requested', 'approved']) {
    const answer = await request(client, id, status);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  }
  const record = (await client.call('GET', `/api/migrations/${id}?showContent=all`)).json;
  return { ...record, packageInfo: { ...part(record, 'packageInfo'), replicated: true } };
}

/** Moves a package from one Library to another. Returns the final record of the target. */
export async function migrate(
  source: Client,
  target: Client,
  recipe: Recipe,
  project: string = tutorial,
  generateUndo = 'true',
): Promise<{ readonly id: string; readonly record: Json }> {
  const id = recipe.existing ?? String((await create(source, recipe))['id']);
  const body = await approve(source, id);
  const answer = await target.call('PUT', `/api/migrations/${id}?generateUndo=${generateUndo}`, {
    json: body,
    ...(recipe.type === 'configuration' ? {} : { project }),
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return { id, record: await settled(target, id) };
}

/** The id of an object by type and name. */
export async function idNamed(client: Client, type: number, name: string, project = tutorial): Promise<string> {
  const query = `name=${encodeURIComponent(name)}&pattern=2&type=${type}`;
  const found = (await client.call('GET', `/api/searches/results?${query}`, { project })).json['result'] as Json[];
  const [first] = found;
  if (first === undefined) throw new Error(`no object ${name} of type ${type}`);
  return String(first['id']);
}
