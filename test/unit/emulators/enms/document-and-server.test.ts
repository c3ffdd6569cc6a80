// Where the published documentation and the server differ, the emulator follows the server: one test for each
// difference.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeWorkbook } from '../../../../src/emulators/enms/topology/workbook/write.ts';
import { internalError, namesOf, startServer, stopServers, type EnmsServer, type Json } from './enms-server.ts';

let server: EnmsServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(stopServers);

const sheet = (name: string) =>
  new Blob([
    new Uint8Array(
      writeWorkbook([
        {
          name: 'device',
          rows: [
            ['name', 'ip_address', 'port'],
            [name, '10.0.0.1', '22'],
          ],
        },
      ]),
    ),
  ]);

const topology = (fields: Readonly<Record<string, string>>, name: string) => {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  form.append('file', sheet(name), 'project.xls');
  return server.call('POST', '/rest/topology/import', { form });
};

test('an export with name and types only is 500, with an empty first file and no metadata', async () => {
  const json = { name: 'as-documented', import_export_types: ['user', 'device'] };
  const answer = await server.call('POST', '/rest/migrate/export', { json });
  expect([answer.status, answer.json]).toEqual([500, internalError]);
  const folder = join(server.directory, 'files', 'migrations', 'as-documented');
  expect(await readdir(folder)).toEqual(['user.yaml']);
  expect(await readFile(join(folder, 'user.yaml'), 'utf8')).toBe('');
});

test('a topology is exported under export_filename, not name', async () => {
  const path = '/rest/topology/export';
  expect((await server.call('POST', path, { json: { name: 'project.xls' } })).status).toBe(500);
  const answer = await server.call('POST', path, { json: { export_filename: 'project' } });
  expect([answer.status, answer.json]).toEqual([200, 'Topology Export successfully executed.']);
  expect(existsSync(join(server.directory, 'files', 'spreadsheets', 'project.xls'))).toBe(true);
});

test('a topology import without the form field replace is 500', async () => {
  expect((await topology({}, 'x')).status).toBe(500);
});

test.each(['true', '1', 'False', 'yes'])('replace=%s does not replace', async (replace) => {
  const before = await namesOf(server, 'device');
  const answer = await topology({ replace }, 'added');
  expect([answer.status, answer.json]).toEqual([200, ['Topology successfully imported.', 200]]);
  expect(await namesOf(server, 'device')).toEqual([...new Set([...before, 'added'])].sort());
});

test('a project of another release is imported without a warning', async () => {
  const other = await startServer({ version: '4.2', sample: false });
  const json = { name: 'default', import_export_types: ['pool'] };
  expect((await other.call('POST', '/rest/migrate/import', { json })).json).toBe('Import successful');
});

test('a service runs asynchronously by default', async () => {
  const json = { name: 'Reachability' };
  const answer = (await server.call('POST', '/rest/run_service', { json })).json as Json;
  expect(Object.keys(answer)).toEqual(['errors', 'runtime']);
});

test('the answer for a missing result is 200 with an error', async () => {
  const answer = await server.call('GET', '/rest/result/Reachability/2020-01-01');
  expect([answer.status, answer.json]).toEqual([
    200,
    { error: 'There are no results or on-going services for the requested service and runtime.' },
  ]);
});

test('replacing deletes only devices and their links', async () => {
  const services = await namesOf(server, 'service');
  const pools = await namesOf(server, 'pool');
  await topology({ replace: 'True' }, 'alone');
  expect(await namesOf(server, 'device')).toEqual(['alone']);
  expect(await namesOf(server, 'link')).toEqual([]);
  expect([await namesOf(server, 'service'), await namesOf(server, 'pool')]).toEqual([services, pools]);
  expect((await namesOf(server, 'network')).length).toBeGreaterThan(0);
});
