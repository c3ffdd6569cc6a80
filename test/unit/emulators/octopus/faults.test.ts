// Every fault, as a client sees it. Those of Projects Export/Import are in import-export/faults.test.ts.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseFault } from '../../../../src/emulators/index.ts';
import { serverFaults } from '../../../../src/emulators/octopus/fault-names.ts';
import { startServer, stopServers, type Json, type OctopusServer } from './octopus-server.ts';

let server: OctopusServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(stopServers);

const arm = (text: string) => server.faults.add(parseFault(text));

const request = { Password: 'p', Projects: ['Search'], PackageId: 'Acme.Move', PackageVersion: '1.0.0' };

async function migrate(kind: 'partialexport' | 'import', body: Json = request) {
  const started = await server.call('POST', `/api/migrations/${kind}`, { json: body });
  return String(started.json['TaskId']);
}

describe('a fault of a route', () => {
  test('answers twice with a status and Retry-After', async () => {
    arm('POST /api/environments status=503 retry-after=7 times=2');
    const answers = [];
    for (let index = 0; index < 3; index += 1)
      answers.push(await server.call('POST', '/api/environments', { json: { Name: `E${index}` } }));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 201]);
    expect(answers[0]!.headers.get('retry-after')).toBe('7');
    expect((await server.call('GET', '/api/environments')).json['TotalResults']).toBe(5);
  });

  test('hits every form of the path', async () => {
    arm('GET /api/projects status=500');
    for (const path of ['/api/projects', '/api/Spaces-1/projects', '/api/spaces/default/projects?take=1']) {
      expect((await server.call('GET', path)).status).toBe(500);
    }
    expect((await server.call('GET', '/api/projects/all')).status).toBe(200);
  });

  test('delays the answer', async () => {
    arm('GET /api latency=80');
    const started = performance.now();
    expect((await server.call('GET', '/api')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(70);
  });

  test('breaks the connection before the request is processed', async () => {
    arm('POST /api/environments reset times=1');
    await expect(server.call('POST', '/api/environments', { json: { Name: 'Lost' } })).rejects.toThrow();
    expect((await server.call('GET', '/api/environments?name=Lost')).json['TotalResults']).toBe(0);
  });

  test('breaks the connection after the request is processed', async () => {
    arm('POST /api/environments reset=after times=1');
    await expect(server.call('POST', '/api/environments', { json: { Name: 'Done' } })).rejects.toThrow();
    expect((await server.call('GET', '/api/environments?name=Done')).json['TotalResults']).toBe(1);
  });

  test.each([0, 3])('cuts the body after %d bytes', async (cut) => {
    await server.upload('/api/packages/raw', 'A.1.0.0.zip', 'hello world');
    arm(`GET /api/packages/*/raw cut=${cut} times=1`);
    const response = await fetch(`${server.url}/api/packages/A.1.0.0/raw?apikey=${server.apiKey}`);
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '11']);
    const received: number[] = [];
    const read = async () => {
      for await (const chunk of response.body!) received.push(...(chunk as Uint8Array));
    };
    await expect(read()).rejects.toThrow();
    expect(Buffer.from(received).toString()).toBe('hello world'.slice(0, cut));
    expect((await server.call('GET', '/api/packages/A.1.0.0/raw')).text).toBe('hello world');
  });

  test('answers with a page of HTML', async () => {
    arm('GET /api/projects html status=504');
    const answer = await server.call('GET', '/api/projects');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([504, 'text/html']);
    expect(answer.text).toContain('<html>');
  });

  test('changes the content type', async () => {
    arm('GET /api content-type=text/plain');
    const answer = await server.call('GET', '/api');
    expect([answer.headers.get('content-type'), answer.json['Application']]).toEqual(['text/plain', 'Octopus Deploy']);
  });

  test('sends the body slowly', async () => {
    await server.upload('/api/packages/raw', 'A.1.0.0.zip', 'hello world');
    arm('GET /api/packages/*/raw drip=4 every=30');
    const started = performance.now();
    expect((await server.call('GET', '/api/packages/A.1.0.0/raw')).text).toBe('hello world');
    expect(performance.now() - started).toBeGreaterThan(60);
  });

  test('can be removed, and the requests were recorded', async () => {
    const remove = arm('/api status=500');
    expect((await server.call('GET', '/api?x=1')).status).toBe(500);
    remove();
    expect((await server.call('GET', '/api')).status).toBe(200);
    expect(server.faults.requests()).toMatchObject([
      { method: 'GET', path: '/api?x=1' },
      { method: 'GET', path: '/api' },
    ]);
    server.faults.forgetRequests();
    expect(server.faults.requests()).toEqual([]);
  });
});

describe('the named fault', () => {
  const proofs: Record<(typeof serverFaults)[number], () => Promise<void>> = {
    'startup-503': async () => {
      arm('startup-503 times=2');
      const statuses = [];
      for (let index = 0; index < 3; index += 1)
        statuses.push((await server.call('GET', '/api', { key: null })).status);
      expect(statuses).toEqual([503, 503, 200]);
    },
    'stuck-queue': async () => {
      const remove = arm('stuck-queue');
      const task = await migrate('partialexport');
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await server.call('GET', `/api/tasks/${task}`)).json['State']).toBe('Queued');
      remove();
      expect((await server.finished(task)).task['State']).toBe('Success');
    },
    'success-with-errors': async () => {
      arm('success-with-errors times=2');
      await server.finished(await migrate('partialexport'));
      const loud = await server.finished(await migrate('import'));
      expect(loud.task).toMatchObject({ State: 'Success', FinishedSuccessfully: true, HasWarningsOrErrors: true });
      expect(loud.log).toMatch(/Error {4}\| {3}Could not find a part of the path '.*import'/);
      server.faults.clear();
      arm('success-with-errors quiet=1');
      const quiet = await server.finished(await migrate('import'));
      expect(quiet.task).toMatchObject({ State: 'Success', HasWarningsOrErrors: false });
      expect(quiet.log).toMatch(/Error {4}\|/);
    },
    'push-fails': async () => {
      const other = await startServer();
      arm('push-fails times=1');
      const body = { ...request, DestinationPackageFeed: other.url, DestinationApiKey: other.apiKey };
      const failed = await server.finished(await migrate('partialexport', body));
      expect(failed.task).toMatchObject({ State: 'Failed', ErrorMessage: 'Error while copying content to a stream.' });
      expect(failed.log).toContain('Failed to perform the space-partial-export migration.');
      expect((await server.finished(await migrate('partialexport', body))).task['State']).toBe('Success');
    },
    'no-migrator': async () => {
      arm('no-migrator');
      for (const kind of ['partialexport', 'import'] as const) {
        const { task, log } = await server.finished(await migrate(kind));
        expect(task['State']).toBe('Failed');
        expect(log).toContain('Probed: /Octopus/Octopus.Migrator.exe');
      }
    },
    'truncated-package': async () => {
      arm('truncated-package times=1');
      const stored = await server.upload('/api/packages/raw', 'A.1.0.0.zip', '0123456789');
      expect(stored.status).toBe(201);
      expect(stored.json['PackageSizeBytes']).toBe(5);
      expect((await server.call('GET', '/api/packages/A.1.0.0/raw')).text).toBe('01234');
    },
    'task-times-out': async () => {
      arm('task-times-out times=1');
      const { task } = await server.finished(await migrate('partialexport'));
      expect(task).toMatchObject({
        State: 'TimedOut',
        Completed: 'Timed out',
        IsCompleted: true,
        FinishedSuccessfully: false,
      });
    },
    'maintenance-stays-on': async () => {
      arm('maintenance-stays-on times=1');
      await server.finished(await migrate('partialexport'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await server.call('GET', '/api/maintenanceconfiguration')).json['IsInMaintenanceMode']).toBe(true);
    },
    'package-vanishes': async () => {
      arm('package-vanishes times=1');
      expect((await server.upload('/api/packages/raw', 'A.1.0.0.zip', 'x')).status).toBe(201);
      expect((await server.call('GET', '/api/packages/A.1.0.0')).status).toBe(404);
      expect((await server.upload('/api/packages/raw', 'A.1.0.0.zip', 'x')).status).toBe(201);
    },
    unhealthy: async () => {
      arm('unhealthy');
      const health = await server.call('GET', '/api/serverstatus/health', { key: null });
      expect([health.status, health.json['IsOperatingNormally']]).toEqual([418, false]);
      expect((await server.call('GET', '/api/octopusservernodes/ping', { key: null })).status).toBe(418);
    },
  };

  test.each(serverFaults.map((name) => [name]))('%s does what its name says', async (name) => {
    expect.hasAssertions();
    await proofs[name]();
  });
});
