// The requests of the vendor's Python client in their exact form, and what it needs in the answers.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  clientOf,
  idNamed,
  part,
  send,
  settled,
  startPair,
  stopLibraries,
  tutorial,
  type Client,
  type Json,
  type Library,
} from './library.ts';

let source: Library;
let target: Library;
let src: Client;
let tgt: Client;

const form = (fields: Readonly<Record<string, string>>) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
});

/** The client's connection: login by form, session, status, a second login on older servers. */
async function connect(library: Library): Promise<Client> {
  const { username = '', password = '' } = library.credentials;
  const first = await send(
    library.url,
    'POST',
    '/api/auth/login',
    form({ loginMode: '1', applicationType: '76', username, password }),
  );
  expect(first.status).toBe(204);
  expect(first.text).toBe('');
  expect(first.headers.get('x-mstr-authtoken')).toMatch(/^[a-z0-9]{26}$/);
  const client = clientOf(library.url, first);
  expect(typeof (await client.call('GET', '/api/sessions')).json['timeout']).toBe('number');
  const status = (await client.call('GET', '/api/status')).json;
  const release = String(status['iServerVersion']).slice(0, 9);
  expect([release, String(status['webVersion']).slice(0, 9)]).toEqual([release, release]);
  if (release >= '11.5.0600') return client;
  const second = await send(library.url, 'POST', '/api/auth/login', {
    body: new URLSearchParams({
      loginMode: '1',
      applicationType: '35',
      username,
      password,
      workingSet: '10',
      maxSearch: '3',
    }).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: client.cookie },
  });
  expect(second.status).toBe(204);
  const again = clientOf(library.url, second);
  expect((await again.call('GET', '/api/sessions')).json).toMatchObject({ workingSet: 10, maxSearch: 3 });
  // The client never logs the first session out.
  expect((await client.call('GET', '/api/sessions')).status).toBe(200);
  return again;
}

beforeAll(async () => {
  [source, target] = await startPair({ version: '11.4.0600' }, { version: '11.6.0600.00118' });
  src = await connect(source);
  tgt = await connect(target);
});
afterAll(stopLibraries);

const slashed = (library: Library) => `${library.url}/`;
const async = { Prefer: 'respond-async' };

const createBody = (content: readonly unknown[], settings: Json = {}): Json => ({
  packageInfo: {
    name: 'by python',
    type: 'project',
    environment: { id: slashed(source), name: slashed(source) },
    tocView: {
      settings: {
        defaultAction: 'use_existing',
        updateSchema: [],
        aclOnReplacingObjects: 'use_existing',
        aclOnNewObjects: ['keep_acl_as_source_object'],
        ...settings,
      },
      content,
    },
    treeView: {},
  },
  importInfo: {},
});

describe('a connection', () => {
  test('finds its project in the plain list and closes without a project header', async () => {
    const client = await connect(source);
    const projects = (await client.call('GET', '/api/projects')).json as unknown as Json[];
    expect(projects.find(({ id }) => id === tutorial)).toEqual({
      acg: 255,
      id: tutorial,
      name: 'MicroStrategy Tutorial',
      status: 0,
      alias: '',
      description: expect.any(String),
      dateCreated: expect.any(String),
      dateModified: expect.any(String),
      owner: { id: '54F3D26011D2896560009A8E67019608', name: 'Administrator' },
    });
    const verbose = await client.call('GET', `/api/objects/${tutorial}?type=32&comments=True`, { project: tutorial });
    expect(verbose.json).toMatchObject({ id: tutorial, type: 32, comments: [] });
    expect((await client.call('POST', '/api/auth/logout')).status).toBe(204);
    const dead = await client.call('POST', '/api/auth/logout');
    expect([dead.status, dead.json['code']]).toEqual([401, 'ERR009']);
  });

  test('sends an API token as the username, in JSON', async () => {
    const made = await src.call('POST', '/api/auth/apiTokens', { json: {} });
    expect(made.status).toBe(201);
    const answer = await send(source.url, 'POST', '/api/auth/login', {
      json: { loginMode: 4096, applicationType: 76, username: made.json['apiToken'] },
    });
    expect(answer.status).toBe(204);
  });

  test('requests a delegated session with the login mode as text', async () => {
    const parent = await connect(source);
    const identity = await parent.call('POST', '/api/auth/identityToken');
    const identityToken = identity.headers.get('x-mstr-identitytoken') ?? '';
    const answer = await send(source.url, 'POST', '/api/auth/delegate', { json: { loginMode: '-1', identityToken } });
    expect(answer.status).toBe(204);
    const child = clientOf(source.url, answer);
    expect((await child.call('GET', '/api/sessions/userInfo')).json['id']).toBe('54F3D26011D2896560009A8E67019608');
    expect((await child.call('POST', '/api/auth/logout')).status).toBe(204);
    expect((await parent.call('GET', '/api/sessions')).status).toBe(401);
  });

  test('is refused for an unknown application type with the words that the client looks for', async () => {
    const { username = '', password = '' } = source.credentials;
    const answer = await send(
      source.url,
      'POST',
      '/api/auth/login',
      form({ loginMode: '1', applicationType: '0', username, password }),
    );
    expect(answer.status).toBe(400);
    expect(answer.json['message']).toContain('constraint violations');
  });
});

describe('a list that the client fetches in parts', () => {
  test.each([
    '/api/users/?nameBegins=&abbreviationBegins=&offset=0&limit=2',
    '/api/usergroups/?nameBegins=&offset=0&limit=2',
  ])('has its length in a header, without which the client fails: %s', async (line) => {
    const answer = await src.call('GET', line);
    const total = Number(answer.headers.get('x-mstr-total-count'));
    const first = answer.json as unknown as Json[];
    expect(first).toHaveLength(2);
    expect(total).toBeGreaterThan(2);
    const rest = await src.call('GET', line.replace('offset=0&limit=2', `offset=2&limit=${total}`));
    expect(rest.json).toHaveLength(total - 2);
  });

  test('has its length in a header: a search in two steps', async () => {
    const query = 'name=Revenue&pattern=4&domain=2&type=3';
    const stored = await src.call('POST', `/api/metadataSearches/results?${query}`, { project: tutorial });
    const id = String(stored.json['id']);
    const page = await src.call('GET', `/api/metadataSearches/results?searchId=${id}&offset=0&limit=1`, {
      project: tutorial,
    });
    expect(page.json).toHaveLength(1);
    expect(page.headers.get('x-mstr-total-count')).toBe(String(stored.json['totalItems']));
  });

  test('has its length in a header: the projects of an administrator', async () => {
    const answer = await src.call('GET', '/api/monitors/projects?offset=0&limit=1000');
    const projects = answer.json['projects'] as Json[];
    expect(answer.headers.get('x-mstr-total-count')).toBe(String(projects.length));
    expect(projects.map(({ id }) => id)).toContain(tutorial);
  });

  test('can be limited to a login name', async () => {
    const answer = await src.call('GET', '/api/users/?abbreviationBegins=operator&offset=0&limit=1000');
    expect(answer.json).toMatchObject([{ abbreviation: 'operator', username: 'operator' }]);
  });

  test('shows privileges with number and name', async () => {
    const list = (await src.call('GET', '/api/iserver/privileges')).json as unknown as Json[];
    expect(list.filter(({ id }) => id === '295' || id === '296')).toMatchObject([
      { name: 'Create package', isProjectLevelPrivilege: true },
      { name: 'Manage Migration Packages', isProjectLevelPrivilege: true },
    ]);
  });
});

describe('the client can', () => {
  let id = '';
  let report = '';

  test('create an object migration', async () => {
    report = await idNamed(src, 3, 'Revenue by Region');
    const answer = await src.call('POST', '/api/migrations?unlockOnStart=True', {
      project: tutorial,
      headers: async,
      json: createBody([{ id: report, type: 3, action: 'replace', includeDependents: false }]),
    });
    expect(answer.status).toBe(201);
    id = String(answer.json['id']);
    // The first access to an attribute, with the project header of the session.
    const fetched = await src.call('GET', `/api/migrations/${id}?showContent=default`, { project: tutorial });
    for (const name of ['name', 'type', 'creator', 'creationDate', 'lastUpdatedDate']) {
      expect(part(fetched.json, 'packageInfo')).toHaveProperty(name);
    }
    expect(part(fetched.json, 'importInfo')).toMatchObject({ id: id.slice(33), environment: {} });
    await settled(src, id);
  });

  test('alter the information of a migration, with the id in path and query', async () => {
    const encoded = id.replace(':', '%3A');
    const answer = await src.call('PATCH', `/api/migrations/${id}?migrationId=${encoded}`, {
      json: { packageInfo: { name: 'renamed' } },
    });
    expect(answer.status).toBe(200);
    const byEncoded = await src.call('GET', `/api/migrations/${encoded}?showContent=default`);
    expect(part(byEncoded.json, 'packageInfo')['name']).toBe('renamed');
  });

  test('trigger a validation', async () => {
    const cached = part((await src.call('GET', `/api/migrations/${id}?showContent=default`)).json, 'packageInfo');
    const whole = {
      ...cached,
      name: 'by python',
      creationDate: '2026-01-02T03:04:05+00:00',
      creator: { ...part(cached, 'creator'), type: 34 },
      project: { ...part(cached, 'project'), type: 32 },
    };
    const patched = await src.call('PATCH', `/api/migrations/${id}?migrationId=${id.replace(':', '%3A')}`, {
      json: {
        id,
        packageInfo: whole,
        importInfo: {
          id: id.slice(33),
          environment: { id: slashed(target), name: slashed(target) },
          project: { id: tutorial, name: 'MicroStrategy Tutorial' },
        },
      },
    });
    expect(patched.status).toBe(200);
    const all = (await src.call('GET', `/api/migrations/${id}?showContent=all`)).json;
    expect(part(all, 'packageInfo')['name']).toBe('by python');
    expect(part(all, 'importInfo')['environment']).toEqual({ id: slashed(target), name: slashed(target) });
    const started = await tgt.call('PUT', `/api/migrations/${id}/validation`, {
      project: tutorial,
      headers: async,
      json: all,
    });
    expect([started.status, started.text]).toEqual([202, '']);
    const watched = await src.call('PATCH', `/api/migrations/${id}`, {
      json: { validation: { status: 'validating' } },
    });
    expect([watched.status, watched.json['validation']]).toEqual([200, { status: 'validating', progress: 0 }]);
    const end = await settled(src, id);
    expect(end['validation']).toEqual({
      status: 'validated',
      progress: 100,
      creationDate: expect.any(String),
      lastUpdatedDate: expect.any(String),
      message: '',
    });
    const untouched = await tgt.call('GET', `/api/objects/${report}?type=3`, { project: tutorial });
    expect(untouched.json['description']).toBeUndefined();
    expect((await tgt.call('GET', `/api/migrations/${id}`)).status).toBe(404);
  });

  test('migrate by two PATCH requests, each with the target, then GET and PUT', async () => {
    const importInfo = {
      environment: { id: slashed(target), name: slashed(target) },
      project: { id: tutorial, name: 'MicroStrategy Tutorial' },
    };
    for (const importRequestStatus of ['requested', 'approved']) {
      const answer = await src.call('PATCH', `/api/migrations/${id}?migrationId=${id.replace(':', '%3A')}`, {
        json: { importInfo: { importRequestStatus, ...importInfo } },
      });
      expect(answer.status).toBe(200);
    }
    const all = (await src.call('GET', `/api/migrations/${id}?showContent=all`)).json;
    const answer = await tgt.call('PUT', `/api/migrations/${id}?generateUndo=True`, {
      project: tutorial,
      headers: async,
      json: { ...all, packageInfo: { ...part(all, 'packageInfo'), replicated: true } },
    });
    expect(answer.status).toBe(201);
    expect(part(await settled(tgt, id), 'importInfo')).toMatchObject({ status: 'imported', ...importInfo });
  });

  test('reverse a migration', async () => {
    for (const [undoRequestStatus, status] of [
      ['requested', 200],
      ['approved', 202],
    ] as const) {
      const answer = await tgt.call('PATCH', `/api/migrations/${id}?migrationId=${id.replace(':', '%3A')}`, {
        project: tutorial,
        headers: async,
        json: { importInfo: { undoRequestStatus } },
      });
      expect(answer.status).toBe(status);
    }
    expect(part(await settled(tgt, id), 'importInfo')['status']).toBe('undo_success');
  });

  test('reuse a package, which needs no approval', async () => {
    const created = await src.call('POST', `/api/migrations?unlockOnStart=True&packageId=${id.slice(0, 32)}`, {
      json: {
        importInfo: {
          environment: { id: slashed(target), name: slashed(target) },
          project: { id: tutorial, name: 'MicroStrategy Tutorial' },
        },
      },
    });
    expect(created.status).toBe(201);
    const reused = String(created.json['id']);
    expect(reused.slice(0, 33)).toBe(id.slice(0, 33));
    expect(reused).not.toBe(id);
    const all = (await src.call('GET', `/api/migrations/${reused}?showContent=all`)).json;
    const put = { json: { ...all, packageInfo: { ...part(all, 'packageInfo'), replicated: true } }, headers: async };
    const bare = await tgt.call('PUT', `/api/migrations/${reused}?generateUndo=True`, put);
    expect([bare.status, bare.json['code']]).toEqual([400, 'ERR005']);
    const answer = await tgt.call('PUT', `/api/migrations/${reused}?generateUndo=True`, { ...put, project: tutorial });
    expect(answer.status).toBe(201);
    expect(part(await settled(tgt, reused), 'importInfo')['status']).toBe('imported');
    expect((await src.call('GET', `/api/migrations/${reused}?showContent=default`)).status).toBe(200);
  });

  test('certify with the state, with operator and date, or with autoSync alone', async () => {
    const path = `/api/migrations/${id}/packageInfo/certification`;
    const operator = { id: '54F3D26011D2896560009A8E67019608', name: 'Administrator', fullName: 'Administrator' };
    const certification = { status: 'certified', operator, lastUpdatedDate: '2026-01-02T03:04:05.000000+0000' };
    expect((await src.call('PATCH', path, { json: certification })).status).toBe(204);
    expect((await tgt.call('PATCH', `${path}?autoSync=True`)).status).toBe(204);
    for (const client of [src, tgt]) {
      const record = (await client.call('GET', `/api/migrations/${id}?showContent=default`)).json;
      expect(part(record, 'packageInfo')['certification']).toEqual(certification);
    }
  });

  test('download a package, whose name follows the equals sign', async () => {
    const answer = await src.call('GET', `/api/migrations/packages/${id.slice(0, 32)}/binary`, { project: tutorial });
    expect(answer.headers.get('content-disposition')?.split('filename=')[1]).toBe('by_python.mmp');
  });

  test('migrate from a file, list migrations and delete one', async () => {
    const bytes = (await src.call('GET', `/api/migrations/packages/${id.slice(0, 32)}/binary`)).bytes;
    const root = '/api/mstrServices/library/storage/sharedFileStore/files';
    const made = await tgt.call('POST', root, {
      project: tutorial,
      json: {
        name: null,
        extension: 'mmp',
        type: 'migrations.packages',
        size: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        environment: { id: target.url, name: target.url },
        extraInfo: { packageType: 'project', packagePurpose: 'migration_from_shared_file_store' },
      },
    });
    expect(made.status).toBe(200);
    const boundary = 'c0ffee0123456789';
    const uploaded = await tgt.call('PUT', `${root}/${String(made.json['id'])}/binary`, {
      headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
      body: Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n`),
        bytes,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
    });
    expect([uploaded.status, uploaded.json['existing']]).toEqual([200, true]);
    const started = await tgt.call('POST', '/api/migrations?unlockOnStart=True', {
      project: tutorial,
      headers: async,
      json: {
        packageInfo: {
          storage: { sharedFileStore: { files: { id: made.json['id'] } } },
          purpose: 'migration_from_shared_file_store',
          project: { id: tutorial, name: 'MicroStrategy Tutorial' },
        },
        importInfo: {
          environment: { id: slashed(target), name: slashed(target) },
          project: { id: tutorial, name: 'MicroStrategy Tutorial' },
        },
      },
    });
    expect(started.status).toBe(201);
    const uploadedId = String(started.json['id']);
    expect(part(await settled(tgt, uploadedId), 'importInfo')['status']).toBe('imported');

    const purposes = 'object_migration%2Cproject_merge%2Cmigration_from_shared_file_store';
    const listed = await tgt.call('GET', `/api/migrations?offset=0&limit=1000&packageInfo.purpose=${purposes}`, {
      project: tutorial,
    });
    const data = listed.json['data'] as Json[];
    expect(listed.json['total']).toBe(data.length);
    expect(data.map((one) => one['id'])).toEqual(expect.arrayContaining([id, uploadedId]));
    for (const one of data) expect(part(one, 'packageInfo')).toHaveProperty('name');

    const files = await tgt.call('GET', `${root}?offset=0&limit=100&type=migrations.packages`, { project: tutorial });
    const path = part(part(await settled(tgt, uploadedId), 'packageInfo'), 'storage')['path'];
    const file = (files.json['data'] as Json[]).find((one) => one['path'] === path);
    expect((await tgt.call('DELETE', `${root}/${String(file!['id'])}`, { project: tutorial })).status).toBe(204);
    const removal = `/api/migrations?packageId=${uploadedId.slice(0, 32)}`;
    expect((await tgt.call('DELETE', removal, { project: tutorial })).status).toBe(204);
    const gone = await tgt.call('DELETE', removal, { project: tutorial });
    expect([gone.status, gone.json['code']]).toEqual([404, 'ERR006']);
  });

  test('create an admin migration without project header; reads may have the header', async () => {
    const [group] = (await src.call('GET', '/api/searches/results?name=Board&type=34')).json['result'] as Json[];
    const body = createBody([{ id: group!['id'], type: 34, action: 'replace', includeDependents: false }]);
    const json = { ...body, packageInfo: { ...part(body, 'packageInfo'), type: 'configuration' } };
    const refused = await src.call('POST', '/api/migrations?unlockOnStart=True', { json, project: tutorial });
    expect([refused.status, refused.json['code']]).toEqual([400, 'ERR006']);
    const created = await src.call('POST', '/api/migrations?unlockOnStart=True', { json, headers: async });
    expect(created.status).toBe(201);
    const read = await src.call('GET', `/api/migrations/${String(created.json['id'])}?showContent=all`, {
      project: tutorial,
    });
    expect([read.status, part(read.json, 'packageInfo')['project']]).toEqual([200, {}]);
    expect(part(await settled(src, String(created.json['id'])), 'packageInfo')['status']).toBe('created');
  });
});
