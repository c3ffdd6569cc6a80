import { adapter } from '../../src/adapters/snaplogic/index.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools } from './adapter-tools.ts';
import { withScript, type Exchange } from './scripted-server.ts';

export const password = 'correct horse';
export const username = 'ci@acme.example';
/** base64 of `ci@acme.example:correct horse`. */
export const basic = 'Basic Y2lAYWNtZS5leGFtcGxlOmNvcnJlY3QgaG9yc2U=';
export const token = '5b0f2c1e-0000-4000-8000-1d2e3f405162';
/** The server's own time in every answer. */
export const serverDate = 'Mon, 04 May 2026 09:12:03 GMT';

const api = '/api/1/rest';
export const migratePath = `${api}/public/project/migrate`;

export interface Scripted {
  readonly snap: Adapter;
  readonly url: string;
  readonly tools: ReturnType<typeof adapterTools>;
}

export interface ScriptSettings {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, Secret>>;
  readonly path?: string;
}

/** Runs an adapter against a server that knows only these exchanges. */
export async function withSnaplogic<Result>(
  script: readonly Exchange[],
  run: (scripted: Scripted) => Promise<Result>,
  { settings = { username }, secrets = { password: new Secret(password) }, path = '' }: ScriptSettings = {},
): Promise<Result> {
  return withScript(script, (url) => {
    const tools = adapterTools({}, { prod: () => snap });
    const snap: Adapter = adapter.create({ name: 'dev', url: url + path, settings, secrets }, tools);
    return run({ snap, url, tools });
  });
}

type Answer = Exchange['response'];
export const envelope = (map: unknown, status = 200): Answer => ({
  headers: { date: serverDate },
  json: { response_map: map, http_status_code: status },
});

/** The documented shape of an error. */
export const refusal = (status: number, message = 'no'): Answer => ({
  status,
  json: { http_status_code: status, response_map: { error_list: [{ message }] } },
});

export interface Listed {
  readonly name: string;
  readonly type?: string;
  readonly updated?: string;
  readonly created?: string;
}

/** An entry of an asset list with the fields that the service shows. */
export function entry(path: string, { name, type = 'Dir', updated, created }: Listed, index = 0) {
  const id = `66a1b2c3d4e5f607${String(index).padStart(8, '0')}`;
  return {
    name,
    snode_id: id,
    asset_type: type,
    path: `${path}/${name}`,
    time_created: created ?? '2026-01-01T00:00:00.000Z',
    time_updated: updated ?? '2026-01-01T00:00:00.000Z',
    owner: username,
    perms: ['R', 'W'],
    metadata: {},
  };
}

export function list(path: string, items: readonly Listed[], more: Partial<Exchange> = {}): Exchange {
  const entries = items.map((item, index) => entry(path, item, index));
  return {
    request: { method: 'GET', path: encodeURI(`${api}/asset/list${path}`), query: { limit: '100', offset: '0' } },
    response: envelope({ entries }),
    times: 'any',
    ...more,
  };
}

export function user(admin: Readonly<Record<string, boolean>>, more: object = {}): Exchange {
  const organizations = Object.entries(admin).map(([name, administrator]) => ({ name, id: 'x', administrator }));
  return {
    request: { method: 'GET', path: `${api}/public/users/ci%40acme.example`, headers: { authorization: basic } },
    response: envelope({ email: username, organizations, user_locked_out: false, password_expired: false, ...more }),
    times: 'any',
  };
}

/** A source project with one asset of each kind, in an org that the destination does not trust by itself. */
export const sourceAssets: readonly Listed[] = [
  { name: 'load_invoices', type: 'Pipeline' },
  { name: 'erp_account', type: 'Account' },
  { name: 'nightly', type: 'Job' },
  { name: 'rates.csv', type: 'File' },
  { name: 'quota', type: 'Policy' },
];

/** The lists above the source project. They are read when its own list does not show that it is there. */
export const above = [
  list('/Acme-Dev', [{ name: 'Finance' }, { name: 'plexes', type: 'Plex' }]),
  list('/Acme-Dev/Finance', [{ name: 'Invoices' }]),
];
export const source = [list('/Acme-Dev/Finance/Invoices', sourceAssets)];
/** The list of a project that is missing. */
export const noList = (path: string): Exchange => list(path, [], { response: refusal(404) });
export const emptyTarget = [list('/Acme-Prod', [{ name: 'Finance' }]), list('/Acme-Prod/Finance', [])];
export const fullTarget = (assets: readonly Listed[], project: Partial<Listed> = {}) => [
  list('/Acme-Prod', [{ name: 'Finance' }]),
  list('/Acme-Prod/Finance', [{ name: 'Invoices', ...project }]),
  list('/Acme-Prod/Finance/Invoices', assets),
];
export const me = user({ 'Acme-Dev': true, 'Acme-Prod': true });

/** The status document of a migration, as the API documents it. */
export const document = (more: object = {}) => ({
  status_token: token,
  status: 'Completed',
  user_id: username,
  src_path: '/Acme-Dev/Finance/Invoices',
  dest_path: '/Acme-Prod/Finance/Invoices',
  create_time: '2026-05-04T09:12:03.114Z',
  asset_types: ['Pipeline', 'Account'],
  asset_paths: null,
  successful: [],
  failed: [],
  warnings: [],
  ...more,
});

export const get = (path: string, response: Answer, times: Exchange['times'] = 1): Exchange => ({
  request: { method: 'GET', path },
  response,
  times,
});

export const moveId = (id: string = token, types = '-') =>
  `move,${id},20260504T091200000Z,dev,/Acme-Dev/Finance/Invoices,/Acme-Prod/Finance/Invoices,${types}`;

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
