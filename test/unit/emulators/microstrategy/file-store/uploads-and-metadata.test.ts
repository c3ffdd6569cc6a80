import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  create,
  newFolder,
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
} from '../library.ts';

const root = '/api/mstrServices/library/storage/sharedFileStore/files';
const region = '8D679D4B11D3E4981000E787EC6DE8A4';
const code = (answer: Answer) => [answer.status, answer.json['code']];

let library: Library;
beforeAll(async () => {
  library = await startLibrary();
});
afterAll(stopLibraries);

const declare = (client: Client, bytes: Uint8Array, more: Json = {}) =>
  client.call('POST', root, {
    json: {
      name: 'n',
      type: 'migrations.packages',
      extension: 'mmp',
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      environment: { id: 'e', name: 'e' },
      extraInfo: { packageType: 'project', packagePurpose: 'object_migration' },
      ...more,
    },
  });

async function upload(client: Client, id: unknown, bytes: Uint8Array, field = 'file'): Promise<Answer> {
  const boundary = 'b0undary';
  return client.call('PUT', `${root}/${String(id)}/binary`, {
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="f.mmp"\r\n\r\n`),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  });
}

const importFile = (client: Client, id: unknown, project: string | undefined = tutorial, member = 'files') =>
  client.call('POST', '/api/migrations', {
    ...(project === '' ? {} : { project }),
    json: {
      packageInfo: { storage: { sharedFileStore: { [member]: { id } } }, purpose: 'migration_from_shared_file_store' },
      importInfo: {},
    },
  });

async function packageBytes(from: Library): Promise<Buffer> {
  const record = await create(from.admin, { content: [{ id: region, type: 12 }] });
  return (await from.admin.call('GET', `/api/migrations/packages/${String(record['id']).slice(0, 32)}/binary`)).bytes;
}

describe('a binary', () => {
  test.each([
    ['a shorter body', Buffer.from('four'), Buffer.from('fou')],
    ['a longer body', Buffer.from('four'), Buffer.from('fives')],
    ['another body', Buffer.from('four'), Buffer.from('FOUR')],
  ])('with %s than declared is refused and leaves no file', async (_, declared, sent) => {
    const { id } = (await declare(library.admin, declared)).json;
    expect(code(await upload(library.admin, id, sent))).toEqual([400, 'ERR006']);
    const files = await readdir(join(library.directory, 'storage'), { recursive: true });
    expect(files.filter((name) => name.endsWith('.mmp') || name.includes('.upload'))).toEqual([]);
    expect(code(await importFile(library.admin, id))).toEqual([400, 'ERR006']);
    await library.admin.call('DELETE', `${root}/${String(id)}`);
  });

  test('needs a form with the part `file`', async () => {
    const bytes = Buffer.from('four');
    const { id } = (await declare(library.admin, bytes)).json;
    expect(code(await upload(library.admin, id, bytes, 'package'))).toEqual([400, 'ERR005']);
    const bare = await library.admin.call('PUT', `${root}/${String(id)}/binary`, { body: bytes });
    expect(code(bare)).toEqual([400, 'ERR005']);
    const broken = await library.admin.call('PUT', `${root}/${String(id)}/binary`, {
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nfo',
    });
    expect(code(broken)).toEqual([400, 'ERR005']);
    expect((await upload(library.admin, id, bytes)).status).toBe(200);
  });

  test('is found by its id with padding, percent-encoded or not, and without padding', async () => {
    const bytes = Buffer.from('four');
    const id = String((await declare(library.admin, bytes)).json['id']);
    expect(id.endsWith('==')).toBe(true);
    await upload(library.admin, id, bytes);
    for (const spelling of [id, id.replaceAll('=', '%3D'), id.replaceAll('=', '')]) {
      expect((await library.admin.call('GET', `${root}/${spelling}/binary`)).text).toBe('four');
    }
  });

  test('that is not a package makes its import fail with the reason', async () => {
    const bytes = Buffer.from('not a package at all');
    const { id } = (await declare(library.admin, bytes)).json;
    await upload(library.admin, id, bytes);
    const started = await importFile(library.admin, id);
    expect(started.status).toBe(201);
    expect(part(await settled(library.admin, String(started.json['id'])), 'importInfo')).toMatchObject({
      status: 'import_failed',
      message: expect.stringMatching(/damaged/),
      undoStorage: {},
    });
  });

  test('with one changed bit makes its import fail', async () => {
    const bytes = Buffer.from(await packageBytes(library));
    bytes[bytes.length - 5]! ^= 1;
    const { id } = (await declare(library.admin, bytes)).json;
    await upload(library.admin, id, bytes);
    const started = await importFile(library.admin, id);
    expect(part(await settled(library.admin, String(started.json['id'])), 'importInfo')['status']).toBe(
      'import_failed',
    );
  });
});

describe('metadata', () => {
  test('keeps a given package id, or makes one', async () => {
    const packageId = 'A'.repeat(32);
    const extraInfo = { packageType: 'configuration', packagePurpose: 'object_migration', packageId };
    const made = await declare(library.admin, Buffer.from('x'), { extraInfo });
    expect(made.json['extraInfo']).toEqual(extraInfo);
  });

  test('of a package that this Library made gets another package id', async () => {
    const record = await create(library.admin, { content: [{ id: region, type: 12 }] });
    const packageId = String(record['id']).slice(0, 32);
    const bytes = (await library.admin.call('GET', `/api/migrations/packages/${packageId}/binary`)).bytes;
    const made = (await declare(library.admin, bytes, { extraInfo: { packageType: 'project', packageId } })).json;
    expect(part(made, 'extraInfo')['packageId']).not.toBe(packageId);
    await upload(library.admin, made['id'], bytes);
    const [one, two] = [await importFile(library.admin, made['id']), await importFile(library.admin, made['id'])];
    expect(String(one.json['id']).slice(0, 32)).toBe(String(two.json['id']).slice(0, 32));
    for (const { json } of [one, two]) {
      expect(part(await settled(library.admin, String(json['id'])), 'importInfo')['status']).toBe('imported');
    }
    expect(part(await settled(library.admin, String(record['id'])), 'packageInfo')['replicated']).toBe(false);
  });

  test.each([
    ['an unknown package type', { extraInfo: { packageType: 'all' } }],
    ['an unknown purpose', { extraInfo: { packageType: 'project', packagePurpose: 'fun' } }],
    ['a negative size', { size: -1 }],
    ['no size', { size: null }],
    ['a short hash', { sha256: 'abc' }],
  ])('with %s is refused', async (_, more) => {
    expect((await declare(library.admin, Buffer.from('x'), more)).status).toBe(400);
  });

  test('is listed page by page', async () => {
    const own = await startLibrary();
    const ids: unknown[] = [];
    for (const text of ['a', 'b', 'c']) ids.push((await declare(own.admin, Buffer.from(text))).json['id']);
    const list = async (query: string) => (await own.admin.call('GET', `${root}?${query}`)).json;
    const all = await list('type=migrations.packages');
    expect([all['total'], (all['data'] as Json[]).map(({ id }) => id).toSorted()]).toEqual([3, ids.toSorted()]);
    const page = await list('type=migrations.packages&offset=1&limit=1');
    expect([page['total'], (page['data'] as Json[]).length]).toEqual([3, 1]);
    expect((await own.admin.call('GET', `${root}?type=documents`)).status).toBe(400);
  });

  test('is limited in number', async () => {
    const own = await startLibrary();
    own.faults.add({ type: 'named', name: 'storage-full', values: { max: 1 } });
    expect((await declare(own.admin, Buffer.from('a'))).status).toBe(200);
    const refused = await declare(own.admin, Buffer.from('b'));
    expect(code(refused)).toEqual([400, 'ERR006']);
    expect(refused.json['message']).toContain('storage.sharedFileStore.migrations.packages.maxNumber');
  });
});

describe('privileges', () => {
  test('uploads need the administration of the environment, imports do not', async () => {
    const manager = await library.login('release', 'release-sample');
    const storage = await library.login('storage', 'storage-sample');
    const bytes = await packageBytes(library);
    expect(code(await declare(manager, bytes))).toEqual([403, 'ERR014']);
    const { id } = (await declare(storage, bytes)).json;
    expect(code(await upload(manager, id, bytes))).toEqual([403, 'ERR014']);
    expect((await upload(storage, id, bytes)).status).toBe(200);
    expect(code(await manager.call('DELETE', `${root}/${String(id)}`))).toEqual([403, 'ERR014']);
    expect((await manager.call('GET', `${root}/${String(id)}/binary`)).bytes.equals(bytes)).toBe(true);
    const started = await importFile(manager, id, tutorial, 'file');
    expect(started.status).toBe(201);
    const record = await settled(manager, String(started.json['id']));
    expect(part(record, 'importInfo')['status']).toBe('imported');
    // An uploaded package is downloaded as a file.
    const packageId = String(started.json['id']).slice(0, 32);
    expect((await manager.call('GET', `/api/migrations/packages/${packageId}/binary`)).status).toBe(404);
  });
});

describe('packages of two kinds', () => {
  test('a project package needs the project header, a configuration package must not have it', async () => {
    const bytes = await packageBytes(library);
    const { id } = (await declare(library.admin, bytes)).json;
    await upload(library.admin, id, bytes);
    expect(code(await importFile(library.admin, id, ''))).toEqual([400, 'ERR005']);
    const wrong = await declare(library.admin, bytes, { extraInfo: { packageType: 'configuration' } });
    await upload(library.admin, wrong.json['id'], bytes);
    expect(code(await importFile(library.admin, wrong.json['id']))).toEqual([400, 'ERR006']);
    const started = await importFile(library.admin, wrong.json['id'], '');
    expect(part(await settled(library.admin, String(started.json['id'])), 'importInfo')).toMatchObject({
      status: 'import_failed',
      message: 'The file holds a project package.',
    });
  });
});

test('two Libraries on one storage see the same uploads', async () => {
  const [one, two] = await startPair();
  const bytes = await packageBytes(one);
  const { id } = (await declare(one.admin, bytes)).json;
  await upload(one.admin, id, bytes);
  const listed = (await two.admin.call('GET', `${root}?type=migrations.packages`)).json;
  expect((listed['data'] as Json[]).map((file) => file['id'])).toEqual([id]);
  expect((await two.admin.call('GET', `${root}/${String(id)}/binary`)).bytes.equals(bytes)).toBe(true);
  await two.admin.call('DELETE', `${root}/${String(id)}`);
  expect((await one.admin.call('GET', `${root}?type=migrations.packages`)).json).toEqual({ total: 0, data: [] });
});

test('administrators of the environment can see the storage and switch it off and on', async () => {
  const storage = await newFolder();
  const [one, two] = [await startLibrary({ storage }), await startLibrary({ storage, sample: 'target' })];
  expect((await one.admin.call('GET', '/api/mstrServices/library/storage')).json).toEqual({
    sharedFileStore: { type: 'file_system', alias: '', location: storage, s3Region: null, configured: true },
  });
  const path = '/api/mstrServices/library/storage';
  expect((await two.admin.call('POST', `${path}/validation`)).status).toBe(204);
  expect((await two.admin.call('PATCH', path, { json: { sharedFileStore: { type: 'unset' } } })).status).toBe(204);
  expect((await two.admin.call('GET', path)).json['sharedFileStore']).toMatchObject({
    type: 'unset',
    configured: false,
  });
  expect(code(await two.admin.call('POST', `${path}/validation`))).toEqual([400, 'ERR006']);
  const refused = await two.admin.call('GET', root);
  expect(refused.json['message']).toBe(
    'The Storage Service is not configured properly, please contact your administrator to configure Storage Service',
  );
  expect((await two.admin.call('PATCH', path, { json: { sharedFileStore: { type: 'S3' } } })).status).toBe(400);
  const elsewhere = { sharedFileStore: { type: 'file_system', location: '/somewhere/else' } };
  expect((await two.admin.call('PATCH', path, { json: elsewhere })).status).toBe(400);
  expect((await two.admin.call('PATCH', path, { json: { sharedFileStore: { type: 'file_system' } } })).status).toBe(
    204,
  );
  expect((await two.admin.call('GET', root)).status).toBe(200);
  const viewer = await two.login('viewer', 'viewer-sample');
  expect(code(await viewer.call('GET', path))).toEqual([403, 'ERR014']);
});
