// Every named fault, as a client sees it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, afterEach, describe, expect, test } from '@jest/globals';
import { parseFault } from '../../../../src/emulators/index.ts';
import { enmsFaults } from '../../../../src/emulators/enms/fault-names.ts';
import {
  get,
  internalError,
  namesOf,
  send,
  startServer,
  stopServers,
  tokenOf,
  type EnmsServer,
} from './enms-server.ts';

let server: EnmsServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(stopServers);

const arm = (text: string) => server.faults.add(parseFault(text));
const types = ['device', 'link'];
const exportIt = (name = 'p') =>
  server.call('POST', '/rest/migrate/export', {
    json: { name, import_export_types: types, export_private_properties: false },
  });
const importIt = (empty = false) =>
  server.call('POST', '/rest/migrate/import', {
    json: { name: 'p', import_export_types: types, empty_database_before_import: empty },
  });

test.each([...enmsFaults])('the fault %s can be given on the command line', (name) => {
  expect(parseFault(`${name} times=2`)).toMatchObject({ type: 'named', name, times: 2 });
});

describe('a fault of an import', () => {
  test('partial-import leaves out one object', async () => {
    await exportIt();
    arm('partial-import times=1');
    const before = await namesOf(server, 'link');
    expect((await importIt(true)).json).toEqual({ alert: 'partial import (see logs).' });
    expect(await namesOf(server, 'link')).toHaveLength(before.length - 1);
  });

  test('partial-relations leaves one object without relations', async () => {
    await exportIt();
    arm('partial-relations times=1');
    expect((await importIt(true)).json).toEqual({ alert: 'Partial Import (see logs).' });
    expect((await get(server, 'device', 'par-gw'))['owners']).toEqual([]);
    expect((await get(server, 'device', 'fra-gw'))['owners']).toEqual(['admin']);
  });

  test('import-500-after-delete empties the server and imports nothing', async () => {
    await exportIt();
    arm('import-500-after-delete times=1');
    const answer = await importIt(true);
    expect([answer.status, answer.json]).toEqual([500, internalError]);
    expect(await namesOf(server, 'device')).toEqual([]);
    expect((await importIt()).json).toBe('Import successful');
    expect(await namesOf(server, 'device')).not.toEqual([]);
  });

  test('slow-import answers 504 for a proxy while the import goes on', async () => {
    await exportIt();
    await server.call('DELETE', '/rest/instance/device/par-sw-1');
    arm('slow-import proxy=1 lasts=1000 times=1');
    const answer = await importIt();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([504, 'text/html; charset=utf-8']);
    expect(await namesOf(server, 'device')).not.toContain('par-sw-1');
    while (!(await namesOf(server, 'device')).includes('par-sw-1'));
  });

  test('slow-import ends when the server ends', async () => {
    await exportIt();
    arm('slow-import proxy=1 lasts=600000 times=1');
    expect((await importIt()).status).toBe(504);
    await server.close();
  });
});

describe('another fault', () => {
  test('missing-metadata makes an incomplete export with the usual answer', async () => {
    arm('missing-metadata times=1');
    expect((await exportIt()).text).toBe('null\n');
    const file = join(server.directory, 'files', 'migrations', 'p', 'metadata.yaml');
    expect(existsSync(file)).toBe(false);
    await exportIt();
    expect(existsSync(file)).toBe(true);
  });

  test('query-500 makes a query fail', async () => {
    arm('query-500 times=1');
    expect((await server.call('GET', '/rest/query/device')).json).toEqual(internalError);
    expect((await server.call('GET', '/rest/query/device')).status).toBe(200);
  });

  test('werkzeug-html-500 answers only requests with HTTP Basic by an HTML page', async () => {
    arm('werkzeug-html-500');
    const answer = await server.call('GET', '/rest/workers');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8']);
    const without = await server.call('GET', '/rest/workers', { as: null });
    expect([without.status, without.json]).toEqual([401, { alert: 'Error 401 - Wrong Credentials.' }]);
    expect((await server.call('GET', '/rest/is_alive', { as: null })).status).toBe(200);
  });

  test('csrf-missing leaves the token out of the form', async () => {
    arm('csrf-missing times=1');
    expect(tokenOf((await send(`${server.url}/login`, 'GET')).text)).toBe('');
    expect(tokenOf((await send(`${server.url}/login`, 'GET')).text)).not.toBe('');
  });

  test('session-expires ends a session in the middle of the work', async () => {
    const session = await server.login();
    arm('session-expires times=1');
    expect((await session.call('GET', '/download/file/playbooks/site.yml')).status).toBe(302);
    expect((await session.call('GET', '/download/file/playbooks/site.yml')).status).toBe(302);
    const again = await server.login();
    expect((await again.call('GET', '/download/file/playbooks/site.yml')).status).toBe(200);
  });

  test('no-gzip-header sends a compressed archive without the header', async () => {
    await exportIt();
    const session = await server.login();
    arm('no-gzip-header times=1');
    const answer = await session.call('GET', '/download/folder/migrations/p');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(gunzipSync(answer.bytes).length).toBeGreaterThan(1000);
  });

  test('a route fault answers with the product’s error document', async () => {
    arm('GET /rest/query/* status=503 times=1');
    const answer = await server.call('GET', '/rest/query/device');
    expect([answer.status, answer.json]).toEqual([503, { alert: 'Error 503 - Internal Server Error.' }]);
  });
});
