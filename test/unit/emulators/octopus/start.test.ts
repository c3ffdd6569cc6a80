import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { emulatedProducts, startEmulator } from '../../../../src/emulators/index.ts';
import { newFolder, readerKey, startServer, stopServers, type Json, type OctopusServer } from './octopus-server.ts';

afterEach(stopServers);

const Password = 'correct horse battery staple';
const search = { Password, Projects: ['Search'], PackageId: 'Acme.Move', PackageVersion: '1.0.0' };

const begin = async (server: OctopusServer, request: Json = search) =>
  String((await server.call('POST', '/api/migrations/partialexport', { json: request })).json['TaskId']);

const state = async (server: OctopusServer, task: string) =>
  (await server.call('GET', `/api/tasks/${task}`)).json['State'];

const maintenance = async (server: OctopusServer) =>
  (await server.call('GET', '/api/maintenanceconfiguration')).json['IsInMaintenanceMode'];

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('starting an emulator', () => {
  test('is possible for the listed products', () => {
    expect(emulatedProducts).toContain('octopus');
  });

  test('is refused for a product without an emulator', async () => {
    const directory = await newFolder();
    await expect(() => startEmulator('subversion', { directory })).toThrowCode('USAGE');
  });

  test('is refused in a directory that is served, until that server is closed', async () => {
    const one = await startServer();
    await expect(() => startServer({ directory: one.directory })).toThrowCode('CONFLICT');
    await one.close();
    await startServer({ directory: one.directory });
  });

  test('is refused on a port that is taken', async () => {
    const one = await startServer();
    await expect(() => startServer({ port: Number(new URL(one.url).port) })).toThrowCode('CONFLICT');
  });

  test('makes a missing directory', async () => {
    const directory = join(await newFolder(), 'a', 'b');
    await startServer({ directory });
    expect(existsSync(join(directory, 'state.sqlite'))).toBe(true);
  });
});

describe('sample data', () => {
  test.each([
    ['source', 12, 4, 2],
    ['target', 3, 5, 1],
    [false, 0, 1, 1],
  ] as const)(
    'of the sample %s has %d projects, %d environments and %d spaces',
    async (sample, projects, environments, spaces) => {
      const server = await startServer({ sample });
      const count = async (kind: string) => (await server.call('GET', `/api/${kind}`)).json['TotalResults'];
      expect([await count('projects'), await count('environments'), await count('spaces')]).toEqual([
        projects,
        environments,
        spaces,
      ]);
    },
  );

  test('is the same each time', async () => {
    const [one, two] = await Promise.all([startServer(), startServer()]);
    for (const path of [
      '/api/projects/all',
      '/api/variables/variableset-Projects-1',
      '/api/deployments/all',
      '/api/tasks?take=500',
    ]) {
      expect((await one.call('GET', path)).json).toEqual((await two.call('GET', path)).json);
    }
  });

  test('has no plain secret in its file', async () => {
    const server = await startServer();
    await server.close();
    const bytes = readFileSync(join(server.directory, 'state.sqlite'));
    expect(bytes.includes('sample-session-key')).toBe(false);
    expect(bytes.includes('Web Shop')).toBe(true);
  });
});

describe('keys and versions', () => {
  test('the administrator’s key stays the same after a restart', async () => {
    const one = await startServer();
    await one.close();
    const two = await startServer({ directory: one.directory });
    expect(two.apiKey).toBe(one.apiKey);
    expect(two.apiKey).toMatch(/^API-[A-Z0-9]{28}$/);
  });

  test('a given key is accepted', async () => {
    const server = await startServer({ credentials: { apiKey: 'API-MINE' }, version: '2021.2.7841' });
    expect(server.apiKey).toBe('API-MINE');
    expect((await server.call('GET', '/api/users/me')).json['Username']).toBe('admin');
    expect((await server.call('GET', '/api')).json['Version']).toBe('2021.2.7841');
  });
});

describe('tasks', () => {
  test('go from Queued through Executing to Success, with maintenance mode meanwhile', async () => {
    const server = await startServer({ pace: 20 });
    const task = await begin(server);
    const seen = new Set<unknown>();
    let progressed = false;
    await until(async () => {
      seen.add(await state(server, task));
      const details = (await server.call('GET', `/api/tasks/${task}/details`)).json;
      const progress = (details['Progress'] as Json)['ProgressPercentage'] as number;
      progressed ||= progress > 0 && progress < 100;
      return seen.has('Success');
    });
    expect([...seen]).toEqual(expect.arrayContaining(['Executing', 'Success']));
    expect(progressed).toBe(true);
    expect(await maintenance(server)).toBe(false);
  });

  test('run one after the other', async () => {
    const server = await startServer({ pace: 15 });
    const first = await begin(server);
    await until(async () => (await state(server, first)) === 'Executing');
    const second = await begin(server, { ...search, PackageVersion: '1.0.1' });
    expect(await maintenance(server)).toBe(true);
    expect((await server.call('GET', `/api/tasks/${second}/queued-behind`)).json).toMatchObject({
      Items: [{ Id: first }],
    });
    const one = await server.finished(first);
    const two = await server.finished(second);
    expect(String(two.task['StartTime']) >= String(one.task['CompletedTime'])).toBe(true);
  });

  test('are cancelled at once while queued, and through Cancelling while they run', async () => {
    const server = await startServer({ pace: 60_000 });
    const [first, second] = [await begin(server), await begin(server, { ...search, PackageVersion: '1.0.1' })];
    await until(async () => (await state(server, first)) === 'Executing');
    expect((await server.call('POST', `/api/tasks/${second}/cancel`)).json['State']).toBe('Canceled');
    expect((await server.call('POST', `/api/tasks/${first}/cancel`)).json['State']).toBe('Cancelling');
    const { task } = await server.finished(first);
    expect(task).toMatchObject({ State: 'Canceled', IsCompleted: true, FinishedSuccessfully: false });
    expect(await maintenance(server)).toBe(false);
    expect((await server.call('GET', '/api/packages')).json['TotalResults']).toBe(0);
  });

  test('of a space whose queue is stopped wait', async () => {
    const server = await startServer();
    await server.call('PUT', '/api/spaces/Spaces-2', { json: { TaskQueueStopped: true } });
    const waiting = await begin(server, { ...search, Projects: ['Prototype'], SpaceId: 'Spaces-2' });
    const other = await begin(server);
    await server.finished(other);
    expect(await state(server, waiting)).toBe('Queued');
    await server.call('PUT', '/api/spaces/Spaces-2', { json: { TaskQueueStopped: false } });
    expect((await server.finished(waiting)).task['State']).toBe('Success');
  });

  test('do not end a maintenance mode that was on before', async () => {
    const server = await startServer();
    await server.call('PUT', '/api/maintenanceconfiguration', { json: { IsInMaintenanceMode: true } });
    await server.finished(await begin(server));
    expect(await maintenance(server)).toBe(true);
    expect((await server.call('POST', '/api/environments', { key: readerKey, json: { Name: 'x' } })).status).toBe(503);
  });
});

describe('a restart', () => {
  test('keeps documents and packages', async () => {
    const one = await startServer();
    await one.call('POST', '/api/environments', { json: { Name: 'Kept' } });
    await one.upload('/api/packages/raw', 'Kept.1.0.0.zip', 'bytes');
    await one.close();
    const two = await startServer({ directory: one.directory });
    expect((await two.call('GET', '/api/environments?name=Kept')).json['TotalResults']).toBe(1);
    expect((await two.call('GET', '/api/packages/Kept.1.0.0/raw')).text).toBe('bytes');
  });

  test('marks the running task as failed, runs the queued one, and ends maintenance mode', async () => {
    const one = await startServer({ pace: 60_000 });
    const running = await begin(one);
    const queued = await begin(one, { ...search, PackageVersion: '1.0.1' });
    await until(async () => (await state(one, running)) === 'Executing');
    expect(await maintenance(one)).toBe(true);
    await one.close();
    const two = await startServer({ directory: one.directory });
    expect(await two.finished(running)).toMatchObject({
      task: { State: 'Failed', HasWarningsOrErrors: true },
      log: expect.stringContaining('server was restarted') as unknown,
    });
    expect((await two.finished(queued)).task['State']).toBe('Success');
    expect(await maintenance(two)).toBe(false);
  });

  test('keeps maintenance mode with the fault for it', async () => {
    const one = await startServer({ pace: 60_000 });
    const running = await begin(one);
    await until(async () => (await state(one, running)) === 'Executing');
    await one.close();
    const two = await startServer({
      directory: one.directory,
      faults: [{ type: 'named', name: 'maintenance-stays-on', values: {} }],
    });
    expect(await maintenance(two)).toBe(true);
  });

  test('after a killed process marks its task as failed', async () => {
    const directory = await newFolder();
    const script = `
      const { startEmulator } = await import(${JSON.stringify(new URL('../../../../dist/emulators/index.js', import.meta.url).href)});
      const server = await startEmulator('octopus', { directory: process.argv[1], pace: 60000 });
      const headers = { 'X-Octopus-ApiKey': server.credentials.apiKey, 'Content-Type': 'application/json' };
      const body = JSON.stringify(${JSON.stringify(search)});
      await (await fetch(server.url + '/api/migrations/partialexport', { method: 'POST', headers, body })).json();
      await new Promise((resolve) => setTimeout(resolve, 100));
      process.kill(process.pid, 'SIGKILL');
    `;
    expect(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, directory], { stdio: 'ignore' }),
    ).toThrow();
    expect(existsSync(join(directory, 'emulator.lock'))).toBe(true);
    const server = await startServer({ directory });
    const tasks = (await server.call('GET', '/api/tasks?name=MigrationPartialExport')).json['Items'];
    expect(tasks).toMatchObject([{ State: 'Failed', ErrorMessage: expect.stringContaining('restarted') as unknown }]);
    expect(await maintenance(server)).toBe(false);
  });
});
