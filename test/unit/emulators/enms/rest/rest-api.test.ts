// REST: access, errors, and reading and writing of objects, singly, in bulk and page by page.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  get,
  internalError,
  namesOf,
  post,
  startServer,
  stopServers,
  type EnmsServer,
  type Json,
} from '../enms-server.ts';

let server: EnmsServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(stopServers);

describe('access', () => {
  const wrong = { alert: 'Error 401 - Wrong Credentials.' };

  test.each([
    ['no credentials', { as: null }],
    ['a wrong password', { as: 'admin:wrong' }],
    ['an unknown user', { as: 'nobody:x' }],
    ['a bearer token', { as: null, headers: { Authorization: 'Bearer abc' } }],
    ['a header that is not valid HTTP Basic', { as: null, headers: { Authorization: 'Basic ???' } }],
  ])('%s is 401 without a challenge', async (_, options) => {
    const answer = await server.call('GET', '/rest/query/device', options);
    expect([answer.status, answer.json]).toEqual([401, wrong]);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.text.endsWith('\n')).toBe(true);
  });

  test.each([null, 'admin:wrong'])('is_alive answers everybody (%s)', async (as) => {
    const answer = await server.call('GET', '/rest/is_alive', { as });
    expect([answer.status, answer.json]).toEqual([200, { cluster_id: true, name: expect.any(Number) }]);
  });

  test('workers needs a login, and the server row an administrator', async () => {
    const codes = async (as: string) => [
      (await server.call('GET', '/rest/workers', { as })).status,
      (await server.call('GET', '/rest/query/server', { as })).status,
    ];
    expect(await codes(`admin:${server.password}`)).toEqual([200, 200]);
    expect(await codes('alice:sample-operator')).toEqual([403, 403]);
    expect(await codes('alice:wrong')).toEqual([401, 401]);
    expect((await server.call('GET', '/rest/workers')).json).toEqual({});
  });

  test('the server row has the version as text', async () => {
    const [row] = (await server.call('GET', '/rest/query/server')).json as Json[];
    expect(row).toMatchObject({ name: 'eNMS Server', status: 'Up', version: '4.6' });
  });

  test('other users may do what their groups may, and see what belongs to them', async () => {
    const bob = { as: 'bob:sample-auditor' };
    expect((await server.call('POST', '/rest/instance/device', { ...bob, json: { name: 'x' } })).status).toBe(403);
    expect((await server.call('POST', '/rest/migrate/export', { ...bob, json: {} })).json).toEqual({
      alert: 'Error 403 - Not Authorized.',
    });
    expect((await server.call('GET', '/rest/instance/device/par-core-1', bob)).status).toBe(200);
    expect((await server.call('GET', '/rest/instance/service/Reachability', bob)).status).toBe(403);
    expect((await server.call('GET', '/rest/query/credential', bob)).status).toBe(403);
    expect((await server.call('GET', '/rest/query/service', bob)).json).toEqual([]);
  });

  test.each([
    ['GET', '/rest/migrate/export'],
    ['GET', '/rest/nothing'],
    ['DELETE', '/rest/query/device'],
    ['POST', '/rest/create_pool'],
    ['GET', '/rest'],
  ])('%s %s is 404', async (method, path) => {
    const answer = await server.call(method, path);
    expect([answer.status, answer.json]).toEqual([404, { alert: 'Error 404 - Not Found.' }]);
  });

  test.each(['PUT', 'PATCH'])('%s is 405 with HTML and Allow', async (method) => {
    const answer = await server.call(method, '/rest/instance/device', { json: {} });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.headers.get('allow')).toContain('DELETE');
  });

  test.each([
    ['the token row that was left behind', 'GET', '/rest/token', {}],
    ['a name with a slash', 'GET', '/rest/instance/device/a%2Fb', {}],
    ['too few arguments', 'GET', '/rest/instance/device', {}],
    ['an unknown type', 'GET', '/rest/instance/nothing/x', {}],
    ['an unknown type in a query', 'GET', '/rest/query/nothing', {}],
    ['an unknown property in a query', 'GET', '/rest/query/device?nothing=1', {}],
    ['an unknown type in a deletion', 'DELETE', '/rest/instance/nothing/x', {}],
    ['a text that is not JSON', 'POST', '/rest/search', { text: '{' }],
    ['a body that is not JSON', 'POST', '/rest/search', { text: 'x', headers: { 'Content-Type': 'text/plain' } }],
    ['a missing key', 'POST', '/rest/search', { json: { type: 'device' } }],
    ['an unknown direction', 'POST', '/rest/migrate/sideways', { json: {} }],
    ['a list where it is not accepted', 'POST', '/rest/search', { json: [] }],
  ])('%s is 500', async (_, method, path, options) => {
    const answer = await server.call(method, path, options);
    expect([answer.status, answer.json]).toEqual([500, internalError]);
  });
});

describe('an object', () => {
  test('shows its properties, and its relations by name', async () => {
    expect(await get(server, 'link', 'par-core-1--fra-core-1')).toEqual({
      circuit: '',
      color: '#FF1694',
      creator: '',
      description: '',
      destination: 'fra-core-1',
      destination_id: expect.any(Number),
      destination_name: 'fra-core-1',
      id: expect.any(Number),
      last_modified: '2026-11-02 08:00:00.000000',
      last_modified_by: 'admin',
      location: '',
      model: '100G',
      name: 'par-core-1--fra-core-1',
      networks: ['Backbone'],
      owners: ['admin'],
      pools: ['All objects', 'Links only', 'Whole network'],
      rbac_edit: [],
      rbac_read: [],
      source: 'par-core-1',
      source_id: expect.any(Number),
      source_name: 'par-core-1',
      subtype: '',
      type: 'link',
      vendor: 'Lumen',
    });
  });

  test('has sorted keys and its concrete type, but no passwords, positions or large columns', async () => {
    const { text } = await server.call('GET', '/rest/instance/device/par-core-1');
    const keys = Object.keys(JSON.parse(text) as Json);
    expect(keys).toEqual([...keys].sort());
    expect(await get(server, 'router', 'par-core-1')).toEqual(await get(server, 'device', 'par-core-1'));
    expect(await get(server, 'device', 'par-core-1')).toMatchObject({
      type: 'router',
      serial_number: 'JN11',
      port: 22,
    });
    for (const key of ['positions', 'configuration', 'operational_data', 'specialized_data', 'snmp_community']) {
      expect(keys).not.toContain(key);
    }
    expect(await get(server, 'user', 'alice')).not.toHaveProperty('password');
    expect(await get(server, 'credential', 'Routers')).not.toHaveProperty('enable_password');
  });

  test('leaves out a single reference that is not set', async () => {
    await post(server, 'link', { name: 'loose' });
    const loose = await get(server, 'link', 'loose');
    expect(loose).not.toHaveProperty('source');
    expect(loose).toMatchObject({ source_name: null, source_id: null });
  });

  test('that does not exist is 403', async () => {
    expect((await server.call('GET', '/rest/instance/device/ghost')).status).toBe(403);
    expect((await server.call('DELETE', '/rest/instance/device/ghost')).status).toBe(403);
    expect((await server.call('GET', '/rest/configuration/ghost')).status).toBe(403);
    expect((await server.call('POST', '/rest/run_service', { json: { name: 'ghost' } })).status).toBe(403);
  });
});

describe('a query', () => {
  test('compares exactly, and answers an empty list when nothing matches', async () => {
    const query = async (text: string) =>
      ((await server.call('GET', `/rest/query/${text}`)).json as Json[]).map(({ name }) => name);
    expect(await query('device?vendor=Arista&location=Paris')).toEqual(['par-sw-1']);
    expect(await query('device?name=par')).toEqual([]);
    expect(await query('gateway?rbac=x&allow_none=1&name=par-gw')).toEqual(['par-gw']);
    expect(await query('router?name=par-gw')).toEqual([]);
    expect(await query('task?is_active=true')).toEqual(['Nightly backup', 'Reachability every hour']);
    expect(await query('node?location=Paris')).toHaveLength(5);
  });

  test('answers the whole table, with properties only', async () => {
    const devices = (await server.call('GET', '/rest/query/device')).json as Json[];
    expect(devices.length).toBeGreaterThanOrEqual(20);
    expect(devices[0]).not.toHaveProperty('pools');
    expect(devices[0]).not.toHaveProperty('positions');
  });
});

describe('a search', () => {
  const search = async (json: Json) => (await server.call('POST', '/rest/search', { json })).json as Json[];

  test('can use a regular expression', async () => {
    const criteria = { name: '^par-core', name_filter: 'regex' };
    expect(await search({ type: 'device', columns: ['name', 'ip_address'], search_criteria: criteria })).toEqual([
      { name: 'par-core-1', ip_address: '10.1.0.2' },
    ]);
  });

  test('answers ten objects at a time by default, sorted by the first column', async () => {
    const ask = { type: 'device', columns: ['name'] };
    expect(await search(ask)).toHaveLength(10);
    const pages = [];
    for (let start = 0; ; start += 8) {
      const page = await search({ ...ask, start, maximum_return_records: 8 });
      pages.push(...page.map(({ name }) => String(name)));
      if (page.length < 8) break;
    }
    expect(pages).toEqual(await namesOf(server, 'device'));
    const [last] = await search({ ...ask, order: [{ column: 0, dir: 'desc' }], maximum_return_records: 1 });
    expect(last).toEqual({ name: pages.at(-1) });
  });

  test.each([
    [{ vendor: 'Cisco', vendor_filter: 'equality', vendor_invert: true, location: 'Paris' }, 3],
    [{ vendor: '', vendor_filter: 'empty' }, 0],
    [{ gateways: ['par-gw', 'fra-gw'], gateways_filter: 'union' }, 8],
    [{ name: 'CORE' }, 4],
  ])('by %j finds %d', async (criteria, count) => {
    const found = await search({
      type: 'device',
      columns: ['name'],
      search_criteria: criteria,
      maximum_return_records: 100,
    });
    expect(found).toHaveLength(count);
  });

  test('of other models than devices has additional columns', async () => {
    const [task] = await search({ type: 'task', columns: ['name'], search_criteria: { is_active: 'bool-true' } });
    expect(task).toEqual({ name: 'Nightly backup', type: 'task' });
    const [pool] = await search({ type: 'pool', columns: ['name'], search_criteria: { name: 'Cisco edge' } });
    expect(pool).toEqual({ name: 'Cisco edge', type: 'pool', device_number: 8, link_number: 0 });
  });
});

describe('a POST of an instance', () => {
  test('creates an object, and later updates only the given keys; lists are replaced', async () => {
    const given = { name: 'new-1', vendor: 'Nokia', location: 'Lille', gateways: ['par-gw', 'fra-gw'], unknown: 1 };
    expect(await post(server, 'router', given)).toEqual({ success: ['new-1'] });
    expect(await get(server, 'device', 'new-1')).toMatchObject({
      type: 'router',
      vendor: 'Nokia',
      owners: ['admin'],
      gateways: ['par-gw', 'fra-gw'],
      netmiko_driver: 'cisco_ios',
      icon: 'router',
      latitude: '0.0',
      last_configuration_status: 'Never',
    });
    await post(server, 'device', { name: 'new-1', location: 'Brest', gateways: ['nyc-gw'] });
    const after = await get(server, 'device', 'new-1');
    expect(after).toMatchObject({ type: 'router', vendor: 'Nokia', location: 'Brest', gateways: ['nyc-gw'] });
    expect((await get(server, 'gateway', 'nyc-gw'))['devices']).toContain('new-1');
    expect((await get(server, 'gateway', 'par-gw'))['devices']).not.toContain('new-1');
  });

  test('keeps the good objects of a batch and gives the reason for failed ones', async () => {
    const answer = await post(server, 'device', [
      { name: 'batch-1' },
      { name: 'a/b' },
      { vendor: 'x' },
      { name: 'batch-2', gateways: ['ghost'] },
      { name: 'batch-3', positions: '{}' },
      { name: 'batch-4' },
    ]);
    expect(answer['success']).toEqual(['batch-1', 'batch-4']);
    const failure = answer['failure'] as [Json, string][];
    expect(failure.map(([echo]) => echo['name'])).toEqual(['a/b', undefined, 'batch-2', 'batch-3']);
    expect(failure[1]).toEqual([{ vendor: 'x' }, 'Name is missing']);
    for (const [, text] of [failure[0]!, failure[2]!, failure[3]!]) {
      expect(text).toMatch(/^Traceback \(most recent call last\):\n/);
    }
    expect(failure[2]![1]).toContain("There is no device named 'ghost'");
    expect((await server.call('GET', '/rest/instance/device/batch-2')).status).toBe(403);
  });

  test('repeats a failed object, in which names can have become ids', async () => {
    const answer = await post(server, 'link', { name: 'half', source: 'par-core-1', destination: 'ghost' });
    const [[echo]] = answer['failure'] as [[Json, string]];
    expect(echo).toEqual({ name: 'half', source: expect.any(Number), destination: 'ghost' });
  });

  test('has no success key when all objects fail, as with an unknown type', async () => {
    expect(Object.keys(await post(server, 'nothing', { name: 'x' }))).toEqual(['failure']);
  });

  test('can rename an object', async () => {
    await post(server, 'device', { name: 'old-name' });
    expect(await post(server, 'device', { name: 'old-name', new_name: 'better' })).toEqual({ success: ['better'] });
    expect((await server.call('GET', '/rest/instance/device/old-name')).status).toBe(403);
  });

  test('knows a folder by its path and makes it on disk; the row of a file has no content', async () => {
    expect(await post(server, 'folder', { name: 'p', path: '/migrations/deep/p' })).toEqual({
      success: ['>migrations>deep>p'],
    });
    expect(await post(server, 'file', { name: 'f', path: '/migrations/deep/p/f.txt' })).toEqual({
      success: ['>migrations>deep>p>f.txt'],
    });
    const row = await get(server, 'file', '>migrations>deep>p>f.txt');
    expect(row).toMatchObject({ path: '/migrations/deep/p/f.txt', filename: 'f.txt', type: 'file' });
    const own = `${server.directory.replaceAll('\\', '/')}/files/migrations/deep/p`;
    expect(row).toMatchObject({ folder_path: own, full_path: `${own}/f.txt`, folder: '>migrations>deep>p' });
    // A place on the disk of another server is taken as it is given, and the file loses its folder.
    await post(server, 'file', { name: 'f', path: '/migrations/deep/p/f.txt', full_path: '/lab/p/g.txt' });
    const placed = await get(server, 'file', '>migrations>deep>p>f.txt');
    expect(placed).toMatchObject({ full_path: '/lab/p/g.txt', folder_path: '/lab/p', filename: 'g.txt' });
    expect(placed).not.toHaveProperty('folder');
    await post(server, 'file', { name: 'f', path: '/migrations/deep/p/f.txt' });
    expect(await get(server, 'file', '>migrations>deep>p>f.txt')).toMatchObject({ full_path: `${own}/f.txt` });
    const session = await server.login();
    expect((await session.call('GET', '/download/folder/migrations/deep/p')).status).toBe(200);
    expect((await session.call('GET', '/download/file/migrations/deep/p/f.txt')).status).toBe(500);
  });

  test('of a new group with users needs all five lists', async () => {
    const lists = { menu: [], pages: [], get_requests: [], post_requests: [], delete_requests: [] };
    expect(await post(server, 'group', { name: 'g', users: ['bob'] })).toHaveProperty('failure');
    expect(await post(server, 'group', { name: 'g', users: ['bob'], ...lists })).toEqual({ success: ['g'] });
    expect(await post(server, 'group', { name: 'g2' })).toEqual({ success: ['g2'] });
    expect((await get(server, 'user', 'bob'))['groups']).toEqual(['auditors', 'g']);
  });

  test('hashes the plain password of a user', async () => {
    await post(server, 'user', { name: 'carol', password: 'secret-1', is_admin: true });
    expect((await server.call('GET', '/rest/workers', { as: 'carol:secret-1' })).status).toBe(200);
    await post(server, 'user', { name: 'carol', password: 'secret-2' });
    expect((await server.call('GET', '/rest/workers', { as: 'carol:secret-1' })).status).toBe(401);
    expect((await server.call('GET', '/rest/workers', { as: 'carol:secret-2' })).status).toBe(200);
  });

  test('gives a workflow the shared services, and its services a name with the workflow', async () => {
    await post(server, 'workflow', { name: 'wf-1' });
    expect((await get(server, 'workflow', 'wf-1'))['services']).toEqual(['[Shared] Start', '[Shared] End']);
    const inside = { name: 'snip', scoped_name: 'snip', workflows: ['wf-1'], source_code: 'results = {}' };
    expect(await post(server, 'python_snippet_service', inside)).toEqual({ success: ['[wf-1] snip'] });
    const common = { name: 'common', scoped_name: 'common', shared: true };
    expect(await post(server, 'ping_service', common)).toEqual({ success: ['[Shared] common'] });
    expect((await get(server, 'workflow', 'wf-1'))['services']).toContain('[wf-1] snip');
  });

  test('makes a dynamic pool that is empty until the pools are updated', async () => {
    await post(server, 'pool', { name: 'Lyon', device_location: 'Paris', link_name: '^$', link_name_match: 'regex' });
    expect((await get(server, 'pool', 'Lyon'))['devices']).toEqual([]);
    const answer = await server.call('POST', '/rest/update_all_pools');
    expect([answer.status, answer.text]).toEqual([200, 'null\n']);
    expect(await get(server, 'pool', 'Lyon')).toMatchObject({ device_number: 5, link_number: 0 });
  });
});

describe('a DELETE of an instance', () => {
  test('answers with the whole object and its relations, and deletes its links too', async () => {
    await post(server, 'device', { name: 'gone', gateways: ['par-gw'] });
    await post(server, 'link', { name: 'gone-link', source: 'gone', destination: 'par-sw-1' });
    const gone = (await server.call('DELETE', '/rest/instance/device/gone')).json as Json;
    expect(gone).toMatchObject({ name: 'gone', positions: {}, gateways: [{ name: 'par-gw', type: 'gateway' }] });
    expect(await namesOf(server, 'link')).not.toContain('gone-link');
    expect((await server.call('GET', '/rest/instance/device/gone')).status).toBe(403);
  });

  test.each([
    ['user/admin', 'A user cannot be deleted while logged in.'],
    ['service/[Shared] Start', "It is not allowed to delete '[Shared] Start'."],
    ['service/[Shared] Placeholder', "It is not allowed to delete '[Shared] Placeholder'."],
  ])('of %s deletes nothing', async (path, log) => {
    const answer = await server.call('DELETE', `/rest/instance/${encodeURI(path)}`);
    expect([answer.status, answer.json]).toEqual([200, { delete_aborted: true, log, log_level: 'error' }]);
  });
});

describe('another call', () => {
  test('reads a single property of a device', async () => {
    expect((await server.call('GET', '/rest/configuration/par-core-1')).json).toContain('hostname par-core-1');
    expect((await server.call('GET', '/rest/configuration/par-core-1?property=vendor')).json).toBe('Juniper');
  });

  test('answers null, or the status of the cluster', async () => {
    for (const name of ['update_device_rbac', 'get_git_content', 'update_database_configurations_from_git']) {
      expect((await server.call('POST', `/rest/${name}`)).text).toBe('null\n');
    }
    expect((await server.call('POST', '/rest/get_cluster_status')).json).toEqual(['Up']);
  });

  test('runs a service, whose result can be read', async () => {
    const started = (
      await server.call('POST', '/rest/run_service', {
        json: { name: 'Reachability', devices: ['par-core-1'], attempts: 9 },
      })
    ).json as { errors: unknown; runtime: string };
    expect(started).toEqual({ errors: [], runtime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/) });
    const path = `/rest/result/Reachability/${encodeURIComponent(started.runtime)}`;
    for (;;) {
      const { status, result } = (await server.call('GET', path)).json as Json;
      if (status === 'Completed') {
        expect(result).toMatchObject({ success: true, payload: { attempts: 9 }, devices: { 'par-core-1': {} } });
        break;
      }
      expect(result).toBe('No results yet.');
    }
    const json = { name: 'Reachability', async: false };
    expect((await server.call('POST', '/rest/run_service', { json })).json).toMatchObject({
      success: true,
      errors: [],
    });
  });

  test('runs nothing for a wrong target or a disabled workflow', async () => {
    const json = { name: 'Reachability', devices: ['ghost'], ip_addresses: ['10.1.0.2', '9.9.9.9'], pools: ['none'] };
    expect((await server.call('POST', '/rest/run_service', { json })).json).toEqual({
      errors: [
        "No device with the name 'ghost'",
        "No device with the IP address '9.9.9.9'",
        "No pool with the name 'none'",
      ],
    });
    await post(server, 'workflow', { name: 'Check release', disabled: true });
    expect((await server.call('POST', '/rest/run_service', { json: { name: 'Check release' } })).json).toEqual({
      error: 'The workflow is disabled.',
    });
  });

  test('runs a task by its id', async () => {
    const { id } = await get(server, 'task', 'Reachability every hour');
    expect((await server.call('POST', '/rest/run_task', { json: { task_id: id } })).text).toBe('null\n');
    expect((await server.call('POST', '/rest/run_task', { json: { task_id: 999 } })).status).toBe(500);
  });
});
