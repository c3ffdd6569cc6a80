// What a server offers, by its version and by where it runs.
import { afterAll, expect, test } from '@jest/globals';
import { startEmulator } from '../../../../src/emulators/index.ts';
import type { EmulatorOptions } from '../../../../src/emulators/index.ts';
import { newFolder, startServer, stopServers, type Json, type OctopusServer } from './octopus-server.ts';

afterAll(stopServers);

const base = '/api/Spaces-1/projects/import-export';

async function offered(server: OctopusServer) {
  const linksOf = async (path: string) => Object.keys((await server.call('GET', path)).json['Links'] as Json);
  const types = JSON.parse((await server.call('GET', '/api/tasks/tasktypes')).text) as readonly Json[];
  const statusOf = async (path: string) => (await server.call('POST', path, { json: {} })).status;
  return {
    links: [...(await linksOf('/api')), ...(await linksOf('/api/Spaces-1'))]
      .filter((name) => /^(?:ExportProjects|ImportProjects|ProjectImport\w+|Migrations\w+)$/.test(name))
      .toSorted(),
    types: types.map(({ Id }) => String(Id)).filter((id) => /^(?:Migration.|Project)/.test(id)),
    migration: await statusOf('/api/migrations/import'),
    exports: await statusOf(`${base}/export`),
    files: (await server.call('GET', `${base}/import-files`)).status,
    system: (await server.call('GET', '/api/serverstatus/system-info')).json['OSVersion'],
  };
}

const four = ['ExportProjects', 'ImportProjects', 'ProjectImportFiles', 'ProjectImportPreview'];
const both = four.flatMap((name) => [name, name]);
const migrations = ['MigrationsImport', 'MigrationsPartialExport'];

test.each<[string, EmulatorOptions['flavor'], object]>([
  [
    '2018.6.0',
    undefined,
    {
      links: migrations,
      types: ['MigrationImport', 'MigrationPartialExport'],
      migration: 400,
      exports: 404,
      files: 404,
    },
  ],
  [
    '2020.6.5310',
    'windows',
    { links: migrations, migration: 400, exports: 404, files: 404, system: expect.stringContaining('Windows') },
  ],
  [
    '2021.1.6971',
    'windows',
    {
      links: [...both, ...migrations].toSorted(),
      types: ['MigrationImport', 'MigrationPartialExport', 'ProjectExport', 'ProjectImport'],
      migration: 400,
      exports: 400,
      files: 200,
    },
  ],
  [
    '2024.3.1',
    'linux',
    {
      links: [...both, ...migrations].toSorted(),
      migration: 400,
      exports: 400,
      system: expect.stringContaining('Unix'),
    },
  ],
  [
    '2026.4.1',
    'cloud',
    { links: both, types: ['ProjectExport', 'ProjectImport'], migration: 404, exports: 400, files: 200 },
  ],
])('version %s on %s', async (version, flavor, expected) => {
  const server = await startServer({ sample: false, version, flavor });
  expect(await offered(server)).toMatchObject(expected);
});

test('a server that nobody asks to be another one is 2023.1.9626 on Windows', async () => {
  const server = await startServer({ sample: false });
  expect((await server.call('GET', '/api')).json['Version']).toBe('2023.1.9626');
  expect((await offered(server)).system).toContain('Windows');
});

test('on Linux the tasks of the Migration API fail, because the Migrator is not there', async () => {
  const server = await startServer({ sample: false, flavor: 'linux' });
  const json = { Password: 'p', PackageId: 'A', PackageVersion: '1.0.0' };
  const started = await server.call('POST', '/api/migrations/import', { json });
  const { task, log } = await server.finished(String(started.json['TaskId']));
  expect(task['State']).toBe('Failed');
  expect(log).toContain('Octopus.Migrator could not be found');
});

test.each([
  ['cloud', false, 403],
  ['linux', true, 200],
] as const)('on %s an administrator administers the system: %s', async (flavor, system, status) => {
  const server = await startServer({ sample: false, version: '2025.1.1', flavor });
  const { json } = await server.call('GET', '/api/users/Users-1/permissions');
  expect((json['SystemPermissions'] as string[]).includes('AdministerSystem')).toBe(system);
  expect(json['SystemPermissions']).toContain('SpaceCreate');
  expect(json['SpacePermissions']).toHaveProperty('TeamEdit');
  expect((await server.call('GET', '/api/serverstatus/system-info')).status).toBe(status);
  const maintenance = { IsInMaintenanceMode: false };
  expect((await server.call('PUT', '/api/maintenanceconfiguration', { json: maintenance })).status).toBe(status);
  expect((await server.call('GET', `${base}/import-files`)).status).toBe(200);
});

test.each([
  ['2018.5.9', 'windows'],
  ['2027.1.0', 'windows'],
  ['latest', 'windows'],
  ['2024.1.1', 'mainframe'],
])('version %s on %s is refused', async (version, flavor) => {
  const options = { directory: await newFolder(), sample: false, version, flavor } as EmulatorOptions;
  await expect(() => startEmulator('octopus', options)).toThrowCode('USAGE');
});

test('other products have no flavor', async () => {
  const options: EmulatorOptions = { directory: await newFolder(), sample: false, flavor: 'linux' };
  await expect(() => startEmulator('enms', options)).toThrowCode('USAGE');
});
