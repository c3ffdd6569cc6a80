import { describe, expect, test } from '@jest/globals';
import { adapter } from '../../../../src/adapters/enms/index.ts';
import { Secret } from '../../../../src/secret.ts';
import { adapterTools, never } from '../../../support/adapter-tools.ts';
import { alert, alive, folders, login, page, password, rest, version, withEnms } from '../../../support/enms-client.ts';

const told = (response: Parameters<typeof rest>[2]) => [alive, rest('GET', 'query/server', response)];

describe('probe', () => {
  test('tells the release and the account to an administrator', async () => {
    await withEnms([alive, version], async ({ enms, url }) => {
      expect(await enms.probe(never)).toMatchObject({
        product: 'enms',
        version: '4.6',
        url,
        account: 'admin',
        mode: 'normal',
        notes: [],
        rights: [{ allowed: true }, { allowed: true }, { allowed: true }],
      });
    });
  });

  test('a wrong login is AUTH_REFUSED although is_alive answers, and is shown nowhere', async () => {
    await withEnms(told(alert(401, 'Wrong Credentials')), async ({ enms, tools }) => {
      const error: unknown = await enms.probe(never).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'AUTH_REFUSED', message: expect.stringContaining('Wrong Credentials') });
      const said = JSON.stringify([String(error), error, tools.lines]);
      expect(said).not.toContain(password);
      expect(said).not.toContain(Buffer.from(`admin:${password}`).toString('base64'));
    });
  });

  test('says that an account may not migrate', async () => {
    await withEnms(told(alert(403, 'Not Authorized')), async ({ enms }) => {
      const info = await enms.probe(never);
      expect(info.notes.join()).toContain('admin is not an administrator');
      expect(info.rights[0]).toMatchObject({ action: 'export', allowed: false });
    });
  });

  test('a web page with status 500 gives the hint about Werkzeug', async () => {
    // A read is repeated twice after a 500.
    const again = Array.from({ length: 2 }, () => rest('GET', 'query/server', page(500)));
    await withEnms([...told(page(500)), ...again], async ({ enms }) => {
      await expect(enms.probe(never)).rejects.toMatchObject({
        code: 'REMOTE_UNEXPECTED',
        hint: expect.stringContaining('Werkzeug'),
      });
    });
  });

  test('notes unknown releases and servers that do not tell their release', async () => {
    await withEnms(told({ json: [{ name: 'x', version: '5.0' }] }), async ({ enms }) => {
      expect((await enms.probe(never)).notes.join()).toContain('5.0');
    });
    await withEnms(told({ json: [] }), async ({ enms }) => {
      expect(await enms.probe(never)).toMatchObject({ version: 'unknown', notes: [expect.any(String)] });
    });
  });

  test('another program at that address is REMOTE_UNEXPECTED', async () => {
    for (const response of [{ text: '<!doctype html><title>Login</title>' }, { json: [1] }, { json: 'yes' }]) {
      await withEnms([rest('GET', 'is_alive', response)], async ({ enms }) => {
        await expect(() => enms.probe(never)).toThrowCode('REMOTE_UNEXPECTED');
      });
    }
  });
});

describe('the adapter', () => {
  const make = (settings: Record<string, unknown>, secrets = { password: new Secret('x') }) =>
    adapter.create({ name: 'lab', url: 'http://enms.example', settings, secrets }, adapterTools());

  test.each([
    ['no user name', {}],
    ['an unknown setting', { username: 'admin', token: 'x' }],
    ['an unknown way', { username: 'admin', via: 'disk' }],
    ['a colon in the user name', { username: 'ad:min' }],
  ])('refuses %s', async (_, settings) => {
    await expect(() => make(settings)).toThrowCode('CONFIG_INVALID');
  });

  test('needs a password', async () => {
    await expect(() => make({ username: 'admin' }, { password: new Secret('') })).toThrowCode('CONFIG_INVALID');
  });

  test('demands the same release on both sides', () => {
    const enms = make({ username: 'admin' });
    const target = {
      product: 'enms',
      version: '4.6',
      url: '',
      account: '',
      mode: 'normal' as const,
      rights: [],
      notes: [],
    };
    expect(enms.versionObstacle('4.6', target)).toBeUndefined();
    expect(enms.versionObstacle('4.2', target)).toContain('4.2');
  });

  test('lists folders as projects, and the folders of one project once', async () => {
    const own = [1, 2].map((day) => `lab--export-2026112${day}T043442123Z-ab12cd`);
    await withEnms([...login, folders(['default', ...own])], async ({ enms }) => {
      const items = [];
      for await (const item of enms.inventory.list('project', never)) items.push(item);
      expect(items).toEqual([
        { kind: 'project', id: 'default', name: 'default', modifiedAt: undefined },
        { kind: 'project', id: 'lab', name: 'lab', modifiedAt: '2026-11-22T04:34:42.123Z' },
      ]);
    });
  });

  test('a list that is refused is no empty list', async () => {
    const forbidden = alert(403, 'Not Authorized');
    const search = { columns: ['name'], order: [{ column: 0, dir: 'asc' }], start: 0, maximum_return_records: 1000 };
    const refused = rest('POST', 'search', forbidden, { type: 'device', ...search });
    const { request } = folders([]);
    for (const [kind, script] of [
      ['device', [refused]],
      ['project', [...login, { request, response: forbidden, times: 'any' as const }]],
    ] as const) {
      await withEnms(script, async ({ enms }) => {
        const all = async () => {
          for await (const item of enms.inventory.list(kind, never)) expect(item).toBeUndefined();
        };
        await expect(all).toThrowCode('AUTH_REFUSED');
      });
    }
  });

  test('lists the folders in the database when there is no web interface', async () => {
    const found = rest(
      'POST',
      'search',
      { json: [{ path: '/migrations' }, { path: '/migrations/default' }, { path: '/migrations/default/x' }] },
      { type: 'folder', columns: ['path'], order: [{ column: 0, dir: 'asc' }], start: 0, maximum_return_records: 1000 },
    );
    await withEnms(
      [found],
      async ({ enms }) => {
        const items = [];
        for await (const { name } of enms.inventory.list('project', never)) items.push(name);
        expect(items).toEqual(['default']);
      },
      { via: 'rest' },
    );
  });

  test.each([
    'ServerTasks-1',
    'export/default',
    'export/../../x',
    'export/lab--import-20261121T043442123Z-ab12cd',
    'import/lab--import-20261321T043442123Z-ab12cd',
    'objects/lab/20261121T043442123Z-ab12cd/access',
    'objects/lab/never/all',
    'upsert/20261121T043442123Z-ab12cd/1/x',
    'topology-export/net.xls',
    'topology-import/20261121T043442123Z-ab12cd/well',
    'export/lab--export-20261121T043442123Z-ab12cd/x/y/z',
    '',
  ])('does not take %j for a job', async (id) => {
    await withEnms([], async ({ enms }) => {
      await expect(() => enms.jobs.status(id, never)).toThrowCode('NOT_FOUND');
    });
  });
});
