// Every named fault, and the state after a restart.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { faultNames, parseFault } from '../../../../src/emulators/index.ts';
import {
  approve,
  create,
  createBody,
  login,
  migrate,
  newFolder,
  part,
  settled,
  startLibrary,
  startPair,
  stopLibraries,
  tutorial,
  type Json,
  type Library,
} from './library.ts';
import { rowsOf } from './rows.ts';

const region = '8D679D4B11D3E4981000E787EC6DE8A4';
const content = [{ id: region, type: 12 }];
const changed = async (library: Library) => {
  const found = await library.admin.call('GET', '/api/searches/results?name=Revenue%20by%20Region&pattern=2', {
    project: tutorial,
  });
  return [{ id: String((found.json['result'] as Json[])[0]!['id']), type: 3 }];
};

let source: Library;
let target: Library;
beforeAll(async () => {
  [source, target] = await startPair();
});
beforeEach(() => {
  for (const { faults } of [source, target]) faults.clear();
});
afterAll(stopLibraries);

const on = (library: Library, text: string) => library.faults.add(parseFault(text));
const post = (library: Library) =>
  library.admin.call('POST', '/api/migrations', { json: createBody({ content }), project: tutorial });
const put = async (id: string, json: Json) =>
  target.admin.call('PUT', `/api/migrations/${id}`, { json, project: tutorial });
const approved = async (): Promise<readonly [string, Json]> => {
  const id = String((await create(source.admin, { content }))['id']);
  return [id, await approve(source.admin, id)];
};

test('every fault can be named on the command line', () => {
  for (const name of faultNames('microstrategy')) expect(parseFault(name)).toMatchObject({ type: 'named', name });
});

test('create-failed ends the creation of a package', async () => {
  on(source, 'create-failed times=1');
  expect(part(await create(source.admin, { content }), 'packageInfo')).toMatchObject({
    status: 'create_failed',
    message: expect.stringMatching(/\S/),
    storage: {},
  });
  expect(part(await create(source.admin, { content }), 'packageInfo')['status']).toBe('created');
});

test('import-failed ends an import, which writes nothing', async () => {
  on(target, 'import-failed');
  const before = rowsOf(target);
  const { record } = await migrate(source.admin, target.admin, { content: await changed(source) });
  expect(part(record, 'importInfo')['status']).toBe('import_failed');
  expect(rowsOf(target)).toEqual(before);
});

test('validation-failed ends a validation, and clock-skew warns of the clocks', async () => {
  const id = String((await create(source.admin, { content }))['id']);
  const all = (await source.admin.call('GET', `/api/migrations/${id}?showContent=all`)).json;
  const validate = () =>
    target.admin.call('PUT', `/api/migrations/${id}/validation`, {
      headers: { Prefer: 'respond-async' },
      json: all,
      project: tutorial,
    });
  on(target, 'clock-skew times=1');
  const skewed = await validate();
  expect([skewed.status, skewed.json['code']]).toEqual([400, 'ERR006']);
  expect(skewed.json['message']).toBe(
    'The time difference between the source and target environments should be five minutes or less. Please modify the environment system time and try again.',
  );
  on(target, 'validation-failed times=1');
  expect((await validate()).status).toBe(202);
  await source.admin.call('PATCH', `/api/migrations/${id}`, { json: { validation: { status: 'validating' } } });
  expect(part(await settled(source.admin, id), 'validation')['status']).toBe('validation_failed');
});

test('session-expires ends one session, after the calls that it lets pass', async () => {
  on(source, 'session-expires skip=1');
  const client = await login(source.url, 'operator', 'operator-sample');
  const get = async (one: typeof client) => (await one.call('GET', '/api/projects')).status;
  expect([await get(client), await get(client), await get(client)]).toEqual([200, 401, 401]);
  const again = await login(source.url, 'operator', 'operator-sample');
  expect([await get(again), await get(again)]).toEqual([200, 200]);
});

test('session-cap limits the sessions in a project', async () => {
  on(target, 'session-cap');
  const client = await target.login('operator', 'operator-sample');
  const answer = await client.call('GET', '/api/folders', { project: tutorial });
  expect([answer.status, answer.json['code'], answer.json['iServerCode']]).toEqual([500, 'ERR001', -2147072486]);
});

test('project-not-loaded refuses the project', async () => {
  on(source, 'project-not-loaded times=1');
  const answer = await post(source);
  expect([answer.status, answer.json['code'], answer.json['iServerCode']]).toEqual([404, 'ERR004', -2147209151]);
  expect((await post(source)).status).toBe(201);
});

test.each([
  ['storage-service-missing', 'The API requires MicroStrategy Storage Service. Please contact your administrator.'],
  [
    'storage-not-configured',
    'The Storage Service is not configured properly, please contact your administrator to configure Storage Service',
  ],
])('%s answers with the product’s message', async (name, message) => {
  on(source, name);
  for (const status of [400, 500]) {
    const answer = await post(source);
    expect([answer.status, answer.json['code'], answer.json['message']]).toEqual([status, 'ERR006', message]);
    source.faults.clear();
    on(source, `${name} status=500`);
  }
});

test('storage-unreadable refuses to read packages', async () => {
  const [id, body] = await approved();
  on(target, 'storage-unreadable times=1');
  const answer = await put(id, body);
  expect([answer.status, answer.json['message']]).toEqual([
    400,
    'The shared file cannot be accessed. It may be deleted or the storage location cannot be accessed.',
  ]);
  expect((await put(id, body)).status).toBe(201);
  await settled(target.admin, id);
});

test('storage-unwritable refuses to write packages', async () => {
  on(source, 'storage-unwritable times=1');
  expect(part(await create(source.admin, { content }), 'packageInfo')).toMatchObject({
    status: 'create_failed',
    message:
      'Cannot create or modify the shared file. It may be temporarily unavailable for accessing the storage location.',
  });
});

test('server-error-html answers with an HTML page', async () => {
  on(source, 'server-error-html times=1');
  const answer = await source.admin.call('GET', '/api/migrations');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'text/html;charset=utf-8']);
  expect(answer.text).toMatch(/^<!doctype html>/);
  expect((await source.admin.call('GET', '/api/migrations')).status).toBe(200);
});

test('a route fault names the path from /api on, and answers with the product’s error document', async () => {
  on(source, 'GET /api/migrations/A:* status=503 retry-after=1 times=1');
  const answer = await source.admin.call('GET', '/api/migrations/A%3AB');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect(answer.json).toMatchObject({ code: 'ERR001', ticketId: expect.stringMatching(/^[0-9a-f]{32}$/) });
});

test('stuck work continues when the fault is removed', async () => {
  const lift = on(source, 'stuck');
  const id = String((await post(source)).json['id']);
  for (let poll = 0; poll < 3; poll += 1) {
    const record = (await source.admin.call('GET', `/api/migrations/${id}`)).json;
    expect(part(record, 'packageInfo')).toMatchObject({ status: 'creating', progress: 0 });
  }
  lift();
  expect(part(await settled(source.admin, id), 'packageInfo')['status']).toBe('created');
});

describe('a restart', () => {
  test('marks the work that was running as failed, and nothing of it was written', async () => {
    const storage = await newFolder();
    const one = await startLibrary({ storage });
    let two = await startLibrary({ storage, sample: 'target' });
    const { directory } = two;
    const recipe = { content: await changed(one) };
    const done = await migrate(one.admin, two.admin, recipe);
    const id = String((await create(one.admin, recipe))['id']);
    const body = await approve(one.admin, id);
    const before = rowsOf(two);
    two.faults.add({ type: 'named', name: 'stuck', values: {} });
    await two.admin.call('PUT', `/api/migrations/${id}`, { json: body, project: tutorial });
    for (const undoRequestStatus of ['requested', 'approved']) {
      await two.admin.call('PATCH', `/api/migrations/${done.id}`, {
        json: { importInfo: { undoRequestStatus } },
        project: tutorial,
      });
    }
    const creating = String((await post(two)).json['id']);
    const checked = String((await create(one.admin, recipe))['id']);
    const all = (await one.admin.call('GET', `/api/migrations/${checked}?showContent=all`)).json;
    await two.admin.call('PUT', `/api/migrations/${checked}/validation`, {
      headers: { Prefer: 'respond-async' },
      json: all,
      project: tutorial,
    });
    await one.admin.call('PATCH', `/api/migrations/${checked}`, { json: { validation: { status: 'validating' } } });
    await two.close();

    two = await startLibrary({ storage, directory, sample: 'target' });
    expect(rowsOf(two)).toEqual(before);
    const message = 'The server was restarted while the operation was running.';
    expect(part(await settled(two.admin, id), 'importInfo')).toMatchObject({ status: 'import_failed', message });
    expect(part(await settled(two.admin, done.id), 'importInfo')).toMatchObject({ status: 'undo_failed', message });
    expect(part(await settled(two.admin, creating), 'packageInfo')).toMatchObject({ status: 'create_failed', message });
    expect(part(await settled(one.admin, checked), 'validation')).toMatchObject({
      status: 'validation_failed',
      message,
    });

    // Both can be started again.
    await two.admin.call('PUT', `/api/migrations/${id}`, { json: body, project: tutorial });
    expect(part(await settled(two.admin, id), 'importInfo')['status']).toBe('imported');
    for (const undoRequestStatus of ['requested', 'approved']) {
      await two.admin.call('PATCH', `/api/migrations/${done.id}`, {
        json: { importInfo: { undoRequestStatus } },
        project: tutorial,
      });
    }
    expect(part(await settled(two.admin, done.id), 'importInfo')['status']).toBe('undo_success');
  });

  test('after a killed process finds its records, in a storage that both share', async () => {
    const [storage, directory] = [await newFolder(), await newFolder()];
    const one = await startLibrary({ storage });
    const id = String((await create(one.admin, { content: await changed(one) }))['id']);
    const body = await approve(one.admin, id);
    const script = `
      const { startEmulator } = await import(${JSON.stringify(new URL('../../../../dist/emulators/index.js', import.meta.url).href)});
      const [directory, storage, body] = process.argv.slice(1);
      const server = await startEmulator('microstrategy', { directory, storage, sample: 'target', pace: 60000 });
      const login = await fetch(server.url + '/api/auth/login', { method: 'POST', body: new URLSearchParams(server.credentials) });
      const headers = {
        'X-MSTR-AuthToken': login.headers.get('x-mstr-authtoken'),
        'X-MSTR-ProjectID': ${JSON.stringify(tutorial)},
        Cookie: login.headers.getSetCookie().map((one) => one.split(';')[0]).join('; '),
      };
      const answer = await fetch(server.url + '/api/migrations/' + JSON.parse(body).id, { method: 'PUT', headers, body });
      if (answer.status === 201) process.kill(process.pid, 'SIGKILL');
    `;
    const args = ['--input-type=module', '-e', script, directory, storage, JSON.stringify(body)];
    const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
    expect([signal, stderr]).toEqual(['SIGKILL', '']);
    const two = await startLibrary({ storage, directory });
    expect(part(await settled(two.admin, id), 'importInfo')).toMatchObject({
      status: 'import_failed',
      message: 'The server was restarted while the operation was running.',
    });
    await two.admin.call('PUT', `/api/migrations/${id}`, { json: body, project: tutorial });
    expect(part(await settled(two.admin, id), 'importInfo')['status']).toBe('imported');
  });

  test('keeps records, packages and uploads', async () => {
    const directory = await newFolder();
    const one = await startLibrary({ directory });
    const record = await create(one.admin, { content });
    await one.close();
    const two = await startLibrary({ directory, sample: 'target' });
    expect(await settled(two.admin, String(record['id']))).toEqual(record);
    const id = String(record['id']).slice(0, 32);
    expect((await two.admin.call('GET', `/api/migrations/packages/${id}/binary`)).status).toBe(200);
  });

  test('with an impossible version is refused, and the folder is free again', async () => {
    const directory = await newFolder();
    await expect(() => startLibrary({ directory, version: '2021 Update 6' })).toThrowCode('USAGE');
    await startLibrary({ directory });
    await expect(() => startLibrary({ directory })).toThrowCode('CONFLICT');
  });
});

test('an empty Library has an administrator and one project', async () => {
  const library = await startLibrary({ sample: false });
  const projects = (await library.admin.call('GET', '/api/projects')).json as unknown as Json[];
  expect(projects.map(({ name }) => name)).toEqual(['MicroStrategy Tutorial']);
  const found = await library.admin.call('GET', '/api/searches/results?type=12', { project: tutorial });
  expect(found.json).toEqual({ totalItems: 0, result: [] });
});
