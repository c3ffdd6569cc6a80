// The pages: login, sessions, downloads and uploads.
import { gunzipSync, gzipSync } from 'node:zlib';
import { request } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readTar, tarEnd, tarMember } from '../../../../../src/emulators/enms/web/tar.ts';
import {
  basic,
  cookieOf,
  everyType,
  get,
  internalError,
  namesOf,
  newFolder,
  post,
  send,
  startServer,
  stopServers,
  tokenOf,
  type Answer,
  type EnmsServer,
  type Json,
} from '../enms-server.ts';

let server: EnmsServer;
beforeAll(async () => {
  server = await startServer();
  const json = { name: 'p', import_export_types: everyType, export_private_properties: true };
  await server.call('POST', '/rest/migrate/export', { json });
});
afterAll(stopServers);

const form = (fields: Readonly<Record<string, string>>, file?: readonly [string, string | Uint8Array]) => {
  const data = new FormData();
  for (const [key, value] of Object.entries(fields)) data.append(key, value);
  if (file !== undefined) data.append('file', new Blob([new Uint8Array(Buffer.from(file[1]))]), file[0]);
  return data;
};

/** Headers and body as they were sent, without decoding. */
const raw = (url: string, headers: Readonly<Record<string, string>>) =>
  new Promise<{ readonly headers: NodeJS.Dict<string | string[]>; readonly body: Buffer }>((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end();
  });

describe('a login', () => {
  const submit = async (fields: Json, cookie?: string) => {
    const page = await send(`${server.url}/login`, 'GET');
    const text = new URLSearchParams({ csrf_token: tokenOf(page.text), ...fields } as Record<
      string,
      string
    >).toString();
    const headers = { Cookie: cookie ?? cookieOf(page), 'Content-Type': 'application/x-www-form-urlencoded' };
    return send(`${server.url}/login`, 'POST', { text, headers });
  };

  test('begins with a page that has a token and sets a cookie that scripts cannot read', async () => {
    const page = await send(`${server.url}/login`, 'GET');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(tokenOf(page.text)).not.toBe('');
    expect(page.headers.get('set-cookie')).toMatch(/^session=[^;]+; HttpOnly; Path=\/$/);
  });

  test('redirects to the landing page', async () => {
    const answer = await submit({ username: 'admin', password: server.password, authentication_method: 'database' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/dashboard']);
  });

  test.each([
    [{ username: 'admin', password: 'wrong' }],
    [{ username: 'nobody', password: 'x' }],
    [{ username: 'admin' }],
  ])('with %j is 403 and HTML', async (fields) => {
    const answer = await submit(fields);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
  });

  test.each([
    ['no token', { csrf_token: '' }, undefined],
    ['a wrong token', { csrf_token: 'x' }, undefined],
    ['no cookie', {}, 'other=1'],
  ])('with %s is 400', async (_, fields, cookie) => {
    expect((await submit({ username: 'admin', password: server.password, ...fields }, cookie)).status).toBe(400);
  });
});

describe('a session', () => {
  test.each([['/download/folder/migrations/p'], ['/dashboard?a=b'], ['/nothing']])(
    'is needed for %s, which asks for a login; HTTP Basic does not count',
    async (path) => {
      const answer = await server.call('GET', path);
      const location = `/login?next_url=${encodeURIComponent(`${server.url}${path}`)}`;
      expect([answer.status, answer.headers.get('location')]).toEqual([302, location]);
    },
  );

  test.each([
    ['/get_migration_folders', 403, 'Error 403 - Not Authorized.'],
    ['/nothing', 404, 'Error 404 - Not Found.'],
  ])('is needed to post to %s, and its token alone is not enough', async (path, status, alert) => {
    const page = await send(`${server.url}/login`, 'GET');
    const headers = { Cookie: cookieOf(page), 'X-CSRFToken': tokenOf(page.text) };
    const answer = await send(`${server.url}${path}`, 'POST', { headers });
    expect([answer.status, answer.json]).toEqual([status, { alert }]);
  });

  test('begins with the login: the cookie of the login page opens nothing', async () => {
    const page = await send(`${server.url}/login`, 'GET');
    const fields = { csrf_token: tokenOf(page.text), username: 'admin', password: server.password };
    const headers = { Cookie: cookieOf(page), 'Content-Type': 'application/x-www-form-urlencoded' };
    const entered = await send(`${server.url}/login`, 'POST', {
      text: new URLSearchParams(fields).toString(),
      headers,
    });
    const open = (cookie: string) => send(`${server.url}/dashboard`, 'GET', { headers: { Cookie: cookie } });
    expect((await open(cookieOf(page))).status).toBe(302);
    expect((await open(cookieOf(entered))).status).toBe(200);
    expect(entered.headers.get('set-cookie')).toMatch(/^session=[^;]+; Expires=[^;]+ GMT; HttpOnly; Path=\/$/);
    const forged = cookieOf(entered).replace(/=./, '=A');
    expect((await open(forged)).status).toBe(302);
  });

  test('is redirected from the root to the login page, and from there to the landing page', async () => {
    const session = await server.login();
    expect((await session.call('GET', '/')).headers.get('location')).toBe('/login');
    expect((await session.call('GET', '/login')).headers.get('location')).toBe('/dashboard');
  });

  test('does not open REST, and ends with a REST call that has its cookie', async () => {
    const session = await server.login();
    const open = () => session.call('GET', '/dashboard');
    expect((await open()).status).toBe(200);
    const after = async (answer: Answer) =>
      session.call('GET', '/dashboard', { headers: { Cookie: cookieOf(answer) } });
    const refused = await session.call('GET', '/rest/workers');
    expect([refused.status, (await after(refused)).status]).toEqual([401, 302]);
    const answered = await server.call('GET', '/rest/query/user', { headers: { Cookie: session.cookie } });
    expect([answered.status, (await after(answered)).status]).toEqual([200, 302]);
  });

  test('is bound to the client that began it', async () => {
    const session = await server.login();
    const headers = { 'User-Agent': 'another browser' };
    expect((await session.call('GET', '/dashboard', { headers })).status).toBe(302);
    // The token is still valid, so the request does not count as forged, but nobody is logged in.
    expect((await session.call('POST', '/get_migration_folders', { headers })).status).toBe(403);
  });

  test('needs its token for each POST, as a header or a field', async () => {
    const session = await server.login();
    const headers = { Cookie: session.cookie };
    const path = `${server.url}/get_migration_folders`;
    expect((await send(path, 'POST', { headers })).status).toBe(400);
    expect((await send(path, 'POST', { headers: { ...headers, 'X-CSRFToken': 'x' } })).status).toBe(400);
    const field = form({ csrf_token: session.token });
    expect((await send(path, 'POST', { headers, form: field })).json).toEqual(['default', 'p']);
  });

  test('ends with logout', async () => {
    const session = await server.login();
    const out = await session.call('GET', '/logout');
    expect([out.status, out.headers.get('location')]).toEqual([302, '/login']);
    expect((await session.call('GET', '/dashboard', { headers: { Cookie: cookieOf(out) } })).status).toBe(302);
  });

  test('of a user without the right is 403', async () => {
    const session = await server.login('bob', 'sample-auditor');
    expect((await session.call('GET', '/dashboard')).status).toBe(200);
    expect((await session.call('GET', '/download/folder/migrations/p')).status).toBe(403);
    expect((await session.call('POST', '/migration_export', { json: {} })).status).toBe(403);
    const operator = await server.login('alice', 'sample-operator');
    expect((await operator.call('GET', '/download/folder/migrations/p')).status).toBe(200);
  });

  test('is answered by 404 for an unknown page', async () => {
    const session = await server.login();
    const answer = await session.call('GET', '/nothing');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect((await session.call('POST', '/nothing')).json).toEqual({ alert: 'Error 404 - Not Found.' });
  });
});

describe('a download', () => {
  test('of a folder is a gzipped tar and has the headers for it', async () => {
    const { cookie } = await server.login();
    const agent = 'migrator-test';
    const page = await send(`${server.url}/login`, 'GET', { headers: { 'User-Agent': agent } });
    const entered = await send(`${server.url}/login`, 'POST', {
      text: new URLSearchParams({
        csrf_token: tokenOf(page.text),
        username: 'admin',
        password: server.password,
      }).toString(),
      headers: {
        Cookie: cookieOf(page),
        'User-Agent': agent,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
    });
    expect(cookie).not.toBe(cookieOf(entered));
    const answer = await raw(`${server.url}/download/folder/migrations/p`, {
      Cookie: cookieOf(entered),
      'User-Agent': agent,
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-tar',
      'content-encoding': 'gzip',
      'content-disposition': 'inline; filename=p.tgz',
    });
    const members = readTar(gunzipSync(answer.body));
    expect(members.map(({ name }) => name)).toEqual([
      '/',
      ...[...everyType, 'metadata'].sort().map((type) => `${type}.yaml`),
    ]);
    const disk = await readFile(join(server.directory, 'files', 'migrations', 'p', 'device.yaml'));
    expect(members.find(({ name }) => name === 'device.yaml')?.content).toEqual(disk);
  });

  test('of a folder removes its rows from the database, and leaves the folder on the disk', async () => {
    const session = await server.login();
    await session.call('POST', '/scan_folder/%3Emigrations');
    const rows = async () => {
      const files = (await server.call('GET', '/rest/query/file')).json as readonly { readonly path: string }[];
      return files.map(({ path }) => path).filter((path) => path.startsWith('/migrations/p'));
    };
    expect(await rows()).toContain('/migrations/p/device.yaml');
    expect((await session.call('GET', '/download/folder/migrations/p')).status).toBe(200);
    expect(await rows()).toEqual([]);
    expect((await session.call('GET', '/download/file/migrations/p/device.yaml')).status).toBe(200);
  });

  test('of a file has its bytes; a workbook has its own content type', async () => {
    const session = await server.login();
    const file = await session.call('GET', '/download/file/migrations/p/metadata.yaml');
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
    expect(file.text).toMatch(/^\{export_time: /);
    const json = { export_filename: 'net' };
    expect((await session.call('POST', '/topology_export', { json })).text).toBe('null\n');
    const workbook = await session.call('GET', '/download/file/spreadsheets/net.xls');
    expect(workbook.headers.get('content-type')).toBe('application/vnd.ms-excel');
    expect(workbook.bytes.subarray(0, 4).toString('hex')).toBe('d0cf11e0');
  });

  test.each([
    '/download/file/migrations/p/none.yaml',
    '/download/folder/migrations/none',
    '/download/file/migrations/p',
  ])('of %s is 500 and HTML', async (path) => {
    const answer = await (await server.login()).call('GET', path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8']);
  });
});

describe('an upload', () => {
  test('brings a project to another server, which imports it', async () => {
    const target = await startServer({ sample: false });
    const [from, to] = [await server.login(), await target.login()];
    await post(target, 'folder', { name: 'p', path: '/migrations/p' });
    for (const type of [...everyType, 'metadata']) {
      const { bytes } = await from.call('GET', `/download/file/migrations/p/${type}.yaml`);
      const fields = { form_type: 'upload_files', folder: '/migrations/p' };
      const answer = await to.call('POST', '/upload_files', { form: form(fields, [`${type}.yaml`, bytes]) });
      expect([answer.status, answer.text]).toEqual([200, 'null\n']);
    }
    expect((await to.call('POST', '/get_migration_folders')).json).toEqual(['default', 'p']);
    expect((await target.call('GET', '/rest/query/file?path=/migrations/p/metadata.yaml')).json).toHaveLength(1);
    const json = { name: 'p', import_export_types: everyType };
    expect((await target.call('POST', '/rest/migrate/import', { json })).json).toBe('Import successful');
  });

  test.each([
    ['without form_type', { folder: '/migrations/p' }],
    ['into a folder that is absent', { form_type: 'upload_files', folder: '/migrations/none' }],
    ['without a folder', { form_type: 'upload_files' }],
  ])('%s is 500', async (_, fields) => {
    const session = await server.login();
    const answer = await session.call('POST', '/upload_files', { form: form(fields, ['a.yaml', '[]']) });
    expect([answer.status, answer.json]).toEqual([500, internalError]);
  });

  test.each(['/../..', '/migrations/../../setup'])('to %s is refused with 200', async (folder) => {
    const session = await server.login();
    const data = form({ form_type: 'upload_files', folder }, ['a.yaml', '[]']);
    const answer = await session.call('POST', '/upload_files', { form: data });
    expect([answer.status, answer.json]).toEqual([200, { error: 'The path resolves outside of the files folder.' }]);
  });

  test('that is larger than the server accepts is 413, as a page', async () => {
    const session = await server.login();
    const headers = {
      Cookie: session.cookie,
      'X-CSRFToken': session.token,
      'Content-Type': 'multipart/form-data; boundary=x',
      'Content-Length': String(100 * 1024 * 1024 + 1),
    };
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${server.url}/upload_files`, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on('error', reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
  });

  test('without a token is 400', async () => {
    const session = await server.login();
    const data = form({ form_type: 'upload_files', folder: '/migrations/p' }, ['a.yaml', '[]']);
    const headers = { 'X-CSRFToken': '' };
    expect((await session.call('POST', '/upload_files', { form: data, headers })).status).toBe(400);
  });
});

describe('another page', () => {
  test('exports, imports and handles topologies by session', async () => {
    const session = await server.login();
    const json = { name: 'by-page', import_export_types: ['pool'], export_private_properties: false };
    expect((await session.call('POST', '/migration_export', { json })).text).toBe('null\n');
    expect((await session.call('POST', '/migration_import', { json })).json).toBe('Import successful');
    expect((await session.call('POST', '/migration_import', { json: { ...json, name: 'none' } })).status).toBe(500);
  });

  test('makes rows for files on disk', async () => {
    const session = await server.login();
    await server.call('DELETE', '/rest/instance/file/%3Emigrations%3Ep%3Emetadata.yaml');
    const path = '/rest/query/file?path=/migrations/p/metadata.yaml';
    expect((await server.call('GET', path)).json).toEqual([]);
    expect((await session.call('POST', '/scan_folder/%3Emigrations')).text).toBe('null\n');
    expect((await server.call('GET', path)).json).toHaveLength(1);
  });

  test('exports a service with all that is in it, and refuses one of an older release', async () => {
    const session = await server.login();
    const { id } = await get(server, 'service', 'Check release');
    const { bytes } = await session.call('GET', `/export_service/${String(id)}`);
    const members = readTar(gunzipSync(bytes));
    expect(members.map(({ name }) => name)).toEqual([
      'Check release/',
      'Check release/metadata.yaml',
      'Check release/service.yaml',
      'Check release/workflow_edge.yaml',
    ]);
    const target = await startServer({ sample: false });
    const upload = async (content: Uint8Array) => {
      const there = await target.login();
      const data = form({ form_type: 'import_services' }, ['s.tgz', content]);
      return there.call('POST', '/import_services', { form: data });
    };
    const old = members.map((member) =>
      member.name.endsWith('metadata.yaml') ? { ...member, content: Buffer.from('{version: 4.2}\n') } : member,
    );
    const archive = gzipSync(Buffer.concat([...old.map(tarMember), tarEnd()]));
    expect((await upload(archive)).json).toEqual({ alert: 'Import from an older version is not allowed' });
    expect(await namesOf(target, 'service')).not.toContain('Check release');
    expect((await upload(bytes)).json).toBe('Import successful');
    expect(await get(target, 'workflow_edge', 'Check release failure')).toMatchObject({
      source: '[Check release] Read version',
      destination: '[Shared] End',
    });
  });
});

describe('a tar archive', () => {
  test.each(['a', 'x'.repeat(90), 'x'.repeat(93), 'y'.repeat(101), 'z'.repeat(988), 'é'.repeat(80)])(
    'keeps the name %s',
    (name) => {
      const member = { name, type: 'file' as const, content: Buffer.from('content') };
      expect(readTar(Buffer.concat([tarMember(member), tarEnd()]))).toEqual([member]);
    },
  );

  test('is refused when it is not one', () => {
    expect(() => readTar(Buffer.alloc(1024, 1))).toThrow('not a tar file');
  });
});

test('a session survives a restart', async () => {
  const directory = await newFolder();
  const first = await startServer({ directory, port: 0 });
  const session = await first.login();
  await first.close();
  const second = await startServer({ directory });
  const answer = await send(`${second.url}/dashboard`, 'GET', { headers: { Cookie: session.cookie } });
  expect(answer.status).toBe(200);
  const with401 = { Authorization: basic('admin:x') };
  expect((await send(`${second.url}/rest/workers`, 'GET', { headers: with401 })).status).toBe(401);
});
