// Starting a server, and starting it again.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { everyType, get, namesOf, newFolder, post, send, startServer, stopServers } from './enms-server.ts';

afterEach(stopServers);

describe('a new server', () => {
  test('has an origin and an administrator', async () => {
    const server = await startServer();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.product).toBe('enms');
    expect(server.credentials).toEqual({ username: 'admin', password: expect.stringMatching(/^.{16}$/) });
    expect((await server.call('GET', '/rest/workers')).status).toBe(200);
  });

  test('accepts a given account, in addition to admin or instead of it', async () => {
    const own = await startServer({ credentials: { username: 'root', password: 'toor' } });
    expect(own.credentials).toEqual({ username: 'root', password: 'toor' });
    expect((await own.call('GET', '/rest/workers', { as: 'root:toor' })).status).toBe(200);
    const given = await startServer({ credentials: { password: 'chosen' } });
    expect((await given.call('GET', '/rest/workers', { as: 'admin:chosen' })).status).toBe(200);
  });

  test('without a sample has only the objects of a first start', async () => {
    const server = await startServer({ sample: false });
    expect(await namesOf(server, 'user')).toEqual(['admin']);
    expect(await namesOf(server, 'pool')).toEqual(['All objects', 'Devices only', 'Links only']);
    expect(await namesOf(server, 'service')).toEqual([
      '[Shared] End',
      '[Shared] Placeholder',
      '[Shared] Start',
      'cluster_monitoring',
    ]);
    expect(await namesOf(server, 'task')).toEqual(['cluster_monitoring']);
    expect(await namesOf(server, 'file')).toContain('>migrations>default>metadata.yaml');
    for (const type of ['device', 'link', 'group', 'network', 'credential', 'workflow_edge']) {
      expect(await namesOf(server, type)).toEqual([]);
    }
  });

  test('has the same data each time', async () => {
    const listing = async () => {
      const server = await startServer();
      const answers = [];
      for (const type of everyType.filter((one) => one !== 'file')) {
        answers.push((await server.call('GET', `/rest/query/${type}`)).json);
      }
      return answers;
    };
    expect(await listing()).toEqual(await listing());
  });

  test('with a sample has objects of every type, some of them in both samples', async () => {
    const [source, target] = [await startServer(), await startServer({ sample: 'target' })];
    for (const type of everyType) expect(await namesOf(source, type)).not.toEqual([]);
    expect(await namesOf(source, 'device')).toHaveLength(20);
    const shared = (await namesOf(target, 'device')).filter((name) => name.startsWith('par-'));
    expect(await namesOf(source, 'device')).toEqual(expect.arrayContaining([...shared]));
    expect(await get(target, 'device', 'par-core-1')).toMatchObject({ description: 'before the upgrade' });
    expect(await get(source, 'service', '[Nightly backup] Back up Juniper')).toMatchObject({
      workflows: ['Nightly backup'],
    });
  });

  test('reports the version that it was given', async () => {
    const server = await startServer({ version: '4.7.1' });
    expect((await server.call('GET', '/rest/query/server')).json).toMatchObject([{ version: '4.7.1' }]);
    const json = { name: 'p', import_export_types: ['pool'], export_private_properties: false };
    await server.call('POST', '/rest/migrate/export', { json });
    const file = join(server.directory, 'files', 'migrations', 'p', 'metadata.yaml');
    expect(await readFile(file, 'utf8')).toContain('version: 4.7.1}');
  });

  test('reads its site’s own properties', async () => {
    const directory = await newFolder();
    await mkdir(join(directory, 'setup'));
    const custom = { device: { floor: { type: 'int', default: 3 }, pin: { type: 'str', private: true } } };
    await writeFile(join(directory, 'setup', 'properties.json'), JSON.stringify({ custom }));
    const server = await startServer({ directory, sample: false });
    await post(server, 'device', { name: 'x', pin: '1234' });
    const device = await get(server, 'device', 'x');
    expect(device).toMatchObject({ floor: 3 });
    expect(device).not.toHaveProperty('pin');
    const json = { name: 'p', import_export_types: ['device'], export_private_properties: true };
    await server.call('POST', '/rest/migrate/export', { json });
    const text = await readFile(join(directory, 'files', 'migrations', 'p', 'device.yaml'), 'utf8');
    expect(text).toContain(`"pin": "${Buffer.from('1234').toString('base64')}"`);
  });

  test.each([
    ['properties.json', '{', 'LOCAL_IO'],
    ['settings.json', '{', 'LOCAL_IO'],
    ['settings.json', '{"fernet_key": "short"}', 'CONFIG_INVALID'],
  ] as const)('%s that holds %s is refused, and the folder is free again', async (file, text, code) => {
    const directory = await newFolder();
    await mkdir(join(directory, 'setup'));
    await writeFile(join(directory, 'setup', file), text);
    await expect(() => startServer({ directory })).toThrowCode(code);
    await writeFile(join(directory, 'setup', file), '{}');
    await startServer({ directory });
  });
});

describe('a restart', () => {
  test('keeps everything: objects, ids, relations, projects, runs, the account', async () => {
    const directory = await newFolder();
    const first = await startServer({ directory });
    await post(first, 'router', { name: 'kept', gateways: ['par-gw'], rack: 'R9' });
    const json = { name: 'p', import_export_types: everyType, export_private_properties: true };
    await first.call('POST', '/rest/migrate/export', { json });
    const run = { name: 'Reachability', async: false };
    const { runtime } = (await first.call('POST', '/rest/run_service', { json: run })).json as { runtime: string };
    const before = await get(first, 'device', 'kept');
    await first.close();
    await first.close();
    const second = await startServer({ directory, sample: 'target' });
    expect(second.credentials).toEqual(first.credentials);
    expect(await get(second, 'device', 'kept')).toEqual(before);
    expect(await namesOf(second, 'device')).not.toContain('dr-core-1');
    expect((await second.call('GET', `/rest/result/Reachability/${encodeURIComponent(runtime)}`)).json).toMatchObject({
      status: 'Completed',
    });
    expect((await second.call('POST', '/rest/migrate/import', { json })).json).toBe('Import successful');
    await post(second, 'device', { name: 'after' });
    expect(Number((await get(second, 'device', 'after'))['id'])).toBeGreaterThan(Number(before['id']));
  });

  test('makes the returned account valid again after an import has changed it', async () => {
    const directory = await newFolder();
    const first = await startServer({ directory });
    await post(first, 'user', { name: 'admin', password: 'changed' });
    expect((await first.call('GET', '/rest/workers')).status).toBe(401);
    await first.close();
    const second = await startServer({ directory });
    expect((await second.call('GET', '/rest/workers')).status).toBe(200);
  });

  test('of a folder that is served is refused', async () => {
    const server = await startServer();
    await expect(() => startServer({ directory: server.directory })).toThrowCode('CONFLICT');
    expect((await send(`${server.url}/rest/is_alive`, 'GET')).status).toBe(200);
  });
});

test('many objects can be made in bulk, read page by page and listed', async () => {
  const server = await startServer({ sample: false });
  const devices = Array.from({ length: 3000 }, (_, index) => ({ name: `d${String(index).padStart(5, '0')}` }));
  const answer = await post(server, 'device', devices);
  expect(answer['success']).toHaveLength(3000);
  expect(await get(server, 'pool', 'All objects')).toMatchObject({ device_number: 3000 });
  const json = { type: 'device', columns: ['name'], start: 2990, maximum_return_records: 50 };
  const page = (await server.call('POST', '/rest/search', { json })).json as unknown[];
  expect([page[0], page.length]).toEqual([{ name: 'd02990' }, 10]);
  expect(await namesOf(server, 'device')).toHaveLength(3000);
});
