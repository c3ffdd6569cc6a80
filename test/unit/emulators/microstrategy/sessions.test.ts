import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  clientOf,
  login,
  newFolder,
  send,
  startLibrary,
  stopLibraries,
  tutorial,
  type Answer,
  type Library,
} from './library.ts';

let library: Library;
beforeAll(async () => {
  library = await startLibrary();
});
afterAll(stopLibraries);

const post = (json: unknown) => send(library.url, 'POST', '/api/auth/login', { json });
const code = (answer: Answer) => [answer.status, answer.json['code']];

describe('a login', () => {
  test('answers 204 with the token in a header and two cookies for the context path', async () => {
    const { username, password } = library.credentials;
    expect(username).toBe('Administrator');
    const answer = await post({ username, password, loginMode: 1 });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('x-mstr-authtoken')).toMatch(/^[a-z0-9]{26}$/);
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    expect(cookies[0]).toMatch(/^JSESSIONID=[0-9A-F]{32}; Path=\/MicroStrategyLibrary; HttpOnly$/);
    expect(cookies[1]).toMatch(/^iSession=[0-9A-F]{32}; Path=\/MicroStrategyLibrary; HttpOnly$/);
  });

  test('uses the standard mode by default, and ignores the letter case of user names', async () => {
    expect((await post({ username: 'OPERATOR', password: 'operator-sample' })).status).toBe(204);
  });

  test.each([
    ['a wrong password', { username: 'operator', password: 'wrong' }],
    ['no password', { username: 'operator' }],
    ['an unknown user', { username: 'nobody', password: 'x' }],
    ['an empty body', {}],
    ['an LDAP user in standard mode', { username: 'ada', password: 'ada-sample', loginMode: 1 }],
    ['a standard user in LDAP mode', { username: 'operator', password: 'operator-sample', loginMode: 16 }],
    ['a disabled account', { username: 'former', password: 'former-sample' }],
    ['a mode that is not enabled', { username: 'operator', password: 'operator-sample', loginMode: 64 }],
    ['an unknown API token', { username: 'x', loginMode: 4096 }],
    ['no API token', { loginMode: 4096 }],
  ])('with %s is refused with 401 ERR003', async (_, body) => {
    const answer = await post(body);
    expect(code(answer)).toEqual([401, 'ERR003']);
    expect(answer.headers.get('x-mstr-authtoken')).toBeNull();
  });

  test('uses mode 16 for LDAP users and mode 8 for guests', async () => {
    const ada = await login(library.url, 'ada', 'ada-sample', 16);
    expect((await ada.call('GET', '/api/sessions/userInfo')).json).toMatchObject({
      fullName: 'Ada Directory',
      initials: 'AD',
    });
    const guest = await post({ loginMode: 8 });
    expect(guest.status).toBe(204);
    expect(code(await clientOf(library.url, guest).call('GET', '/api/migrations'))).toEqual([403, 'ERR014']);
  });

  test('can use modes that everybody can list', async () => {
    const answer = await send(library.url, 'GET', '/api/config/authModes');
    expect(answer.json).toEqual({ modes: expect.arrayContaining([1, 8, 16]) });
  });
});

describe('a session', () => {
  test('needs its token and its cookies', async () => {
    const one = await login(library.url, 'operator', 'operator-sample');
    const other = await login(library.url, 'operator', 'operator-sample');
    const get = async (token: string, cookie: string) =>
      code(await send(library.url, 'GET', '/api/projects', { headers: { 'X-MSTR-AuthToken': token, Cookie: cookie } }));
    const dead = [401, 'ERR009'];
    expect(await get(one.token, '')).toEqual(dead);
    expect(await get('', one.cookie)).toEqual(dead);
    expect(await get(one.token, other.cookie)).toEqual(dead);
    expect(await get('x'.repeat(26), one.cookie)).toEqual(dead);
    const [own = '', shared = ''] = one.cookie.split('; ');
    expect(await get(one.token, `${own}; ${other.cookie.split('; ')[1] ?? ''}`)).toEqual(dead);
    const answer = await send(library.url, 'GET', '/api/projects', {
      headers: { 'X-MSTR-AuthToken': one.token, Cookie: `route=a1; ${own}; ${shared}` },
    });
    expect(answer.status).toBe(200);
  });

  test('shows its time-out in seconds and is kept alive by PUT', async () => {
    const client = await login(library.url, 'operator', 'operator-sample');
    const answer = await client.call('GET', '/api/sessions');
    expect(answer.json).toEqual({
      locale: 1033,
      maxSearch: 3,
      workingSet: 10,
      timeout: 1800,
      id: expect.stringMatching(/^[0-9A-F]{32}$/),
      fullName: 'Olga Operator',
      initials: 'OO',
    });
    expect((await client.call('PUT', '/api/sessions')).status).toBe(204);
    expect((await client.call('GET', `/api/sessions/${tutorial}`)).json['timeout']).toBe(1800);
  });

  test('ends when it was idle for too long', async () => {
    const client = await login(library.url, 'operator', 'operator-sample');
    const off = library.faults.add({ type: 'named', name: 'session-timeout', values: { seconds: 0 } });
    expect(code(await client.call('GET', '/api/projects'))).toEqual([401, 'ERR009']);
    off();
    expect(code(await client.call('GET', '/api/projects'))).toEqual([401, 'ERR009']);
  });

  test('ends only by POST of logout', async () => {
    const client = await login(library.url, 'operator', 'operator-sample');
    expect((await client.call('DELETE', '/api/auth/login')).status).toBe(404);
    expect((await client.call('POST', '/api/auth/logout')).status).toBe(204);
    expect(code(await client.call('PUT', '/api/sessions'))).toEqual([401, 'ERR009']);
  });

  test('gives its token for its iSession cookie', async () => {
    const client = await login(library.url, 'operator', 'operator-sample');
    const headers = { Cookie: client.cookie.split('; ')[1] ?? '' };
    const answer = await send(library.url, 'GET', '/api/auth/token', { headers });
    expect([answer.status, answer.headers.get('x-mstr-authtoken')]).toEqual([204, client.token]);
    expect(code(await send(library.url, 'GET', '/api/auth/token'))).toEqual([401, 'ERR009']);
  });

  test('above the limit of a project can log in, but its first call in the project fails', async () => {
    const off = library.faults.add({ type: 'named', name: 'session-cap', values: { limit: 2 } });
    const user = () => login(library.url, 'viewer', 'viewer-sample');
    const [first, second, third] = [await user(), await user(), await user()];
    const search = (client: typeof first) =>
      client.call('GET', '/api/searches/results?name=Year', { project: tutorial });
    expect([(await search(first)).status, (await search(second)).status]).toEqual([200, 200]);
    const refused = await search(third);
    expect([refused.status, refused.json['code'], refused.json['iServerCode']]).toEqual([500, 'ERR001', -2147072486]);
    expect((await third.call('GET', '/api/projects')).status).toBe(200);
    await first.call('POST', '/api/auth/logout');
    expect((await search(third)).status).toBe(200);
    off();
  });
});

describe('an API token', () => {
  test('replaces the former token of the user', async () => {
    const client = await login(library.url, 'release', 'release-sample');
    const make = async (json: unknown) => client.call('POST', '/api/auth/apiTokens', { json });
    const first = (await make({})).json;
    const second = (await make({ lifeTimeInMinutes: 5 })).json;
    const by = async (token: unknown) => (await post({ loginMode: 4096, username: token })).status;
    expect([await by(first['apiToken']), await by(second['apiToken'])]).toEqual([401, 204]);
    expect(Date.parse(String(second['expireTime'])) - Date.parse(String(second['createTime']))).toBe(300_000);
    const { id } = (await library.admin.call('GET', '/api/sessions/userInfo')).json;
    expect(code(await make({ userId: id }))).toEqual([403, 'ERR014']);
    const expired = (await make({ lifeTimeInMinutes: -1 })).json;
    expect(await by(expired['apiToken'])).toBe(401);
  });

  test('survives a restart, but sessions do not', async () => {
    const directory = await newFolder();
    const one = await startLibrary({ directory });
    const { apiToken } = (await one.admin.call('POST', '/api/auth/apiTokens', { json: {} })).json;
    await one.close();
    const two = await startLibrary({ directory });
    expect(two.credentials).toEqual(one.credentials);
    const answer = await send(two.url, 'GET', '/api/projects', {
      headers: { 'X-MSTR-AuthToken': one.admin.token, Cookie: one.admin.cookie },
    });
    expect(code(answer)).toEqual([401, 'ERR009']);
    const again = await send(two.url, 'POST', '/api/auth/login', { json: { loginMode: 4096, username: apiToken } });
    expect(again.status).toBe(204);
  });
});

test('a Library accepts given credentials', async () => {
  const given = await startLibrary({ credentials: { username: 'boss', password: 'as told' } });
  expect(given.credentials).toEqual({ username: 'boss', password: 'as told' });
  expect((await given.admin.call('GET', '/api/sessions/userInfo')).json['fullName']).toBe('Administrator');
});
