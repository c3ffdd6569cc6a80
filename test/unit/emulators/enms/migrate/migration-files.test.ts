// Migration projects: what an export writes, what an import reads, and how an import can fail.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readYaml } from '../../../../../src/emulators/enms/yaml/read.ts';
import {
  everyType,
  get,
  internalError,
  namesOf,
  newFolder,
  post,
  startServer,
  stopServers,
  type EnmsServer,
  type Json,
} from '../enms-server.ts';

afterEach(stopServers);

const success = 'Import successful';
const folderOf = (server: EnmsServer, name: string) => join(server.directory, 'files', 'migrations', name);

const runExport = (server: EnmsServer, json: Json) => server.call('POST', '/rest/migrate/export', { json });
const runImport = (server: EnmsServer, json: Json) => server.call('POST', '/rest/migrate/import', { json });
const exported = (server: EnmsServer, types: readonly string[] = everyType, more: Json = {}) =>
  runExport(server, { name: 'p', import_export_types: types, export_private_properties: true, ...more });
const imported = (server: EnmsServer, types: readonly string[] = everyType, more: Json = {}) =>
  runImport(server, { name: 'p', import_export_types: types, ...more });
const emptied = { empty_database_before_import: true };

const readType = async (server: EnmsServer, type: string, name = 'p') =>
  readYaml(await readFile(join(folderOf(server, name), `${type}.yaml`), 'utf8')) as Json[];

/** Writes the files of a project, as an operator who copies one. */
async function project(server: EnmsServer, files: Readonly<Record<string, string>>, name = 'p') {
  await mkdir(folderOf(server, name), { recursive: true });
  for (const [type, text] of Object.entries({ metadata: '{version: 4.6}\n', ...files })) {
    await writeFile(join(folderOf(server, name), `${type}.yaml`), text);
  }
}

/** Copies the files of a project to the disk of another server. */
async function copied(from: EnmsServer, to: EnmsServer, name = 'p') {
  await mkdir(folderOf(to, name), { recursive: true });
  for (const file of await readdir(folderOf(from, name))) {
    await writeFile(join(folderOf(to, name), file), await readFile(join(folderOf(from, name), file)));
  }
}

describe('an export', () => {
  test('answers null and writes metadata.yaml and one file per type', async () => {
    const server = await startServer();
    const answer = await exported(server);
    expect([answer.status, answer.text]).toEqual([200, 'null\n']);
    expect((await readdir(folderOf(server, 'p'))).sort()).toEqual(
      [...everyType, 'metadata'].map((type) => `${type}.yaml`).sort(),
    );
    expect(await readFile(join(folderOf(server, 'p'), 'metadata.yaml'), 'utf8')).toMatch(
      /^\{export_time: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}, version: 4\.6\}\n$/,
    );
  });

  test('is written in the tagged, quoted, sorted style', async () => {
    const server = await startServer();
    await exported(server);
    const text = (type: string) => readFile(join(folderOf(server, 'p'), `${type}.yaml`), 'utf8');
    expect(await text('user')).toMatch(
      /- "authentication": "database"\n {2}"creator": ""\n {2}"description": "operator"\n {2}"email": "alice@example.org"\n {2}"is_admin": !!bool "false"\n {2}"landing_page": "\/dashboard"\n {2}"name": "alice"\n {2}"password": "JGFyZ29uMmlk[\w=+/]+"\n {2}"small_menu": !!bool "false"\n {2}"theme": "default"\n {2}"type": "user"\n {2}"zoom_sensitivity": !!float "1.0"\n/,
    );
    expect(await text('service')).toContain(
      '"positions":\n    "Check release": !!python/tuple\n    - !!int "0"\n    - !!int "0"\n',
    );
    expect(await text('workflow_edge')).toContain(
      '- "color": "green"\n  "destination": "[Check release] Read version"\n',
    );
    expect(await text('service')).toMatch(/"source_code": "# Compares what[^"\n]*\\\n {4}\\ /);
    expect((await text('link')).split('\n').every((line) => line.length <= 90)).toBe(true);
  });

  test('has relations by name, custom properties and concrete types, but no ids and no nulls', async () => {
    const server = await startServer();
    await exported(server);
    const one = async (type: string, name: string) =>
      (await readType(server, type)).find((item) => item['name'] === name)!;
    expect((await readType(server, 'group'))[0]).toMatchObject({ name: 'operators', users: ['alice'] });
    const device = await one('device', 'par-core-1');
    expect(device).toMatchObject({
      type: 'router',
      gateways: ['par-gw'],
      owners: ['admin'],
      rack: 'PAR-R2',
      rbac_target: [],
    });
    for (const key of ['id', 'configuration', 'pools', 'networks', 'tasks', 'target_services', 'snmp_community']) {
      expect(device).not.toHaveProperty(key);
    }
    const link = await one('link', 'par-core-1--par-edge-1');
    expect(link).toMatchObject({ type: 'ethernet_link', source: 'par-core-1', destination: 'par-edge-1' });
    for (const key of ['source_id', 'source_name', 'pools', 'networks']) expect(link).not.toHaveProperty(key);
    expect(await one('network', 'site-par')).toMatchObject({
      networks: ['Backbone'],
      nodes: expect.arrayContaining(['par-gw']),
    });
    const workflow = await one('service', 'Nightly backup');
    expect(workflow).toMatchObject({ type: 'workflow', services: expect.arrayContaining(['[Shared] Start']) });
    expect(workflow).not.toHaveProperty('edges');
    expect(workflow).not.toHaveProperty('status');
    const task = await one('task', 'Nightly backup');
    expect(task).toMatchObject({ service: 'Nightly backup', pools: ['Cisco edge'] });
    expect(task).not.toHaveProperty('is_active');
    expect(await one('credential', 'Routers')).toMatchObject({
      device_pools: ['Cisco edge', 'Not Cisco'],
      groups: ['operators'],
    });
    expect(await one('pool', 'Cisco edge')).toMatchObject({
      tasks: ['Nightly backup'],
      target_services: ['[Nightly backup] Back up configuration'],
      rbac_group_rbac_read: [],
    });
    expect(await one('file', '>playbooks')).toMatchObject({
      type: 'folder',
      path: '/playbooks',
      files: ['>playbooks>site.yml'],
    });
    for (const list of ['menu', 'get_requests', 'groups']) expect(await one('user', 'alice')).not.toHaveProperty(list);
  });

  test('has private properties in base64, or not at all', async () => {
    const server = await startServer();
    await exported(server, ['credential'], { name: 'with' });
    await exported(server, ['credential'], { name: 'without', export_private_properties: false });
    const [shown] = await readType(server, 'credential', 'with');
    expect(Buffer.from(String(shown!['password']), 'base64').toString()).toBe('sample-router-password');
    const [hidden] = await readType(server, 'credential', 'without');
    expect(hidden).not.toHaveProperty('password');
    expect(hidden).not.toHaveProperty('enable_password');
  });

  test('writes an empty list for an empty type and keeps the files of another run', async () => {
    const server = await startServer({ sample: false });
    await exported(server, ['device', 'pool']);
    expect(await readFile(join(folderOf(server, 'p'), 'device.yaml'), 'utf8')).toBe('[]\n');
    await exported(server, ['link']);
    expect(await readdir(folderOf(server, 'p'))).toContain('pool.yaml');
  });

  test.each([
    ['an unknown type', { import_export_types: ['pool', 'nothing', 'link'] }, ['nothing.yaml', 'pool.yaml']],
    ['no types', { import_export_types: [] }, []],
    ['a text instead of a list', { import_export_types: 'user' }, ['u.yaml']],
  ])('with %s is 500 and leaves what was written, without metadata', async (_, body, left) => {
    const server = await startServer({ sample: false });
    const answer = await exported(server, [], body);
    expect([answer.status, answer.json]).toEqual([500, internalError]);
    expect((await readdir(folderOf(server, 'p'))).sort()).toEqual(left);
    if (left.length > 0) expect(await readFile(join(folderOf(server, 'p'), left[0]!), 'utf8')).toBe('');
  });

  test('without a name is 500', async () => {
    const server = await startServer({ sample: false });
    const json = { import_export_types: ['pool'], export_private_properties: true };
    expect((await runExport(server, json)).status).toBe(500);
  });

  test('accepts every model as a type; a subtype has only its own objects', async () => {
    const server = await startServer();
    await exported(server, ['router', 'folder', 'server']);
    expect((await readType(server, 'router')).map(({ type }) => type)).toEqual(
      Array.from({ length: 12 }, () => 'router'),
    );
    expect((await readType(server, 'server'))[0]).toMatchObject({ name: 'eNMS Server' });
  });

  test('takes the name as a path, which can have folders but not leave the directory', async () => {
    const server = await startServer({ sample: false });
    await exported(server, ['pool'], { name: 'team/one' });
    expect(existsSync(join(folderOf(server, 'team'), 'one', 'metadata.yaml'))).toBe(true);
    expect((await exported(server, ['pool'], { name: '../../../../x' })).status).toBe(200);
    expect(existsSync(join(server.directory, 'x', 'metadata.yaml'))).toBe(true);
  });
});

describe('an import', () => {
  test('brings a whole server to an empty one', async () => {
    const source = await startServer();
    const target = await startServer({ sample: false });
    await exported(source);
    await copied(source, target);
    const answer = await imported(target);
    expect([answer.status, answer.json]).toEqual([200, success]);
    // The other server does not have the custom properties.
    const without = (document: Json) => {
      const unknown = /(^|_)id$|^(rack|circuit|property1|custom_json)$/;
      return Object.fromEntries(Object.entries(document).filter(([key]) => !unknown.test(key)));
    };
    const as = { as: `admin:${source.password}` };
    for (const [type, name] of [
      ['device', 'par-core-1'],
      ['link', 'par-core-1--fra-core-1'],
      ['service', 'Nightly backup'],
      ['group', 'operators'],
      ['credential', 'Routers'],
      ['pool', 'Cisco edge'],
      ['network', 'Backbone'],
      ['workflow_edge', 'Check release failure'],
    ] as const) {
      const there = (await target.call('GET', `/rest/instance/${type}/${name}`, as)).json as Json;
      expect(without(there)).toEqual(without(await get(source, type, name)));
    }
  });

  test('changes nothing when it is repeated, and keeps ids of existing objects', async () => {
    const server = await startServer();
    await exported(server);
    const before = await get(server, 'device', 'par-core-1');
    expect((await imported(server)).json).toBe(success);
    expect((await imported(server)).json).toBe(success);
    expect(await get(server, 'device', 'par-core-1')).toEqual(before);
    await runExport(server, { name: 'again', import_export_types: everyType, export_private_properties: true });
    for (const type of everyType.filter((one) => one !== 'file')) {
      expect(await readType(server, type, 'again')).toEqual(await readType(server, type));
    }
  });

  test('reads plain YAML written by hand, without some types and with unknown keys', async () => {
    const server = await startServer();
    await project(server, {
      device:
        '- name: hand-1\n  port: 2222\n  rack: R1\n  nothing_known: 5\n  gateways: [par-gw]\n- {name: hand-2, type: router}\n',
    });
    expect((await imported(server, ['device'])).json).toBe(success);
    expect(await get(server, 'device', 'hand-1')).toMatchObject({
      type: 'device',
      port: 2222,
      rack: 'R1',
      gateways: ['par-gw'],
    });
    expect(await get(server, 'device', 'hand-2')).toMatchObject({ type: 'router' });
  });

  test('makes tasks inactive', async () => {
    const source = await startServer();
    const target = await startServer({ sample: false });
    await exported(source);
    await copied(source, target);
    await imported(target);
    const as = `admin:${source.password}`;
    expect((await target.call('GET', '/rest/instance/task/Nightly backup', { as })).json).toMatchObject({
      is_active: false,
      status: 'Inactive',
    });
  });

  test('computes dynamic pools at the end and takes manual pools from the file', async () => {
    const server = await startServer();
    await project(server, {
      pool: '- name: Paris\n  device_location: Paris\n  devices: [nyc-gw]\n- {name: hand, manually_defined: true, devices: [nyc-gw]}\n',
    });
    await imported(server, ['pool']);
    expect((await get(server, 'pool', 'Paris'))['device_number']).toBe(5);
    expect((await get(server, 'pool', 'hand'))['devices']).toEqual(['nyc-gw']);
  });

  test("changes the caller's password to the one of the source, and nothing else of the caller", async () => {
    const source = await startServer();
    const target = await startServer({ sample: 'target' });
    await exported(source, ['user']);
    await copied(source, target);
    await post(target, 'user', { name: 'admin', theme: 'mine' });
    expect((await imported(target, ['user'])).json).toBe(success);
    expect((await target.call('GET', '/rest/workers')).status).toBe(401);
    const as = `admin:${source.password}`;
    expect((await target.call('GET', '/rest/instance/user/admin', { as })).json).toMatchObject({ theme: 'mine' });
  });

  test('without private properties gives new users no password and keeps those of others', async () => {
    const source = await startServer();
    await post(source, 'user', { name: 'dave', password: 'd' });
    const target = await startServer({ sample: 'target' });
    await exported(source, ['user'], { export_private_properties: false });
    await copied(source, target);
    await imported(target, ['user']);
    expect((await target.call('GET', '/rest/workers')).status).toBe(200);
    expect((await target.call('GET', '/rest/query/device', { as: 'dave:d' })).status).toBe(401);
    expect((await target.call('GET', '/rest/query/device', { as: 'bob:sample-auditor' })).status).toBe(200);
  });

  test('does not find the folder of another server', async () => {
    const source = await startServer();
    const target = await startServer({ sample: false });
    await exported(source);
    expect((await imported(target)).status).toBe(500);
  });
});

describe('an import that empties first', () => {
  test('deletes only the listed types, but neither the caller, three services nor files on disk', async () => {
    const server = await startServer();
    await exported(server);
    await project(server, { user: '[]\n', service: '[]\n', file: '[]\n' }, 'nothing');
    const devices = await namesOf(server, 'device');
    const types = ['user', 'service', 'file'];
    expect((await runImport(server, { name: 'nothing', import_export_types: types, ...emptied })).json).toBe(success);
    expect(await namesOf(server, 'user')).toEqual(['admin']);
    expect(await namesOf(server, 'service')).toEqual(['[Shared] End', '[Shared] Placeholder', '[Shared] Start']);
    expect(await namesOf(server, 'file')).toEqual([]);
    expect(existsSync(join(server.directory, 'files', 'playbooks', 'site.yml'))).toBe(true);
    expect(await namesOf(server, 'device')).toEqual(devices);
  });

  test.each([true, 'false', 1, 'no', [0]])('empties for the flag %j', async (value) => {
    const server = await startServer();
    await project(server, { pool: '[]\n' });
    await imported(server, ['pool'], { empty_database_before_import: value });
    expect(await namesOf(server, 'pool')).toEqual([]);
  });

  test.each([false, 0, '', null])('does not empty for the flag %j', async (value) => {
    const server = await startServer();
    await project(server, { pool: '[]\n' });
    await imported(server, ['pool'], { empty_database_before_import: value });
    expect(await namesOf(server, 'pool')).not.toEqual([]);
  });

  test('of links alone removes them from manual pools and networks', async () => {
    const server = await startServer();
    await exported(server, ['link']);
    await imported(server, ['link'], emptied);
    const link = await get(server, 'link', 'par-core-1--par-edge-1');
    expect(link).toMatchObject({ source: 'par-core-1', networks: [], owners: ['admin'] });
    expect(link['pools']).toEqual([]);
  });

  test('of users and groups alone removes the groups of credentials', async () => {
    const server = await startServer();
    await exported(server, ['user', 'group']);
    await imported(server, ['user', 'group'], emptied);
    expect((await get(server, 'group', 'operators'))['users']).toEqual(['alice']);
    expect((await get(server, 'credential', 'Routers'))['groups']).toEqual([]);
  });
});

describe('a known trap of the product', () => {
  test('1: emptying without a project is 500 after the data is gone', async () => {
    const server = await startServer();
    const answer = await runImport(server, { name: 'absent', import_export_types: ['device', 'pool'], ...emptied });
    expect([answer.status, answer.json]).toEqual([500, internalError]);
    expect([await namesOf(server, 'device'), await namesOf(server, 'pool'), await namesOf(server, 'link')]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test('1: emptying without metadata.yaml is 500 after the data is gone', async () => {
    const server = await startServer();
    await exported(server);
    await rm(join(folderOf(server, 'p'), 'metadata.yaml'));
    expect((await imported(server, ['device'], emptied)).status).toBe(500);
    expect(await namesOf(server, 'device')).toEqual([]);
  });

  test('2: a type without a file is skipped without a warning, emptied or not', async () => {
    const server = await startServer();
    await project(server, { device: '- {name: only}\n' });
    expect((await imported(server, ['device', 'pool'], emptied)).json).toBe(success);
    expect([await namesOf(server, 'device'), await namesOf(server, 'pool')]).toEqual([['only'], []]);
  });

  test('a relation that is empty in the file is not set: an existing object keeps its own', async () => {
    const server = await startServer({ sample: false });
    await post(server, 'device', [{ name: 'a' }, { name: 'b' }]);
    await post(server, 'pool', { name: 'site', manually_defined: true, devices: ['a', 'b'] });
    await post(server, 'link', { name: 'a--b', source: 'a', destination: 'b' });
    const pool = (devices: string) => `- name: site\n  manually_defined: true\n  devices: ${devices}\n`;
    await project(server, { pool: pool('[]'), link: '- name: a--b\n  source: ""\n  color: red\n' });
    expect((await imported(server, ['pool', 'link'])).json).toBe(success);
    expect(await get(server, 'pool', 'site')).toMatchObject({ devices: ['a', 'b'] });
    expect(await get(server, 'link', 'a--b')).toMatchObject({ source: 'a', destination: 'b', color: 'red' });
    // A list with only unknown names is set to an empty list.
    await project(server, { pool: pool('[ghost]') });
    expect((await imported(server, ['pool'])).json).toBe(success);
    expect(await get(server, 'pool', 'site')).toMatchObject({ devices: [] });
  });

  test('the row of a folder makes no folder on disk in an import, but does so by REST', async () => {
    const server = await startServer({ sample: false });
    await project(server, { file: '- {name: ">migrations>away", path: /migrations/away, type: folder}\n' });
    expect((await imported(server, ['file'])).json).toBe(success);
    expect(await namesOf(server, 'folder')).toContain('>migrations>away');
    expect(existsSync(folderOf(server, 'away'))).toBe(false);
    await post(server, 'folder', { name: 'here', path: '/migrations/here' });
    expect(existsSync(folderOf(server, 'here'))).toBe(true);
  });

  test('3: a missing name in a list is dropped without a warning', async () => {
    const server = await startServer();
    await project(server, { pool: '- {name: hand, manually_defined: true, devices: [ghost, par-gw, phantom]}\n' });
    expect((await imported(server, ['pool'])).json).toBe(success);
    expect((await get(server, 'pool', 'hand'))['devices']).toEqual(['par-gw']);
  });

  test.each([
    ['an edge', 'workflow_edge', '- {name: e, source: ghost, destination: "[Shared] End", workflow: Nightly backup}\n'],
    ['a link', 'link', '- {name: l, source: par-gw, destination: ghost}\n'],
    ['a task', 'task', '- {name: t, service: ghost}\n'],
    ['a credential', 'service', '- {name: s, type: ping_service, named_credential: ghost}\n'],
    ['a superworkflow', 'service', '- {name: s, type: workflow, superworkflow: ghost}\n'],
  ])('4: a single missing name of %s is 500, with all objects and without relations', async (_, type, text) => {
    const server = await startServer({ sample: 'target' });
    await project(server, {
      device: '- {name: one}\n- {name: two}\n',
      link: '- {name: one--two, source: one, destination: two}\n',
      group: '- {name: crew, users: [alice]}\n',
      ...(type === 'link' ? { link: `- {name: one--two, source: one, destination: two}\n${text}` } : { [type]: text }),
    });
    const answer = await imported(server, [...new Set(['device', 'link', 'group', type])]);
    expect([answer.status, answer.json]).toEqual([500, internalError]);
    expect(await namesOf(server, 'device')).toEqual(expect.arrayContaining(['one', 'two']));
    expect(await get(server, 'link', 'one--two')).not.toHaveProperty('source');
    expect((await get(server, 'group', 'crew'))['users']).toEqual([]);
    expect(await namesOf(server, type)).toContain(/name: (\w+),/.exec(text)![1]);
  });

  test.each([
    ['an unknown subtype', '- {name: fine}\n- {name: bad, type: quantum_router}\n'],
    ['a forbidden name', "- {name: fine}\n- {name: 'a/b'}\n"],
    ['no name', '- {name: fine}\n- {vendor: x}\n'],
    ['a value that its column refuses', '- {name: fine}\n- {name: bad, positions: [1]}\n'],
  ])('5: %s is a partial import', async (_, text) => {
    const server = await startServer({ sample: false });
    await project(server, { device: text });
    const answer = await imported(server, ['device']);
    expect([answer.status, answer.json]).toEqual([200, { alert: 'partial import (see logs).' }]);
    expect(await namesOf(server, 'device')).toEqual(['fine']);
  });

  test('5: with an edge to the missing service it is trap 4', async () => {
    const server = await startServer({ sample: false });
    await project(server, {
      service: '- {name: w, type: workflow}\n- {name: "[w] x", type: site_service}\n',
      workflow_edge: '- {name: e, source: "[Shared] Start", destination: "[w] x", workflow: w}\n',
    });
    expect((await imported(server, ['service', 'workflow_edge'])).status).toBe(500);
    expect(await namesOf(server, 'workflow_edge')).toEqual(['e']);
  });

  test('a relation that is not a list gives the message with capitals', async () => {
    const server = await startServer({ sample: false });
    await project(server, {
      device: '- {name: fine}\n- {name: bad, type: nothing}\n',
      pool: '- {name: q, devices: 5}\n',
    });
    const answer = await imported(server, ['device', 'pool']);
    expect([answer.status, answer.json]).toEqual([200, { alert: 'Partial Import (see logs).' }]);
  });

  test.each([
    ['bad YAML', { pool: '- {name: x\n' }, ['device', 'pool']],
    ['an empty file', { pool: '' }, ['device', 'pool']],
    ['a file that is not a list', { pool: 'name: x\n' }, ['device', 'pool']],
    ['an unknown type', {}, ['device', 'nothing']],
    [
      'a value that cannot be decoded',
      { credential: '- {name: c}\n- {name: d, password: "%%%"}\n' },
      ['device', 'credential'],
    ],
    ['a tag that runs code', { pool: '- !!python/object/apply:os.system [ls]\n' }, ['device', 'pool']],
  ])('6: %s is 500, and the earlier types were imported', async (_, files, types) => {
    const server = await startServer({ sample: false });
    await project(server, { device: '- {name: first}\n', ...files });
    const answer = await imported(server, types);
    expect([answer.status, answer.json]).toEqual([500, internalError]);
    expect(await namesOf(server, 'device')).toEqual(['first']);
    expect(await namesOf(server, 'credential')).toEqual([]);
  });

  test('7: the first private value under another key is 500; the same key opens it', async () => {
    const key = Buffer.alloc(32, 7).toString('base64url');
    const withKey = async (fernet: string) => {
      const directory = await newFolder();
      await mkdir(join(directory, 'setup'));
      await writeFile(join(directory, 'setup', 'settings.json'), JSON.stringify({ fernet_key: fernet }));
      return startServer({ directory });
    };
    const source = await withKey(key);
    await exported(source, ['credential', 'pool']);
    expect(String((await readType(source, 'credential'))[0]!['password'])).toMatch(/^gAAAA/);
    const [same, other, none] = [
      await withKey(key),
      await withKey(Buffer.alloc(32, 8).toString('base64url')),
      await startServer(),
    ];
    for (const target of [same, other, none]) await copied(source, target);
    expect((await imported(same, ['credential'])).json).toBe(success);
    expect((await imported(other, ['credential'])).status).toBe(500);
    expect((await imported(none, ['credential'])).status).toBe(500);
    expect((await imported(other, ['pool'])).json).toBe(success);
  });

  test('the release is not checked', async () => {
    const server = await startServer({ sample: false });
    await project(server, { device: '- {name: x}\n', metadata: '{version: 3.22}\n' });
    expect((await imported(server, ['device'])).json).toBe(success);
  });
});
