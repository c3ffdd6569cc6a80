import { describe, expect, test } from '@jest/globals';
import { never } from '../../../support/adapter-tools.ts';
import { copy, record, tutorial } from '../../../support/library-records.ts';
import { all, imp, migration, pkg, project, withLibraries, type Call } from '../../../support/library-script.ts';

const status = (iServerVersion: string): Call => ({
  on: 'source',
  line: 'GET /api/status',
  answer: { iServerVersion, webVersion: iServerVersion },
});
const storage = (answer: object, code = 200): Call => ({
  on: 'source',
  line: 'GET /api/mstrServices/library/storage',
  status: code,
  answer,
});
const file = { sharedFileStore: { type: 'file_system', location: '/x', configured: true } };

describe('probe', () => {
  test.each<[string, Call[], RegExp | undefined, boolean | undefined]>([
    ['a Library that can', [status('11.4.0600'), storage(file)], undefined, undefined],
    [
      'one that tells nothing of its storage',
      [status('11.4.0600'), storage({ code: 'ERR014', message: 'no' }, 403)],
      undefined,
      undefined,
    ],
    [
      'one without storage',
      [status('11.4.0600'), storage({ sharedFileStore: { type: 'unset' } })],
      /no location/,
      false,
    ],
    ...[
      'The API requires MicroStrategy Storage Service. Please contact your administrator.',
      'The Storage Service is not configured properly, please contact your administrator to configure Storage Service',
    ].map((message): [string, Call[], RegExp, boolean] => [
      `one that says: ${message}`,
      [status('11.4.0600'), storage({ code: 'ERR006', message, ticketId: 't' }, 400)],
      /no location/,
      false,
    ]),
    [
      'one that is too old',
      [status('11.3.0500'), storage({ code: 'ERR004', message: 'HTTP 404 Not Found' }, 404)],
      /Update 6/,
      false,
    ],
  ])('%s', async (_, calls, note, allowed) => {
    await withLibraries(calls, async ({ open, url }) => {
      const info = await open().probe(never);
      expect(info).toMatchObject({
        product: 'microstrategy',
        url: url('source'),
        account: 'Administrator',
        mode: 'normal',
      });
      expect(info.rights.find(({ action }) => action === 'export')?.allowed).toBe(allowed);
      if (note === undefined) expect(info.notes).toEqual([]);
      else expect(info.notes.join()).toMatch(note);
    });
  });
});

describe('the inventory', () => {
  const projects: Call = {
    on: 'source',
    line: 'GET /api/projects',
    answer: [
      { ...tutorial, status: 0 },
      { id: 'X', name: 'Idle', status: -1 },
    ],
  };
  const search = (type: number, header: string | null, offset: number, ids: string[], total: number): Call => ({
    on: 'source',
    line: `GET /api/searches/results?type=${type}&limit=100&offset=${offset}`,
    headers: { 'x-mstr-projectid': header },
    answer: {
      totalItems: total,
      result: ids.map((id) => ({ id, name: `N${id}`, type, dateModified: '2022-03-01T00:00:00.000+0000' })),
    },
  });

  test('pages through the objects of every loaded project', async () => {
    const calls = [projects, search(4, project, 0, ['A', 'B'], 3), search(4, project, 2, ['C'], 3)];
    await withLibraries(calls, async ({ open }) => {
      const items = await all(open().inventory.list('metric', never));
      expect(items.map(({ id }) => id)).toEqual(['A', 'B', 'C']);
      expect(items[0]).toEqual({
        kind: 'metric',
        id: 'A',
        name: 'NA',
        container: tutorial.name,
        modifiedAt: '2022-03-01T00:00:00.000Z',
      });
    });
  });

  test.each<[string, number, readonly object[], string]>([
    [
      'user-group',
      34,
      [
        { id: 'U', subtype: 8704 },
        { id: 'G', subtype: 8705 },
      ],
      'user-group G',
    ],
    ['User Group', 34, [{ id: 'G', subtype: 8705 }], 'user-group G'],
    [
      'user',
      34,
      [
        { id: 'U', subtype: 8704 },
        { id: 'G', subtype: 8705 },
      ],
      'user U, user G',
    ],
    ['34', 34, [{ id: 'U', subtype: 8704 }], 'user U'],
  ])('knows %s, as a type of objects does', async (kind, type, result, shown) => {
    const answer = { totalItems: result.length, result: result.map((one) => ({ name: 'N', type, ...one })) };
    await withLibraries([{ ...search(type, null, 0, [], 0), answer }], async ({ open }) => {
      const items = await all(open().inventory.list(kind, never));
      expect(items.map((one) => `${one.kind} ${one.id}`).join(', ')).toBe(shown);
    });
  });

  test('knows dashboards as documents', async () => {
    await withLibraries([projects, search(55, project, 0, ['D'], 1)], async ({ open }) => {
      expect(await all(open().inventory.list('dashboard', never))).toMatchObject([{ kind: 'document', id: 'D' }]);
    });
  });

  test('looks in the configuration for objects that are in no project', async () => {
    await withLibraries([search(34, null, 0, ['U'], 1)], async ({ open }) => {
      expect(await all(open().inventory.list('user', never))).toMatchObject([{ kind: 'user', id: 'U' }]);
    });
  });

  test('looks only in the project of the instance', async () => {
    await withLibraries([projects, projects, search(3, 'X', 0, [], 0)], async ({ open }) => {
      await expect(() =>
        all(open('source', { settings: { username: 'a', project: 'gone' } }).inventory.list('report', never)),
      ).toThrowCode('NOT_FOUND');
      await all(open('source', { settings: { username: 'a', project: 'Idle' } }).inventory.list('report', never));
    });
  });
});

describe('jobs', () => {
  test('are listed newest first, each by its part on this Library', async () => {
    const data = [
      record({
        packageInfo: { creationDate: '2022-03-16T07:00:00.000+0000' },
        importInfo: { environment: {}, project: {} },
      }),
      { ...copy({ status: 'imported', creationDate: '2022-03-16T09:00:00.000+0000' }), id: `${pkg}:${'2'.repeat(32)}` },
      {
        ...record({
          packageInfo: { creationDate: '2022-03-16T08:00:00.000+0000' },
          importInfo: { importRequestStatus: 'requested' },
        }),
        id: `${pkg}:${'3'.repeat(32)}`,
      },
    ];
    const list: Call = {
      on: 'source',
      line: 'GET /api/migrations?offset=0&limit=1000&packageInfo.purpose=object_migration%2Cproject_merge%2Cmigration_from_shared_file_store',
      answer: { total: 3, data },
    };
    await withLibraries([list], async ({ open }) => {
      const jobs = await all(open().jobs.list({ all: false, limit: 5 }, never));
      expect(jobs.map(({ id, kind, state }) => [id, kind, state])).toEqual([
        [`${pkg}:${'2'.repeat(32)}`, 'import', 'succeeded'],
        [`${pkg}:${'3'.repeat(32)}`, 'move', 'waiting'],
        [`${migration}/export`, 'export', 'succeeded'],
      ]);
      expect(jobs[0]?.queuedAt).toBe('2022-03-16T09:00:00.000Z');
    });
  });

  test('of a move within one Library are read from their only record', async () => {
    const answer = record({
      packageInfo: { status: 'locked' },
      importInfo: { importRequestStatus: 'approved', status: 'import_failed', message: 'no' },
    });
    await withLibraries([{ on: 'source', line: `GET /api/migrations/${migration}`, answer }], async ({ open }) => {
      expect(await open().jobs.status(migration, never)).toMatchObject({ kind: 'move', state: 'failed' });
    });
  });

  test('have a log that is made of the records of both Libraries', async () => {
    const calls: Call[] = [
      {
        on: 'source',
        line: `GET /api/migrations/${migration}`,
        answer: record({
          packageInfo: { status: 'locked', warnings: [{ message: 'left out' }] },
          importInfo: { importRequestStatus: 'approved' },
        }),
      },
      {
        on: 'target',
        line: `GET /api/migrations/${migration}`,
        answer: copy({ status: 'import_failed', message: 'first\nsecond' }),
      },
    ];
    await withLibraries(calls, async ({ open }) => {
      const lines = await all(open().jobs.log(`${migration}@prod`, never));
      expect(lines.map(({ level, text }) => `${level}: ${text}`)).toEqual([
        'info: package MicroStrategy-Tutorial 1.0.0-run7 (project)',
        'info: package: locked',
        'warning: left out',
        'info: import into prod, MicroStrategy Tutorial: approved',
        'error: import: import_failed',
        'error: first',
        'error: second',
      ]);
    });
  });

  test.each(['ServerTasks-1', pkg, `${pkg}:${imp}/unknown`, `${pkg}:${imp}@`, `${pkg}:${imp}@a b`])(
    '%s is no job',
    async (id) => {
      await withLibraries([], async ({ open }) => {
        await expect(() => open().jobs.status(id, never)).toThrowCode('NOT_FOUND');
      });
    },
  );

  test("that the Library does not know are NOT_FOUND, but a proxy's page is another error", async () => {
    const line = `GET /api/migrations/${migration}`;
    const calls: Call[] = [
      { on: 'source', line, status: 404, answer: { code: 'ERR004', message: 'none' } },
      { on: 'source', line, status: 404, text: '<html><title>Nothing here</title></html>' },
    ];
    await withLibraries(calls, async ({ open }) => {
      await expect(() => open().jobs.status(migration, never)).toThrowCode('NOT_FOUND');
      await expect(() => open().jobs.status(migration, never)).rejects.toThrow(/Nothing here/);
    });
  });
});
