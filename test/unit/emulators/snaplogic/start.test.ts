import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { accountNames, faultNames } from '../../../../src/emulators/index.ts';
import { basic, newFolder, pub, rest, startPlane, stopPlanes, type ControlPlane, type Json } from './control-plane.ts';

afterEach(stopPlanes);

const orgs = async (plane: ControlPlane): Promise<readonly unknown[]> => {
  const answer = await plane.get(`${pub}/users/admin@acme.example`);
  return (answer.map['organizations'] as readonly Json[]).map(({ name }) => name);
};

describe('a folder', () => {
  test('is served by one process at a time', async () => {
    const one = await startPlane();
    await expect(() => startPlane({ directory: one.directory })).toThrowCode('CONFLICT');
    await one.close();
    await one.close();
    await startPlane({ directory: one.directory });
  });

  test('is made when it is missing, with its files', async () => {
    const directory = join(await newFolder(), 'a', 'b');
    await startPlane({ directory });
    expect(existsSync(join(directory, 'state.sqlite'))).toBe(true);
    expect(readdirSync(join(directory, 'files')).length).toBeGreaterThan(0);
  });

  test('is refused when it is a file', async () => {
    const one = await startPlane();
    await one.close();
    await expect(() => startPlane({ directory: join(one.directory, 'state.sqlite') })).toThrowCode('LOCAL_IO');
  });

  test('is free again after a start on a port that is taken', async () => {
    const one = await startPlane();
    const directory = await newFolder();
    const port = Number(new URL(one.url).port);
    await expect(() => startPlane({ directory, port })).toThrowCode('CONFLICT');
    await startPlane({ directory });
  });
});

describe('sample data', () => {
  test.each([
    ['source', ['Acme-Dev', 'Acme-Test', 'Acme-Prod', 'Acme-Secure']],
    ['target', ['Acme-EU', 'Acme-EU-Prod']],
    [false, ['Acme']],
  ] as const)('of the sample %s has its environments', async (sample, expected) => {
    expect(await orgs(await startPlane({ sample }))).toEqual(expected);
  });

  test('is the same each time, and differs in the target', async () => {
    const [one, two, target] = await Promise.all([startPlane(), startPlane(), startPlane({ sample: 'target' })]);
    const path = '/Acme-Dev/Finance/Invoices';
    expect(await one.list(path)).toEqual(await two.list(path));
    const ids = (list: readonly Json[]) => list.map(({ snode_id: id }) => id);
    expect(ids(await one.list('/Acme-Dev'))).not.toEqual(ids(await target.list('/Acme-EU')));
  });

  test('has a list with more than two pages', async () => {
    const plane = await startPlane();
    const path = `${rest}/asset/list/Acme-Dev/Sales%20EMEA/Bulk`;
    const page = async (query: string) =>
      ((await plane.get(`${path}${query}`)).map['entries'] as readonly Json[]).map(({ name }) => name);
    expect(await page('')).toHaveLength(100);
    expect(await page('?limit=1000')).toHaveLength(230);
    expect(await page('?limit=100&offset=200')).toHaveLength(30);
    const all = await plane.list('/Acme-Dev/Sales EMEA/Bulk');
    expect(new Set(all.map(({ name }) => name)).size).toBe(230);
  });

  test('has no plain secret in its file', async () => {
    const plane = await startPlane();
    await plane.close();
    const bytes = readFileSync(join(plane.directory, 'state.sqlite'));
    expect(bytes.includes('sample-account-password')).toBe(false);
    expect(bytes.includes('SAMPLE-TOKEN')).toBe(false);
    expect(bytes.includes('load_invoices')).toBe(true);
  });
});

describe('the administrator', () => {
  test('has a password that stays the same after a restart', async () => {
    const one = await startPlane();
    await one.close();
    const two = await startPlane({ directory: one.directory });
    expect(two.credentials).toEqual(one.credentials);
    expect(two.credentials['username']).toBe('admin@acme.example');
    expect((await startPlane()).credentials['password']).not.toBe(one.credentials['password']);
  });

  test('can be given, and then administers every environment', async () => {
    const credentials = { username: 'me@acme.example', password: 'it: has a colon, and ümlauts' };
    const plane = await startPlane({ credentials });
    expect(plane.credentials).toEqual(credentials);
    const { map } = await plane.get(`${pub}/users/me@acme.example`);
    expect(map['organizations']).toMatchObject(Array.from({ length: 4 }, () => ({ administrator: true })));
  });

  test('has credentials with the names that the command line uses', () => {
    expect(accountNames('snaplogic')).toEqual(['username', 'password']);
    expect(faultNames('snaplogic')).toEqual(expect.arrayContaining(['stuck', 'sync-cut', 'status-foreign-host']));
  });
});

describe('a restart', () => {
  test('keeps assets, files, the recycle bin and sessions', async () => {
    const one = await startPlane();
    const session = (await one.get(`${rest}/asset/session?caller=admin@acme.example`)).map['token'];
    await one.post(`${pub}/assetapi/project/Acme-Test/Finance/Kept`, {});
    const form = new FormData();
    form.append('file', new Blob(['bytes']), 'x');
    await one.call('POST', `${rest}/slfs/Acme-Test/Finance/Kept/x.txt`, { form });
    await one.call('DELETE', `${rest}/asset/Acme-Dev/Finance/Invoices/notify`);
    await one.close();
    const two = await startPlane({ directory: one.directory });
    const as = `SLToken ${String(session)}`;
    expect((await two.get(`${rest}/slfs/Acme-Test/Finance/Kept/x.txt`, { as })).text).toBe('bytes');
    const bin = await two.get(`${rest}/asset/list/Acme-Dev/_rbin`);
    expect(bin.map['entries']).toMatchObject([{ name: 'notify' }]);
  });

  test('removes contents that no asset has', async () => {
    const one = await startPlane();
    const count = () => readdirSync(join(one.directory, 'files')).length;
    const before = count();
    await one.call('DELETE', `${rest}/slfs/Acme-Dev/Finance/Invoices/rates.json`);
    await one.close();
    await startPlane({ directory: one.directory });
    expect(count()).toBe(before - 1);
  });

  test('after a kill finishes the running migration', async () => {
    const directory = await newFolder();
    const token = join(directory, 'token');
    const script = `
      import { writeFileSync } from 'node:fs';
      const { startEmulator } = await import(${JSON.stringify(new URL('../../../../dist/emulators/index.js', import.meta.url).href)});
      const server = await startEmulator('snaplogic', { directory: process.argv[1], pace: 60000 });
      const { username, password } = server.credentials;
      const Authorization = 'Basic ' + Buffer.from(username + ':' + password).toString('base64');
      const path = server.url + '${pub}/project/migrate/Acme-Dev/Finance/Invoices';
      const body = JSON.stringify({ dest_path: '/Acme-Test/Finance/Invoices' });
      const answer = await (await fetch(path, { method: 'POST', headers: { Authorization }, body })).json();
      writeFileSync(process.argv[2], answer.response_map.status_token);
      process.kill(process.pid, 'SIGKILL');
    `;
    expect(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, directory, token], { stdio: 'ignore' }),
    ).toThrow();
    const plane = await startPlane({ directory });
    const status = await plane.finished(readFileSync(token, 'utf8'));
    expect(status).toMatchObject({ status: 'Completed', failed: [] });
    expect(status['successful']).toHaveLength(10);
  });
});

describe('a JWT', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const ownKey = (plane: ControlPlane) =>
    createPrivateKey(readFileSync(join(plane.directory, 'setup', 'jwt-private-key.pem')));
  const jwt = (
    plane: ControlPlane,
    claims: Json = {},
    head: Json = { alg: 'ES256', typ: 'JWT' },
    key: KeyObject = ownKey(plane),
  ): string => {
    const aud = `${plane.url}/api/1/rest/public`;
    const all = { iat: now, exp: now + 600, sub: 'ci@acme.example', aud, iss: 'acme-idp', org: 'Acme-Dev', ...claims };
    const signed = `${encode(head)}.${encode(all)}`;
    const form = key.asymmetricKeyType === 'ec' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
    return `Bearer ${signed}.${sign('sha256', Buffer.from(signed), form).toString('base64url')}`;
  };
  const look = async (plane: ControlPlane, as: string, org = 'Acme-Dev') =>
    (await plane.get(`${rest}/asset/list/${org}`, { as })).status;

  test('opens only the environment that it names', async () => {
    const plane = await startPlane();
    expect(await look(plane, jwt(plane))).toBe(200);
    expect(await look(plane, jwt(plane), 'Acme-Test')).toBe(403);
  });

  test('for the source can begin a migration into another environment', async () => {
    const plane = await startPlane();
    const body = { dest_path: '/Acme-Test/Finance/Invoices' };
    const path = `${pub}/project/migrate/Acme-Dev/Finance/Invoices`;
    expect((await plane.post(path, body, { as: jwt(plane, { org: 'Acme-Test' }) })).status).toBe(403);
    const answer = await plane.post(path, body, { as: jwt(plane) });
    expect(answer.status).toBe(200);
    expect((await plane.finished(answer.map['status_token'], jwt(plane)))['user_id']).toBe('ci@acme.example');
  });

  test('of Entra has other claims', async () => {
    const plane = await startPlane();
    const claims = {
      aud: 'application id',
      sub: 'subject id',
      snaplogic_aud: `${plane.url}/api/1/rest/public`,
      snaplogic_username: 'ci@acme.example',
      snaplogic_org: 'Acme-Dev',
    };
    expect(await look(plane, jwt(plane, claims))).toBe(200);
  });

  test('is refused with a wrong signature', async () => {
    const plane = await startPlane();
    const good = jwt(plane);
    const [head = '', , signature = ''] = good.split('.');
    const claims = {
      ...(JSON.parse(Buffer.from(good.split('.')[1]!, 'base64url').toString()) as Json),
      sub: 'admin@acme.example',
    };
    expect(await look(plane, `${head}.${encode(claims)}.${signature}`)).toBe(401);
    expect(await look(plane, `${head}.${good.split('.')[1]!}.${encode('signature')}`)).toBe(401);
    expect(await look(plane, `${head}.${good.split('.')[1]!}.`)).toBe(401);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(await look(plane, jwt(plane, {}, { alg: 'ES256' }, stranger))).toBe(401);
    expect(await look(plane, jwt(plane, {}, { alg: 'RS256' }))).toBe(401);
    expect(await look(plane, jwt(plane, {}, { alg: 'ES256', kid: 'embedded' }))).toBe(200);
    expect(await look(plane, jwt(plane, {}, { alg: 'ES256', kid: 'another' }))).toBe(401);
    expect(await look(plane, good)).toBe(200);
  });

  test('can be signed with a key that was added to the key set, which a restart keeps', async () => {
    const directory = await newFolder();
    const one = await startPlane({ directory });
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const file = join(directory, 'setup', 'jwks.json');
    const key = { ...publicKey.export({ format: 'jwk' }), kid: 'acme-idp-1' };
    writeFileSync(file, JSON.stringify({ keys: [{ kty: 'RSA', kid: 'broken' }, key] }));
    expect(await look(one, jwt(one, {}, { alg: 'RS256', kid: 'acme-idp-1' }, privateKey))).toBe(200);
    expect(await look(one, jwt(one))).toBe(401);
    await one.close();
    const two = await startPlane({ directory });
    expect(await look(two, jwt(two, {}, { alg: 'RS256' }, privateKey))).toBe(200);
    writeFileSync(file, 'no JSON');
    expect(await look(two, jwt(two, {}, { alg: 'RS256' }, privateKey))).toBe(401);
  });

  test.each<readonly [string, Json]>([
    ['another audience', { aud: 'https://elastic.snaplogic.com/api/1/rest/public' }],
    ['a time that has passed', { exp: now - 1 }],
    ['no time', { exp: undefined }],
    ['no issuer', { iss: '' }],
    ['an unknown user', { sub: 'nobody@acme.example' }],
    ['an unknown environment', { org: 'Acme-Nowhere' }],
    ['a locked user', { sub: 'locked@acme.example' }],
  ])('with %s is refused', async (_, claims) => {
    const plane = await startPlane();
    expect(await look(plane, jwt(plane, claims))).toBe(401);
  });

  test('without a signature, or of another form, is refused', async () => {
    const plane = await startPlane();
    expect(await look(plane, jwt(plane, {}, { alg: 'none' }))).toBe(401);
    expect(await look(plane, 'Bearer a.b.c')).toBe(401);
    expect(await look(plane, 'Bearer ..')).toBe(401);
    expect(await look(plane, basic('', ''))).toBe(401);
  });
});
