import { describe, expect, test } from '@jest/globals';
import { adapter } from '../../../../src/adapters/snaplogic/index.ts';
import { planeOf } from '../../../../src/adapters/snaplogic/connection.ts';
import { Secret } from '../../../../src/secret.ts';
import { adapterTools, never } from '../../../support/adapter-tools.ts';
import type { Exchange } from '../../../support/scripted-server.ts';
import {
  all,
  basic,
  envelope,
  entry,
  get,
  list,
  password,
  refusal,
  above,
  source,
  user,
  username,
  withSnaplogic,
} from '../../../support/snaplogic-client.ts';

const users = '/api/1/rest/public/users/ci%40acme.example';
const jwt = (claims: object) => new Secret(`x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`);
const asToken = (claims: object, settings: object = {}) => ({
  settings: { ...settings },
  secrets: { token: jwt(claims) },
});

describe('the settings of an instance', () => {
  const create = (settings: object, secrets: Record<string, Secret>) => () =>
    adapter.create(
      { name: 'dev', url: 'https://emea.snaplogic.com', settings: { ...settings }, secrets },
      adapterTools(),
    );

  test.each<[string, object, Record<string, Secret>]>([
    ['no credential', {}, {}],
    ['a password without a user', {}, { password: new Secret('x') }],
    ['a user without a password', { username }, {}],
    ['two credentials', { username }, { password: new Secret('x'), token: new Secret('y') }],
    ['an unknown setting', { username, space: 'x' }, { password: new Secret('x') }],
    ['an org with slashes', { username, org: '/Acme' }, { password: new Secret('x') }],
  ])('%s is CONFIG_INVALID', async (_, settings, secrets) => {
    await expect(() => Promise.resolve().then(create(settings, secrets))).toThrowCode('CONFIG_INVALID');
  });

  test('one control plane has several names', () => {
    expect(planeOf('https://cdn.elastic.snaplogic.com/')).toBe(planeOf('https://elastic.snaplogic.com'));
    expect(planeOf('https://uat.snaplogic.com')).toBe(planeOf('https://uat.elastic.snaplogic.com'));
    expect(planeOf('https://emea.snaplogic.com')).not.toBe(planeOf('https://elastic.snaplogic.com'));
    expect(planeOf('https://evil-snaplogic.com')).toBe('https://evil-snaplogic.com');
    expect(planeOf('http://127.0.0.1:80/x')).toBe('http://127.0.0.1');
  });
});

describe('probe', () => {
  test('tells the account and the orgs that it administers', async () => {
    const info = await withSnaplogic([user({ 'Acme-Dev': true, 'Acme-Prod': false })], ({ snap }) => snap.probe(never));
    expect(info).toMatchObject({ product: 'snaplogic', account: username, mode: 'normal', notes: [] });
    expect(info.version).not.toBe('');
    expect(info.rights.map(({ action, allowed }) => [action, allowed])).toEqual([
      ['administer Acme-Dev', true],
      ['administer Acme-Prod', false],
    ]);
  });

  test('warns of a locked account, an expired password and an org without this member', async () => {
    const locked = user({ 'Acme-Dev': true }, { user_locked_out: true, password_expired: true });
    const info = await withSnaplogic([locked], ({ snap }) => snap.probe(never), {
      settings: { username, org: 'acme-dev' },
    });
    expect(info.notes.join('\n')).toMatch(/locked[^]*expired[^]*not a member of the org acme-dev/);
  });

  test('asks for the user that a token names', async () => {
    for (const claims of [{ sub: username }, { snaplogic_username: username, sub: 'opaque' }]) {
      const exchange = get(users, envelope({ email: username, organizations: [] }));
      const info = await withSnaplogic([exchange], ({ snap }) => snap.probe(never), asToken(claims));
      expect(info.account).toBe(username);
    }
  });

  test('notes that a token is for another org', async () => {
    const exchange = get(users, envelope({ email: username, organizations: [{ name: 'Acme-Prod' }] }));
    const claims = { sub: username, org: 'Acme-Dev' };
    const info = await withSnaplogic(
      [exchange],
      ({ snap }) => snap.probe(never),
      asToken(claims, { org: 'Acme-Prod' }),
    );
    expect(info.notes).toEqual(['the token was issued for the org Acme-Dev, not for Acme-Prod']);
  });

  test('lists an org to prove the credentials when users are not described', async () => {
    const orgs = get(
      '/api/1/rest/asset/user/ci%40acme.example',
      envelope({ org_snodes: { '66': { name: 'Acme-Dev' } } }),
    );
    const script = [get(users, refusal(404), 'any'), orgs, list('/Acme-Dev', [])];
    expect(await withSnaplogic(script, ({ snap }) => snap.probe(never))).toMatchObject({
      account: username,
      rights: [{ allowed: undefined }],
    });
  });

  test('a token that names nobody needs an org', async () => {
    await withSnaplogic([], ({ snap }) => expect(() => snap.probe(never)).toThrowCode('CONFIG_INVALID'), asToken({}));
    const info = await withSnaplogic(
      [list('/Acme-Dev', [])],
      ({ snap }) => snap.probe(never),
      asToken({}, { org: 'Acme-Dev' }),
    );
    expect(info.account).toBe('the holder of a token');
  });

  test('wrong credentials are AUTH_REFUSED, and so is Basic where it is switched off', async () => {
    await withSnaplogic([get(users, refusal(401))], ({ snap }) =>
      expect(snap.probe(never)).rejects.toMatchObject({
        code: 'AUTH_REFUSED',
        hint: expect.stringContaining('locked'),
      }),
    );
    const off = [get(users, refusal(403), 'any'), get('/api/1/rest/asset/user/ci%40acme.example', refusal(403))];
    await withSnaplogic(off, ({ snap }) =>
      expect(snap.probe(never)).rejects.toMatchObject({
        code: 'AUTH_REFUSED',
        hint: expect.stringContaining('`token`'),
      }),
    );
  });
});

describe('errors of the control plane', () => {
  const ask = (response: Exchange['response']) =>
    withSnaplogic([get(users, response, 'any')], async ({ snap, tools }) => {
      const error: unknown = await snap.probe(never).catch((thrown: unknown) => thrown);
      return { error: error as Error & { code: string; details: object }, lines: tools.lines };
    });
  const nested = { message: '', http_status_code: 401, response_map: { error_list: [{ message: 'deep inside' }] } };

  test('an envelope in an envelope is read, and the higher code counts', async () => {
    const { error } = await ask({ json: { http_status_code: 200, response_map: { error_list: [nested] } } });
    expect(error).toMatchObject({ code: 'AUTH_REFUSED', message: expect.stringContaining('deep inside') });
  });

  test('an empty message leaves no colon at the end', async () => {
    const { error } = await ask(refusal(401, ''));
    expect(error.message).toBe('SnapLogic does not accept the credentials');
  });

  test('a body that is no JSON is an error that says so', async () => {
    const html = { text: '<html><title>Gateway</title></html>', headers: { 'content-type': 'text/html' } };
    expect((await ask(html)).error.code).toBe('REMOTE_UNEXPECTED');
    expect((await ask({ ...html, status: 500 })).error.code).toBe('REMOTE_UNEXPECTED');
  });

  test('an error_id is shown', async () => {
    const { error } = await ask({
      status: 400,
      json: { http_status_code: 400, response_map: { error_id: 'github-auth-required' } },
    });
    expect(error.message).toContain('github-auth-required');
  });

  test('500 in the body of a 200 is no success', async () => {
    const { error } = await ask({
      json: { http_status_code: 500, response_map: { error_list: [{ message: 'boom' }] } },
    });
    expect(error).toMatchObject({ code: 'REMOTE_UNEXPECTED', message: expect.stringContaining('boom') });
  });

  test('503 is tried again, and a lasting one is REMOTE_UNREACHABLE', async () => {
    expect((await ask(refusal(503))).error.code).toBe('REMOTE_UNREACHABLE');
  });

  test('credentials that the server repeats are not shown', async () => {
    const { error, lines } = await ask(refusal(401, `no ${basic} and no ${password}`));
    const said = JSON.stringify([String(error), error, error.stack, lines]);
    expect(said).not.toContain(password);
    expect(said).not.toContain(basic.slice(6));
  });
});

describe('the inventory', () => {
  const script = [user({ 'Acme-Dev': true }), ...above, ...source];

  test('lists orgs, spaces, projects and assets', async () => {
    await withSnaplogic(script, async ({ snap }) => {
      const ids = async (kind: string) => (await all(snap.inventory.list(kind, never))).map(({ id }) => id);
      expect(await ids('org')).toEqual(['/Acme-Dev']);
      expect(await ids('space')).toEqual(['/Acme-Dev/Finance']);
      expect(await ids('project')).toEqual(['/Acme-Dev/Finance/Invoices']);
      expect(await ids('asset')).toHaveLength(5);
      await expect(() => Promise.resolve().then(() => snap.inventory.list('snaplex', never))).toThrowCode('USAGE');
    });
  });

  const page = (offset: number, length: number): Exchange => ({
    request: {
      method: 'GET',
      path: '/api/1/rest/asset/list/Acme-Dev',
      query: { limit: '100', offset: String(offset) },
    },
    response: envelope({
      entries: Array.from({ length }, (_, index) => entry('/Acme-Dev', { name: `s${offset + index}` }, offset + index)),
    }),
  });
  const spacesOf = (pages: readonly Exchange[]) =>
    withSnaplogic(pages, ({ snap }) => all(snap.inventory.list('space', never)), {
      settings: { username, org: 'Acme-Dev' },
    });

  test('goes on beyond 100, and ends with a short page or an empty one', async () => {
    expect(await spacesOf([page(0, 100), page(100, 100), page(200, 3)])).toHaveLength(203);
    expect(await spacesOf([page(0, 100), page(100, 0)])).toHaveLength(100);
  });

  test('ends also with a server that ignores the offset', async () => {
    const same = { ...page(100, 0), response: page(0, 100).response };
    expect(await spacesOf([page(0, 100), same])).toHaveLength(100);
  });

  test.each([
    ['a space', 'project', [list('/Acme-Dev', [{ name: 'Secret' }])], '/Acme-Dev/Secret'],
    ['a project', 'asset', above, '/Acme-Dev/Finance/Invoices'],
    ['an org', 'space', [], '/Acme-Dev'],
  ])('fails when %s may not be listed or is not shown', async (_, kind, shown, hidden) => {
    for (const [status, code] of [
      [403, 'AUTH_REFUSED'],
      [404, 'NOT_FOUND'],
    ] as const) {
      const script = [user({ 'Acme-Dev': true }), ...shown, list(hidden, [], { response: refusal(status) })];
      await withSnaplogic(script, ({ snap }) => expect(() => all(snap.inventory.list(kind, never))).toThrowCode(code));
    }
  });

  test.each(['space', 'project', 'asset'])(
    'of %ss fails at an org that takes no passwords, and names the orgs that the instance can mean',
    async (kind) => {
      const script = [
        user({ 'Acme-Secure': true, 'Acme-Dev': true, 'Acme-Test': true }),
        list('/Acme-Secure', [], { response: refusal(403, 'Basic authentication is disabled in Acme-Secure') }),
      ];
      await withSnaplogic(script, async ({ snap }) => {
        await expect(all(snap.inventory.list(kind, never))).rejects.toMatchObject({
          code: 'AUTH_REFUSED',
          message: expect.stringContaining('Acme-Secure may not be listed') as unknown,
          hint: expect.stringMatching(/set `org` .*: Acme-Dev, Acme-Test; .*`token`/) as unknown,
        });
      });
    },
  );

  test('a project is found by its name beside a space that may not be listed', async () => {
    const hidden = list('/Acme-Dev/Secret', [], { response: refusal(403) });
    const spaces = list('/Acme-Dev', [{ name: 'Secret' }, { name: 'Finance' }]);
    await withSnaplogic(
      [user({ 'Acme-Dev': true }), spaces, hidden, ...above.slice(1), ...source],
      async ({ snap }) => {
        const prepared = await snap.exports!.prepare({ projects: ['Invoices'], options: {} }, never);
        expect(prepared.settled['source']).toBe('/Acme-Dev/Finance/Invoices');
      },
    );
  });

  test('names with any letters are sent unchanged', async () => {
    const odd = 'Ünï – 100% "a+b" & c*';
    const path = `/api/1/rest/asset/list/Acme-Dev/${encodeURIComponent(odd)}`;
    const script = [
      list('/Acme-Dev', [{ name: odd }]),
      get(path, envelope({ entries: [entry(`/Acme-Dev/${odd}`, { name: 'p' })] })),
    ];
    const [first, second] = script;
    const exchange = { ...second!, request: { ...second!.request, query: { limit: '100', offset: '0' } } };
    const projects = await withSnaplogic([first!, exchange], ({ snap }) => all(snap.inventory.list('project', never)), {
      settings: { username, org: 'Acme-Dev' },
    });
    expect(projects).toMatchObject([{ id: `/Acme-Dev/${odd}/p`, container: `/Acme-Dev/${odd}` }]);
  });
});

test('a base URL may have a path before the API', async () => {
  const exchange = user({ 'Acme-Dev': true });
  const request = { ...exchange.request, path: `/snap${exchange.request.path}` };
  const info = await withSnaplogic([{ ...exchange, request }], ({ snap }) => snap.probe(never), {
    settings: { username },
    secrets: { password: new Secret(password) },
    path: '/snap',
  });
  expect(info.account).toContain(username);
});
