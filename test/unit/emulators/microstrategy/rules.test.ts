// The states of a record, who may change them, and what else can be done with a record.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  approve,
  create,
  createBody,
  idNamed,
  migrate,
  part,
  settled,
  startLibrary,
  startPair,
  stopLibraries,
  tutorial,
  type Answer,
  type Client,
  type Json,
  type Library,
} from './library.ts';

const region = '8D679D4B11D3E4981000E787EC6DE8A4';
const content = [{ id: region, type: 12 }];
const code = (answer: Answer) => [answer.status, answer.json['code']];
const notNow = (member: string, value: string) =>
  `Cannot do current operation for now when \`${member}\` is '${value}'.`;

let source: Library;
let target: Library;
beforeAll(async () => {
  [source, target] = await startPair();
});
afterAll(stopLibraries);

const ask = (client: Client, id: string, importRequestStatus: string) =>
  client.call('PATCH', `/api/migrations/${id}`, { json: { importInfo: { importRequestStatus } } });
const askUndo = (client: Client, id: string, undoRequestStatus: string) =>
  client.call('PATCH', `/api/migrations/${id}`, { json: { importInfo: { undoRequestStatus } }, project: tutorial });
const newPackage = async () => String((await create(source.admin, { content }))['id']);
const held = (library: Library) => library.faults.add({ type: 'named', name: 'stuck', values: {} });

async function progressReaches(client: Client, path: string, reached: (record: Json) => boolean): Promise<Json> {
  for (;;) {
    const record = (await client.call('GET', path)).json;
    if (reached(record)) return record;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

describe('a request for an import', () => {
  test('waits until the package is created', async () => {
    const release = held(source);
    const made = await source.admin.call('POST', '/api/migrations', {
      json: createBody({ content }),
      project: tutorial,
    });
    const id = String(made.json['id']);
    const early = await ask(source.admin, id, 'requested');
    expect([...code(early), early.json['message']]).toEqual([400, 'ERR006', notNow('packageInfo.status', 'creating')]);
    const deleted = await source.admin.call('DELETE', `/api/migrations?packageId=${id.slice(0, 32)}`);
    expect(code(deleted)).toEqual([400, 'ERR006']);
    release();
    await settled(source.admin, id);
    expect((await ask(source.admin, id, 'requested')).status).toBe(200);
  });

  test('can be rejected, and made again', async () => {
    const id = await newPackage();
    expect(code(await ask(source.admin, id, 'rejected'))).toEqual([400, 'ERR006']);
    await ask(source.admin, id, 'requested');
    const rejected = await ask(source.admin, id, 'rejected');
    expect(part(rejected.json, 'importInfo')['importRequestStatus']).toBe('rejected');
    expect(part(rejected.json, 'packageInfo')['status']).toBe('created');
    expect(code(await ask(source.admin, id, 'approved'))).toEqual([400, 'ERR006']);
    expect((await ask(source.admin, id, 'requested')).status).toBe(200);
    expect((await ask(source.admin, id, 'approved')).status).toBe(200);
    for (const status of ['requested', 'approved', 'rejected']) {
      const late = await ask(source.admin, id, status);
      expect([...code(late), late.json['message']]).toEqual([400, 'ERR006', notNow('packageInfo.status', 'locked')]);
    }
    const renamed = await source.admin.call('PATCH', `/api/migrations/${id}`, { json: { packageInfo: { name: 'x' } } });
    expect(code(renamed)).toEqual([400, 'ERR006']);
  });

  test('with an unknown status, or with none, is refused', async () => {
    const id = await newPackage();
    expect(code(await ask(source.admin, id, 'importing'))).toEqual([400, 'ERR006']);
    expect(code(await source.admin.call('PATCH', `/api/migrations/${id}`, { json: {} }))).toEqual([400, 'ERR005']);
    const type = { json: { packageInfo: { type: 'configuration', name: 'x' } } };
    expect(code(await source.admin.call('PATCH', `/api/migrations/${id}`, type))).toEqual([400, 'ERR006']);
    expect(part(await settled(source.admin, id), 'packageInfo')['name']).toBe('a package');
  });
});

describe('an import', () => {
  const put = (id: string, json: unknown, project: string | undefined = tutorial) =>
    target.admin.call('PUT', `/api/migrations/${id}`, { json, ...(project === '' ? {} : { project }) });

  test('accepts only a locked and approved record', async () => {
    const id = await newPackage();
    const open = (await source.admin.call('GET', `/api/migrations/${id}?showContent=all`)).json;
    const early = await put(id, { ...open, packageInfo: { ...part(open, 'packageInfo'), replicated: true } });
    expect([...code(early), early.json['message']]).toEqual([400, 'ERR006', notNow('packageInfo.status', 'created')]);
    const body = await approve(source.admin, id);
    const unapproved = { ...body, importInfo: { ...part(body, 'importInfo'), importRequestStatus: 'requested' } };
    expect((await put(id, unapproved)).json['message']).toBe(notNow('importInfo.importRequestStatus', 'requested'));
    const original = { ...body, packageInfo: { ...part(body, 'packageInfo'), replicated: false } };
    expect(code(await put(id, original))).toEqual([400, 'ERR006']);
    expect(code(await put(id, body, ''))).toEqual([400, 'ERR005']);
    expect(code(await put(id, { ...body, id: 'other' }))).toEqual([400, 'ERR006']);
    expect(code(await put(id, {}))).toEqual([400, 'ERR005']);
    const flag = await target.admin.call('PUT', `/api/migrations/${id}?generateUndo=perhaps`, {
      json: body,
      project: tutorial,
    });
    expect(code(flag)).toEqual([400, 'ERR006']);
    expect((await target.admin.call('GET', `/api/migrations/${id}`)).status).toBe(404);
    const bare = Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'importInfo'));
    expect((await put(id, bare)).status).toBe(201);
    expect(part(await settled(target.admin, id), 'importInfo')['status']).toBe('imported');
  });

  test('shows its progress, and can be repeated for one package', async () => {
    const id = await newPackage();
    const body = await approve(source.admin, id);
    const [slowly, release] = [target.faults.add({ type: 'named', name: 'slow', values: { ms: 4 } }), held(target)];
    await put(id, body);
    const answers = await Promise.all([put(id, body), put(id, body)]);
    for (const { json } of answers) expect(part(json, 'importInfo')['status']).toBe('importing');
    const early = await askUndo(target.admin, id, 'requested');
    expect(early.json['message']).toBe(notNow('importInfo.status', 'importing'));
    release();
    const seen = await progressReaches(target.admin, `/api/migrations/${id}`, (record) => {
      const percent = Number(part(record, 'importInfo')['progress']);
      return percent > 0;
    });
    expect(Number(part(seen, 'importInfo')['progress'])).toBeLessThanOrEqual(100);
    slowly();
    expect(part(await settled(target.admin, id), 'importInfo')['progress']).toBe(100);
  });

  test('can be tried again after it failed', async () => {
    const id = await newPackage();
    const body = await approve(source.admin, id);
    target.faults.add({ type: 'named', name: 'import-failed', values: {}, times: 1 });
    await put(id, body);
    expect(part(await settled(target.admin, id), 'importInfo')).toMatchObject({
      status: 'import_failed',
      message: expect.stringMatching(/\S/),
    });
    expect(part((await put(id, body)).json, 'importInfo')['status']).toBe('importing');
    expect(part(await settled(target.admin, id), 'importInfo')['status']).toBe('imported');
  });

  test('is refused for paths that lead out of the store and for damaged files', async () => {
    const id = await newPackage();
    const body = await approve(source.admin, id);
    const packageInfo = { ...part(body, 'packageInfo'), storage: { size: 1, path: '../state.sqlite' } };
    expect(code(await put(id, { ...body, packageInfo }))).toEqual([400, 'ERR006']);
  });
});

describe('an undo', () => {
  test('is requested and then approved, only when there is something to undo', async () => {
    const { id } = await migrate(source.admin, target.admin, { content });
    expect(code(await askUndo(source.admin, id, 'requested'))).toEqual([400, 'ERR006']);
    expect(code(await askUndo(target.admin, id, 'approved'))).toEqual([400, 'ERR006']);
    expect((await askUndo(target.admin, id, 'requested')).status).toBe(200);
    expect((await askUndo(target.admin, id, 'rejected')).status).toBe(200);
    expect(code(await askUndo(target.admin, id, 'approved'))).toEqual([400, 'ERR006']);
    target.faults.add({ type: 'named', name: 'undo-failed', values: {}, times: 1 });
    await askUndo(target.admin, id, 'requested');
    expect((await askUndo(target.admin, id, 'approved')).status).toBe(202);
    expect(part(await settled(target.admin, id), 'importInfo')['status']).toBe('undo_failed');
    await askUndo(target.admin, id, 'requested');
    expect((await askUndo(target.admin, id, 'approved')).status).toBe(202);
    expect(part(await settled(target.admin, id), 'importInfo')['status']).toBe('undo_success');
    expect(code(await askUndo(target.admin, id, 'requested'))).toEqual([400, 'ERR006']);
  });

  test('of an import that failed succeeds and changes nothing', async () => {
    const cube = await idNamed(source.admin, 3, 'Sales Cube');
    const { id, record } = await migrate(source.admin, target.admin, { content: [{ id: cube, type: 3 }] });
    expect(part(record, 'importInfo')['status']).toBe('import_failed');
    await askUndo(target.admin, id, 'requested');
    await askUndo(target.admin, id, 'approved');
    expect(part(await settled(target.admin, id), 'importInfo')['status']).toBe('undo_success');
  });

  test('has a package that can be downloaded until the record is deleted', async () => {
    const { id } = await migrate(source.admin, target.admin, { content });
    const path = `/api/migrations/imports/${id.slice(33)}/binary`;
    const answer = await target.admin.call('GET', path);
    expect([answer.status, answer.bytes.subarray(0, 5).toString('hex')]).toEqual([200, '0180befe7f']);
    await target.admin.call('DELETE', `/api/migrations?packageId=${id.slice(0, 32)}`);
    expect((await target.admin.call('GET', path)).status).toBe(404);
    // The package itself belongs to the source.
    expect((await source.admin.call('GET', `/api/migrations/packages/${id.slice(0, 32)}/binary`)).status).toBe(200);
  });
});

describe('by its privileges', () => {
  test('an operator creates and requests, an administrator approves, a release manager imports', async () => {
    const operator = await source.login('operator', 'operator-sample');
    const record = await create(operator, { content });
    const id = String(record['id']);
    expect(part(part(record, 'packageInfo'), 'creator')['name']).toBe('Olga Operator');
    expect((await ask(operator, id, 'requested')).status).toBe(200);
    expect(code(await ask(operator, id, 'approved'))).toEqual([403, 'ERR014']);
    expect(code(await ask(operator, id, 'rejected'))).toEqual([403, 'ERR014']);
    expect((await ask(source.admin, id, 'approved')).status).toBe(200);
    const all = (await operator.call('GET', `/api/migrations/${id}?showContent=all`)).json;
    const put = async (user: string) =>
      (await target.login(user, `${user}-sample`)).call('PUT', `/api/migrations/${id}`, {
        project: tutorial,
        json: { ...all, packageInfo: { ...part(all, 'packageInfo'), replicated: true } },
      });
    expect(code(await put('operator'))).toEqual([403, 'ERR014']);
    expect((await put('release')).status).toBe(201);
    await settled(target.admin, id);
    const manager = await target.login('release', 'release-sample');
    expect((await askUndo(manager, id, 'requested')).status).toBe(200);
    expect(code(await askUndo(manager, id, 'approved'))).toEqual([403, 'ERR014']);
    expect((await askUndo(target.admin, id, 'approved')).status).toBe(202);
    await settled(target.admin, id);
  });

  test('a viewer sees no packages and makes none', async () => {
    const viewer = await source.login('viewer', 'viewer-sample');
    expect(code(await viewer.call('GET', '/api/migrations'))).toEqual([403, 'ERR014']);
    const made = await viewer.call('POST', '/api/migrations', { json: createBody({ content }), project: tutorial });
    expect(code(made)).toEqual([403, 'ERR014']);
    expect(made.json['message']).toContain('Create package');
  });

  test('each user may validate, download and delete or not', async () => {
    const id = await newPackage();
    const all = (await source.admin.call('GET', `/api/migrations/${id}?showContent=all`)).json;
    const manager = await target.login('release', 'release-sample');
    const validation = await manager.call('PUT', `/api/migrations/${id}/validation`, {
      headers: { Prefer: 'respond-async' },
      json: all,
      project: tutorial,
    });
    expect(code(validation)).toEqual([403, 'ERR014']);
    const operator = await source.login('operator', 'operator-sample');
    expect(code(await operator.call('GET', `/api/migrations/packages/${id.slice(0, 32)}/binary`))).toEqual([
      403,
      'ERR014',
    ]);
    expect(code(await operator.call('DELETE', `/api/migrations?packageId=${id.slice(0, 32)}`))).toEqual([
      403,
      'ERR014',
    ]);
  });
});

describe('the list of migrations', () => {
  test('is read page by page, and shows only object migrations by default', async () => {
    const library = await startLibrary({ sample: 'source' });
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) ids.push(String((await create(library.admin, { content }))['id']));
    const merge = await library.admin.call('POST', '/api/migrations', {
      project: tutorial,
      json: {
        packageInfo: {
          type: 'project',
          purpose: 'project_merge',
          name: 'm',
          tocView: { settings: { defaultAction: 'replace' } },
        },
      },
    });
    await settled(library.admin, String(merge.json['id']));
    const list = async (query: string) => {
      const { total, data } = (await library.admin.call('GET', `/api/migrations?${query}`)).json;
      return { total, ids: (data as Json[]).map((one) => one['id']) };
    };
    expect(await list('')).toEqual({ total: 3, ids });
    expect(await list('offset=1&limit=1')).toEqual({ total: 3, ids: [ids[1]] });
    expect(await list('offset=7')).toEqual({ total: 3, ids: [] });
    expect(await list('packageInfo.purpose=project_merge')).toEqual({ total: 1, ids: [merge.json['id']] });
    expect((await list('packageInfo.purpose=object_migration,project_merge')).total).toBe(4);
  });
});

describe('a validation', () => {
  async function validate(json: Json, id: string): Promise<Json> {
    const started = await target.admin.call('PUT', `/api/migrations/${id}/validation`, {
      headers: { Prefer: 'respond-async' },
      json,
      project: tutorial,
    });
    expect(started.status).toBe(202);
    await source.admin.call('PATCH', `/api/migrations/${id}`, { json: { validation: { status: 'validating' } } });
    return part(await settled(source.admin, id), 'validation');
  }

  test('shows on the source what would fail on the target', async () => {
    const cube = await idNamed(source.admin, 3, 'Sales Cube');
    const item = await idNamed(source.admin, 12, 'Item');
    const record = await create(source.admin, { content: [{ id: cube, type: 3 }] });
    const id = String(record['id']);
    const all = (await source.admin.call('GET', `/api/migrations/${id}?showContent=all`)).json;
    expect(await validate(all, id)).toMatchObject({
      status: 'validation_failed',
      message: `Object: <Attribute id=${item}> is not found`,
    });
  });

  test('needs the header Prefer', async () => {
    const id = await newPackage();
    const all = (await source.admin.call('GET', `/api/migrations/${id}?showContent=all`)).json;
    const bare = await target.admin.call('PUT', `/api/migrations/${id}/validation`, { json: all, project: tutorial });
    expect(code(bare)).toEqual([400, 'ERR005']);
  });

  test('needs a package that is created and not locked', async () => {
    const id = await newPackage();
    const body = await approve(source.admin, id);
    const answer = await target.admin.call('PUT', `/api/migrations/${id}/validation`, {
      headers: { Prefer: 'respond-async' },
      json: body,
      project: tutorial,
    });
    expect(answer.json['message']).toBe(notNow('packageInfo.status', 'locked'));
    const watch = await source.admin.call('PATCH', `/api/migrations/${id}`, {
      json: { validation: { status: 'validating' } },
    });
    expect(watch.json['message']).toBe(notNow('packageInfo.status', 'locked'));
  });
});

describe('an edit', () => {
  const edit = (id: string, json: unknown) => source.admin.call('PUT', `/api/migrations/${id}/packageInfo`, { json });

  test('makes the package again with other contents', async () => {
    const id = await newPackage();
    const before = part(await settled(source.admin, id), 'packageInfo');
    const month = '8D679D4411D3E4981000E787EC6DE8A4';
    const tocView = { settings: { defaultAction: 'replace' }, content: [{ id: month, type: 12, action: 'use_newer' }] };
    const answer = await edit(id, { name: 'edited', tocView, treeView: { treeViewType: 'y' } });
    expect([answer.status, answer.json]).toEqual([202, { id: id.slice(0, 32), status: 'creating', progress: 0 }]);
    const after = part(await settled(source.admin, id, 'all'), 'packageInfo');
    expect(after).toMatchObject({ name: 'edited', status: 'created', treeView: '{"treeViewType":"y"}' });
    expect((part(after, 'tocView')['content'] as Json[]).map((one) => one['id'])).toEqual([month]);
    expect(part(after, 'storage')['path']).not.toBe(part(before, 'storage')['path']);
  });

  test('is refused for another type, after a request, and on copies', async () => {
    const id = await newPackage();
    const tocView = { settings: { defaultAction: 'replace' }, content };
    expect(code(await edit(id, { type: 'configuration', tocView }))).toEqual([400, 'ERR006']);
    expect(code(await edit(id, { purpose: 'project_merge', tocView }))).toEqual([400, 'ERR006']);
    await ask(source.admin, id, 'requested');
    expect((await edit(id, { tocView })).json['message']).toBe(notNow('importInfo.importRequestStatus', 'requested'));
    const { id: moved } = await migrate(source.admin, target.admin, { content });
    const copy = await target.admin.call('PUT', `/api/migrations/${moved}/packageInfo`, { json: { tocView } });
    expect(code(copy)).toEqual([400, 'ERR006']);
  });

  test('can repair a package whose creation failed', async () => {
    const gone = { id: '0'.repeat(32), type: 12 };
    const record = await create(source.admin, { content: [gone] });
    expect(part(record, 'packageInfo')).toMatchObject({
      status: 'create_failed',
      message: `Object: <Attribute id=${'0'.repeat(32)}> is not found`,
      storage: {},
    });
    const id = String(record['id']);
    expect((await ask(source.admin, id, 'requested')).json['message']).toBe(
      notNow('packageInfo.status', 'create_failed'),
    );
    await edit(id, { tocView: { settings: { defaultAction: 'replace' }, content } });
    expect(part(await settled(source.admin, id), 'packageInfo')['status']).toBe('created');
  });
});

describe('a certification', () => {
  const path = (id: string) => `/api/migrations/${id}/packageInfo/certification`;
  const wrapped = (status: string, more: Json = {}) => ({
    json: { packageInfo: { certification: { status, ...more } } },
  });
  const certificationOf = async (library: Library, id: string) =>
    part(await settled(library.admin, id), 'packageInfo')['certification'];
  const administrator = { id: '54F3D26011D2896560009A8E67019608', name: 'Administrator', fullName: 'Administrator' };

  test('is shared with the other Library by autoSync', async () => {
    const { id } = await migrate(source.admin, target.admin, { content });
    const status = (word: string) => ({ json: { status: word } });
    const manager = await source.login('release', 'release-sample');
    expect((await manager.call('PATCH', path(id), status('requested'))).status).toBe(204);
    expect(code(await manager.call('PATCH', path(id), status('certified')))).toEqual([403, 'ERR014']);
    expect(code(await source.admin.call('PATCH', path(id), status('sure')))).toEqual([400, 'ERR006']);
    expect((await source.admin.call('PATCH', path(id), status('certified'))).status).toBe(204);
    const synced = await target.admin.call('PATCH', `${path(id)}?autoSync=True`, { json: { status: 'rejected' } });
    expect(synced.status).toBe(204);
    const certified = { status: 'certified', operator: administrator, lastUpdatedDate: expect.any(String) };
    expect(await certificationOf(source, id)).toEqual(certified);
    expect(await certificationOf(target, id)).toEqual(certified);
  });

  test('accepts the documented bodies, in which it is part of a record', async () => {
    const { id } = await migrate(source.admin, target.admin, { content });
    const operator = await source.login('operator', 'operator-sample');
    expect((await operator.call('PATCH', path(id), wrapped('requested'))).status).toBe(204);
    expect(await certificationOf(source, id)).toMatchObject({ status: 'requested', operator: { name: 'operator' } });
    expect((await operator.call('PATCH', path(id), wrapped('uncertified'))).status).toBe(204);
    expect((await source.admin.call('PATCH', path(id), wrapped('certified'))).status).toBe(204);
    // A user who requests may withdraw the request, but not a decision.
    expect(code(await operator.call('PATCH', path(id), wrapped('uncertified')))).toEqual([403, 'ERR014']);
    const lastUpdatedDate = '2022-03-30T19:54:27.205+0000';
    const there = { operator: { ...administrator, fullName: 'the other one' }, lastUpdatedDate };
    expect((await target.admin.call('PATCH', path(id), wrapped('certified', there))).status).toBe(204);
    expect(await certificationOf(target, id)).toEqual({ status: 'certified', ...there });
  });

  test('is refused until the package is created', async () => {
    const release = held(source);
    const made = await source.admin.call('POST', '/api/migrations', {
      json: createBody({ content }),
      project: tutorial,
    });
    const id = String(made.json['id']);
    const early = await source.admin.call('PATCH', path(id), wrapped('requested'));
    expect([...code(early), early.json['message']]).toEqual([400, 'ERR006', notNow('packageInfo.status', 'creating')]);
    release();
    await settled(source.admin, id);
    expect((await source.admin.call('PATCH', path(id), wrapped('requested'))).status).toBe(204);
  });
});

test('a session shows the privileges of its user', async () => {
  const held = async (name: string) => {
    const client = await source.login(name, `${name}-sample`);
    const list = (await client.call('GET', '/api/sessions/privileges')).json as unknown as Json[];
    return list.filter((one) => one['isUserLevelAllowed'] === true).map((one) => one['name']);
  };
  expect(await held('viewer')).toEqual([]);
  expect(await held('operator')).toEqual(['Create package']);
  expect(await held('release')).toEqual([
    'Bypass all object security access checks',
    'Create package',
    'Manage Migration Packages',
  ]);
  const one = await source.admin.call('GET', '/api/sessions/privileges/295');
  expect(one.json).toMatchObject({ id: '295', name: 'Create package', isUserLevelAllowed: true });
  expect(one.json['projects']).toContainEqual({ id: tutorial, name: 'MicroStrategy Tutorial', isAllowed: true });
  expect(code(await source.admin.call('GET', '/api/sessions/privileges/9'))).toEqual([404, 'ERR004']);
});
