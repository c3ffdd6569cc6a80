// Object migration and upload, with the numbers that the product's documents give the steps.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  approve,
  create,
  idNamed,
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

const guid = /^[0-9A-F]{32}$/;
const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/;
const region = '8D679D4B11D3E4981000E787EC6DE8A4';

afterAll(stopLibraries);

describe('object migration', () => {
  let source: Library;
  let target: Library;
  let id = '';
  let record: Json = {};
  let report = '';
  const sourceUrl = 'https://src.example/MicroStrategyLibrary/';
  const targetUrl = 'https://tgt.example/MicroStrategyLibrary/';

  beforeAll(async () => {
    [source, target] = await startPair();
    report = await idNamed(source.admin, 3, 'Revenue by Region');
  });

  test('step 1: POST starts the creation', async () => {
    const answer = await source.admin.call('POST', '/api/migrations', {
      project: tutorial,
      json: {
        packageInfo: {
          type: 'project',
          name: 'first',
          environment: { id: sourceUrl, name: 'src' },
          tocView: {
            settings: {
              updateSchema: ['recal_table_logical_size'],
              aclOnReplacingObjects: 'replace',
              aclOnNewObjects: ['inherit_acl_as_dest_folder'],
              defaultAction: 'replace',
            },
            content: [{ id: report, name: 'Revenue by Region', type: 3, action: 'replace', includeDependents: true }],
          },
          treeView: { treeViewType: 'x' },
        },
        importInfo: {
          environment: { id: targetUrl, name: 'tgt' },
          project: { id: tutorial, name: 'MicroStrategy Tutorial' },
        },
      },
    });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^[0-9A-F]{32}:[0-9A-F]{32}$/),
      packageInfo: { id: expect.stringMatching(guid), status: 'creating', progress: 0 },
      importInfo: {
        id: expect.stringMatching(guid),
        status: 'pending',
        importRequestStatus: 'pending',
        undoRequestStatus: 'pending',
        progress: 0,
      },
    });
    id = String(answer.json['id']);
    expect(id).toBe(
      `${String(part(answer.json, 'packageInfo')['id'])}:${String(part(answer.json, 'importInfo')['id'])}`,
    );
  });

  test('step 2: GET is polled until the package is created', async () => {
    const created = await settled(source.admin, id);
    const packageInfo = part(created, 'packageInfo');
    expect(packageInfo).toEqual({
      id: id.slice(0, 32),
      name: 'first',
      replicated: false,
      type: 'project',
      purpose: 'object_migration',
      creator: { id: '54F3D26011D2896560009A8E67019608', name: 'Administrator' },
      creationDate: expect.stringMatching(date),
      lastUpdatedDate: expect.stringMatching(date),
      environment: { id: sourceUrl, name: 'src' },
      storage: {
        size: expect.any(Number),
        path: expect.stringMatching(/^mstr\/shared\/migrations\/packages\/\d{4}-\d\d-\d\d\/[0-9A-F]{32}\.mmp$/),
      },
      project: { id: tutorial, name: 'MicroStrategy Tutorial' },
      status: 'created',
      message: '',
      progress: 100,
      deleted: false,
      existing: true,
    });
    expect(part(packageInfo, 'storage')['path']).not.toContain(id.slice(0, 32));
    expect(part(created, 'importInfo')).toEqual({
      id: id.slice(33),
      creator: {},
      creationDate: expect.stringMatching(date),
      lastUpdatedDate: expect.stringMatching(date),
      environment: { id: targetUrl, name: 'tgt' },
      status: 'pending',
      importRequestStatus: 'pending',
      undoRequestStatus: 'pending',
      progress: 0,
      message: '',
      undoStorage: {},
      project: { id: tutorial, name: 'MicroStrategy Tutorial' },
      deleted: false,
    });
    expect(created['version']).toBe('2');
  });

  test('step 3: PATCH requests, then approves, and the package is locked', async () => {
    const patch = (importRequestStatus: string) =>
      source.admin.call('PATCH', `/api/migrations/${id}`, { json: { importInfo: { importRequestStatus } } });
    const early = await patch('approved');
    expect([early.status, early.json['code']]).toEqual([400, 'ERR006']);
    const requested = await patch('requested');
    expect(requested.status).toBe(200);
    expect(part(requested.json, 'packageInfo')).toEqual({ id: id.slice(0, 32), status: 'created', progress: 100 });
    expect(part(requested.json, 'importInfo')).toEqual({
      id: id.slice(33),
      status: 'pending',
      importRequestStatus: 'requested',
      undoRequestStatus: 'pending',
      progress: 0,
    });
    const approved = await patch('approved');
    expect(approved.status).toBe(200);
    expect(part(approved.json, 'packageInfo')).toEqual({ id: id.slice(0, 32), status: 'locked', progress: 100 });
    expect(part(approved.json, 'importInfo')).toMatchObject({ status: 'pending', importRequestStatus: 'approved' });
    const again = await patch('requested');
    expect([again.status, again.json['code'], again.json['message']]).toEqual([
      400,
      'ERR006',
      "Cannot do current operation for now when `packageInfo.status` is 'locked'.",
    ]);
    expect(again.json['ticketId']).toMatch(/^[0-9a-f]{32}$/);
  });

  test('step 4: GET with showContent=all answers with the content', async () => {
    const answer = await source.admin.call('GET', `/api/migrations/${id}?showContent=all`);
    record = answer.json;
    const packageInfo = part(record, 'packageInfo');
    expect(packageInfo['status']).toBe('locked');
    expect(packageInfo['treeView']).toBe('{"treeViewType":"x"}');
    const content = part(packageInfo, 'tocView')['content'] as Json[];
    expect(content.find((one) => one['id'] === report)).toEqual({
      id: report,
      name: 'Revenue by Region',
      type: 3,
      action: 'replace',
      includeDependents: true,
      version: expect.stringMatching(guid),
      owner: { id: '54F3D26011D2896560009A8E67019608' },
      dateCreated: expect.stringMatching(date),
      dateModified: expect.stringMatching(date),
      explicitIncluded: true,
      level: 'project_object',
    });
    expect(content.find((one) => one['id'] === region)).toMatchObject({ action: 'replace', explicitIncluded: false });
  });

  test('step 5: PUT on the target starts the import, and a repeated PUT starts nothing', async () => {
    const packageInfo = { ...part(record, 'packageInfo'), replicated: true };
    const put = () =>
      target.admin.call('PUT', `/api/migrations/${id}?generateUndo=true`, {
        project: tutorial,
        json: { ...record, packageInfo },
      });
    const first = await put();
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({
      id,
      packageInfo: { id: id.slice(0, 32), status: 'locked', progress: 100 },
      importInfo: { status: 'importing', importRequestStatus: 'approved', undoRequestStatus: 'pending', progress: 0 },
    });
    const [second, third] = await Promise.all([put(), put()]);
    expect([second.status, third.status]).toEqual([201, 201]);
    const imported = await settled(target.admin, id);
    const after = await put();
    expect(part(after.json, 'importInfo')['status']).toBe('imported');
    expect(await settled(target.admin, id)).toEqual(imported);
  });

  test('step 6: GET on the target shows the end, while the source stays pending', async () => {
    const imported = await settled(target.admin, id);
    expect(part(imported, 'packageInfo')).toMatchObject({ replicated: true, status: 'locked' });
    expect(part(imported, 'importInfo')).toMatchObject({
      creator: { id: '54F3D26011D2896560009A8E67019608', name: 'Administrator' },
      status: 'imported',
      progress: 100,
      message: '',
      undoStorage: {
        size: expect.any(Number),
        path: `mstr/shared/migrations/undo/${id.slice(0, 32)}/${id.slice(33)}.mmp`,
      },
      project: { id: tutorial, name: 'MicroStrategy Tutorial' },
    });
    const onSource = await settled(source.admin, id);
    expect(part(onSource, 'importInfo')['status']).toBe('pending');
    const detail = await target.admin.call('GET', `/api/objects/${report}?type=3`, { project: tutorial });
    expect(detail.json['description']).toBe('with the totals of last year');
  });

  test('an undo is requested, then approved with 202, and ends with undo_success', async () => {
    const patch = (undoRequestStatus: string, project?: string) =>
      target.admin.call('PATCH', `/api/migrations/${id}`, {
        json: { importInfo: { undoRequestStatus } },
        ...(project === undefined ? {} : { project }),
      });
    const requested = await patch('requested');
    expect([requested.status, part(requested.json, 'importInfo')]).toEqual([
      200,
      {
        id: id.slice(33),
        status: 'imported',
        importRequestStatus: 'approved',
        undoRequestStatus: 'requested',
        progress: 100,
      },
    ]);
    const bare = await patch('approved');
    expect([bare.status, bare.json['code']]).toEqual([400, 'ERR005']);
    const approved = await patch('approved', tutorial);
    expect(approved.status).toBe(202);
    expect(part(approved.json, 'importInfo')).toMatchObject({
      status: 'undoing',
      undoRequestStatus: 'approved',
      progress: 100,
    });
    expect(part(await settled(target.admin, id), 'importInfo')['status']).toBe('undo_success');
    const detail = await target.admin.call('GET', `/api/objects/${report}?type=3`, { project: tutorial });
    expect(detail.json['description']).toBeUndefined();
  });

  test('a package is deleted on the source and on the target, and is then 404 ERR006', async () => {
    const path = `/api/migrations?packageId=${id.slice(0, 32)}`;
    for (const library of [source, target]) {
      expect((await library.admin.call('DELETE', path)).status).toBe(204);
      const again = await library.admin.call('DELETE', path);
      expect([again.status, again.json['code']]).toEqual([404, 'ERR006']);
      expect((await library.admin.call('GET', `/api/migrations/${id}`)).status).toBe(404);
    }
  });
});

describe('upload and import', () => {
  const root = '/api/mstrServices/library/storage/sharedFileStore/files';
  let source: Library;
  let target: Library;
  let bytes: Buffer = Buffer.alloc(0);
  let file: Json = {};
  let id = '';

  beforeAll(async () => {
    source = await startLibrary({ sample: 'source' });
    target = await startLibrary({ sample: 'target' });
  });

  test('step 1: the package is downloaded from the source', async () => {
    const report = await idNamed(source.admin, 3, 'Sales Cube');
    const created = await create(source.admin, {
      name: 'to carry',
      content: [{ id: report, type: 3, action: 'replace', includeDependents: true }],
    });
    const answer = await source.admin.call(
      'GET',
      `/api/migrations/packages/${String(part(created, 'packageInfo')['id'])}/binary`,
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=to_carry.mmp');
    bytes = answer.bytes;
    expect(bytes.subarray(0, 5).toString('hex')).toBe('0180befe7f');
    expect(bytes.subarray(0, 64).toString('latin1')).toContain('11.04.06.00');
    expect(part(part(created, 'packageInfo'), 'storage')['size']).toBe(bytes.length);
  });

  test('step 2: POST makes the metadata of an upload', async () => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const environment = { id: 'https://src.example/MicroStrategyLibrary', name: 'src' };
    const answer = await target.admin.call('POST', root, {
      json: {
        name: 'carried',
        type: 'migrations.packages',
        size: bytes.length,
        sha256,
        extension: 'mmp',
        environment,
        extraInfo: { packageType: 'project', packagePurpose: 'object_migration' },
      },
    });
    expect(answer.status).toBe(200);
    file = answer.json;
    expect(file).toEqual({
      id: expect.stringMatching(/^bWlncmF0aW9ucy5wYWNrYWdlcz[op][A-Za-z0-9]+==$/),
      type: 'migrations.packages',
      name: 'carried',
      path: expect.stringMatching(/^mstr\/shared\/migrations\/packages\/\d{4}-\d\d-\d\d\/[0-9A-F]{32}\.mmp$/),
      sha256,
      existing: false,
      size: bytes.length,
      extension: 'mmp',
      creator: { id: '54F3D26011D2896560009A8E67019608', name: 'Administrator' },
      environment,
      creationDate: expect.stringMatching(date),
      lastUpdatedDate: expect.stringMatching(date),
      extraInfo: {
        packageId: expect.stringMatching(guid),
        packageType: 'project',
        packagePurpose: 'object_migration',
      },
    });
    const decoded = Buffer.from(String(file['id']), 'base64').toString('latin1');
    expect(decoded).toBe(`migrations.packages:${String(file['path']).slice(-36, -4)}`);
  });

  test('step 3: PUT uploads the binary', async () => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(bytes)]), 'file');
    const { token, cookie } = target.admin;
    const response = await fetch(`${target.url}${root}/${String(file['id'])}/binary`, {
      method: 'PUT',
      headers: { 'X-MSTR-AuthToken': token, Cookie: cookie },
      body: form,
    });
    expect(response.status).toBe(200);
    const after = (await response.json()) as Json;
    expect(after).toEqual({ ...file, existing: true, lastUpdatedDate: expect.stringMatching(date) });
    const stored = await target.admin.call('GET', `${root}/${String(file['id'])}/binary`);
    expect(stored.bytes.equals(bytes)).toBe(true);
    expect(existsSync(join(target.directory, 'storage', String(file['path'])))).toBe(true);
  });

  test('step 4: POST imports at once, locked and approved', async () => {
    const answer = await target.admin.call('POST', '/api/migrations', {
      project: tutorial,
      json: {
        packageInfo: {
          storage: { sharedFileStore: { files: { id: file['id'] } } },
          purpose: 'migration_from_shared_file_store',
        },
        importInfo: {
          environment: { id: `${target.url}/`, name: 'tgt' },
          project: { id: tutorial, name: 'MicroStrategy Tutorial' },
        },
      },
    });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      packageInfo: { id: part(file, 'extraInfo')['packageId'], status: 'locked', progress: 100 },
      importInfo: { status: 'importing', importRequestStatus: 'approved', undoRequestStatus: 'pending', progress: 0 },
    });
    id = String(answer.json['id']);
  });

  test('step 5: GET is polled until it is imported', async () => {
    const record = await settled(target.admin, id);
    const packageInfo = part(record, 'packageInfo');
    expect(packageInfo).toMatchObject({
      name: 'carried',
      replicated: true,
      purpose: 'migration_from_shared_file_store',
      type: 'project',
      storage: { size: bytes.length, path: file['path'] },
      status: 'locked',
      existing: true,
    });
    expect(packageInfo).not.toHaveProperty('environment');
    expect(packageInfo).not.toHaveProperty('project');
    expect(part(record, 'importInfo')).toMatchObject({ status: 'imported', progress: 100, message: '' });
    expect(await idNamed(target.admin, 3, 'Sales Cube')).toMatch(guid);
    expect(await idNamed(target.admin, 12, 'Item')).toMatch(guid);
  });

  test('the file is deleted first, then the record', async () => {
    expect((await target.admin.call('DELETE', `${root}/${String(file['id'])}`)).status).toBe(204);
    expect((await target.admin.call('DELETE', `${root}/${String(file['id'])}`)).status).toBe(404);
    const list = await target.admin.call('GET', `${root}?type=migrations.packages&&offset=0&limit=10`);
    expect(list.json).toEqual({ total: 0, data: [] });
    const packageId = String(part(file, 'extraInfo')['packageId']);
    expect((await target.admin.call('DELETE', `/api/migrations?packageId=${packageId}`)).status).toBe(204);
  });
});

describe('routes between Libraries', () => {
  test('without a shared storage the target refuses the import and keeps nothing', async () => {
    const source = await startLibrary({ sample: 'source' });
    const target = await startLibrary({ sample: 'target' });
    const record = await create(source.admin, { content: [{ id: region, type: 12 }] });
    const body = await approve(source.admin, String(record['id']));
    const answer = await target.admin.call('PUT', `/api/migrations/${String(record['id'])}`, {
      json: body,
      project: tutorial,
    });
    expect([answer.status, answer.json['message']]).toEqual([
      400,
      'The shared file cannot be accessed. It may be deleted or the storage location cannot be accessed.',
    ]);
    expect((await target.admin.call('GET', `/api/migrations/${String(record['id'])}`)).status).toBe(404);
  });

  test.each([
    ['11.3.1460', '11.4.0600', 'imported'],
    ['11.4.0600', '11.4.0600', 'imported'],
    ['11.6.0600', '11.4.0600', 'import_failed'],
  ])('a package of release %s on release %s is %s', async (from, to, end) => {
    const [source, target] = await startPair({ version: from }, { version: to });
    const { record } = await migrate(source.admin, target.admin, { content: [{ id: region, type: 12 }] });
    expect(part(record, 'importInfo')['status']).toBe(end);
  });

  test('source and target may be the same Library', async () => {
    const library = await startLibrary();
    const { record } = await migrate(library.admin, library.admin, { content: [{ id: region, type: 12 }] });
    expect(part(record, 'importInfo')['status']).toBe('imported');
    expect(part(record, 'packageInfo')['replicated']).toBe(false);
  });

  test('the folder of the state is made when it is missing', async () => {
    const directory = join(await newFolder(), 'new', 'place');
    const library = await startLibrary({ directory });
    expect(existsSync(join(library.directory, 'state.sqlite'))).toBe(true);
  });
});
