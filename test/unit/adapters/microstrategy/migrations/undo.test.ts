import { describe, expect, test } from '@jest/globals';
import type { MigratorError } from '../../../../../src/errors.ts';
import { collect } from '../../../../../src/testing/workbench.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { copy, notFound, record, undoStorage } from '../../../../support/library-records.ts';
import { migration, project, withLibraries, type Call } from '../../../../support/library-script.ts';

const line = `/api/migrations/${migration}`;
const show = (importInfo: object, packageInfo: object = {}): Call => ({
  on: 'target',
  line: `GET ${line}`,
  answer: copy(importInfo, packageInfo),
});
const imported = { status: 'imported', undoStorage };
const ask = (word: string, header: string | null): Call => ({
  on: 'target',
  line: `PATCH ${line}`,
  headers: { 'x-mstr-projectid': header },
  json: { importInfo: { undoRequestStatus: word } },
  answer: copy({ ...imported, undoRequestStatus: word }),
});

describe('an undo', () => {
  test.each([
    [`${migration}@prod`, 'source', `${migration}/undo@prod`],
    [migration, 'target', `${migration}/undo`],
  ] as const)('of %s is requested, then approved, on the target', async (id, side, undoId) => {
    const calls = [
      show(imported),
      ask('requested', null),
      ask('approved', project),
      show({ ...imported, status: 'undoing', undoRequestStatus: 'approved' }),
      show({ ...imported, status: 'undo_success', undoRequestStatus: 'approved' }),
    ];
    await withLibraries(calls, async ({ open }) => {
      const { jobs } = open(side);
      expect(await jobs.undo!(id, never)).toBe(undoId);
      expect(await jobs.status(undoId, never)).toMatchObject({ kind: 'undo', state: 'running', wireState: 'undoing' });
      expect(await jobs.status(undoId, never)).toMatchObject({ kind: 'undo', state: 'succeeded' });
    });
  });

  test('that was requested already is only approved', async () => {
    const waiting = show({ ...imported, undoRequestStatus: 'requested' });
    await withLibraries([waiting, ask('approved', project)], async ({ open }) => {
      expect(await open('target').jobs.undo!(migration, never)).toBe(`${migration}/undo`);
    });
    await withLibraries([waiting, ask('approved', project)], async ({ open }) => {
      await expect(open().jobs.advance!(`${migration}/undo@prod`, never)).resolves.toBeUndefined();
    });
  });

  test('waits for an administrator when the account may only request it', async () => {
    const waiting = show({ ...imported, undoRequestStatus: 'requested' });
    const calls: Call[] = [
      show(imported),
      ask('requested', null),
      { ...ask('approved', project), status: 403, answer: { code: 'ERR014', message: 'Not for you' } },
      waiting,
    ];
    await withLibraries(calls, async ({ open }) => {
      const { jobs } = open();
      const id = await jobs.undo!(`${migration}@prod`, never);
      await jobs.advance!(id, never);
      const status = await jobs.status(id, never);
      expect(status).toMatchObject({ state: 'waiting' });
      expect(status.waitingFor).toContain('Not for you');
    });
  });

  test('that fails says so', async () => {
    await withLibraries([show({ ...imported, status: 'undo_failed', message: 'In use' })], async ({ open }) => {
      expect(await open('target').jobs.status(`${migration}/undo`, never)).toMatchObject({
        state: 'failed',
        messages: [{ level: 'error', text: 'In use' }],
      });
    });
  });

  test('goes on after a lost answer with what the target shows', async () => {
    const calls: Call[] = [
      show(imported),
      { ...ask('requested', null), fault: 'reset' },
      show({ ...imported, undoRequestStatus: 'requested' }),
      ask('approved', project),
    ];
    const undone = withLibraries(calls, ({ open }) => open('target').jobs.undo!(migration, never));
    expect(await undone).toBe(`${migration}/undo`);
  });
});

describe('an undo that waits', () => {
  const waits = { ...imported, undoRequestStatus: 'requested' };
  const source: Call = { on: 'source', line: `GET ${line}`, answer: record({ importInfo: {} }) };

  test.each([
    ['approve', 'target', migration, [show(waits)], `microstrategy:prod:${migration}/undo`],
    ['reject', 'target', migration, [show(waits)], `microstrategy:prod:${migration}/undo`],
    ['approve', 'source', `${migration}@prod`, [source, show(waits)], `microstrategy:lab:${migration}/undo@prod`],
  ] as const)('is not decided by %s on the %s with the handle of the import', async (verb, side, id, calls, handle) => {
    await withLibraries([...calls], async ({ open }) => {
      const error = await open(side).jobs[verb]!(id, never).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'CONFLICT', details: { waitsFor: 'undo', handle } });
      expect((error as MigratorError).message).toContain('roll the import back');
      expect((error as MigratorError).hint).toContain(handle);
    });
  });

  test.each([
    ['approve', 'approved', project],
    ['reject', 'rejected', null],
  ] as const)('is decided by %s with its own handle', async (verb, word, header) => {
    await withLibraries([show(waits), ask(word, header)], async ({ open }) => {
      await expect(open('target').jobs[verb]!(`${migration}/undo`, never)).resolves.toBeUndefined();
    });
  });

  test('is shown with its import, which has succeeded', async () => {
    await withLibraries([show(waits)], async ({ open }) => {
      const status = await open('target').jobs.status(migration, never);
      expect(status.state).toBe('succeeded');
      expect(status.messages).toEqual([{ level: 'info', text: expect.stringContaining(`${migration}/undo`) }]);
    });
  });

  test.each([
    ['waits', waits, 'waiting'],
    ['runs', { ...imported, status: 'undoing', undoRequestStatus: 'approved' }, 'running'],
  ])('is in the list of jobs while it %s', async (_, importInfo, state) => {
    const query =
      'offset=0&limit=1000&packageInfo.purpose=object_migration%2Cproject_merge%2Cmigration_from_shared_file_store';
    const all: Call = {
      on: 'target',
      line: `GET /api/migrations?${query}`,
      answer: { total: 1, data: [copy(importInfo)] },
    };
    await withLibraries([all], async ({ open }) => {
      const jobs = await collect(open('target').jobs.list({ all: false, limit: 5 }, never));
      expect(jobs.map(({ id }) => id)).toEqual([`${migration}/undo`, migration]);
      expect(jobs[0]).toMatchObject({ kind: 'undo', state });
    });
  });
});

describe('an undo is refused, before anything is asked for,', () => {
  const all = { on: 'target', line: `GET ${line}?showContent=all` } as const;
  const content = (tocView: object): Call => ({ ...all, answer: record({ packageInfo: { tocView } }) });
  test.each<[string, Call[], RegExp]>([
    [
      'where keep_both is the default',
      [show({ status: 'imported' }), content({ settings: { defaultAction: 'keep_both' } })],
      /keep_both/,
    ],
    [
      'where one object has keep_both',
      [show({ status: 'imported' }), content({ content: [{ action: 'keep_both' }] })],
      /keep_both/,
    ],
    ['where there is no undo package', [show({ status: 'imported' }), content({})], /made no undo package/],
    ['after it was undone', [show({ status: 'undo_success' })], /undone already/],
    ['while it imports', [show({ status: 'importing' })], /it is importing/],
    ['for a Mosaic schema', [show(imported, { containsExtensionObject: true })], /Mosaic/],
    [
      'where nothing was imported',
      [{ on: 'target', line: `GET ${line}`, status: 404, answer: notFound }],
      /nothing to undo/,
    ],
  ])('%s', async (_, calls, reason) => {
    await withLibraries(calls, async ({ open }) => {
      const error = await open().jobs.undo!(`${migration}@prod`, never).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'CONFLICT' });
      expect((error as Error).message).toMatch(reason);
    });
  });

  test.each(['export', 'dry-run'])('for the id of the kind %s', async (mark) => {
    await withLibraries([], async ({ open }) => {
      await expect(() => open().jobs.undo!(`${migration}/${mark}`, never)).toThrowCode('CONFLICT');
    });
  });
});

describe('a decision', () => {
  const own = (importInfo: object): Call => ({ on: 'source', line: `GET ${line}`, answer: record({ importInfo }) });

  test.each([
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ] as const)('%s goes to the source for an import', async (verb, word) => {
    const calls: Call[] = [
      own({ importRequestStatus: 'requested' }),
      {
        on: 'source',
        line: `PATCH ${line}`,
        headers: { 'x-mstr-projectid': null },
        json: { importInfo: { importRequestStatus: word } },
        answer: {},
      },
    ];
    const decided = withLibraries(calls, ({ open }) => open().jobs[verb]!(`${migration}/request-only@prod`, never));
    await expect(decided).resolves.toBeUndefined();
  });

  test.each([
    ['approve', 'approved', project],
    ['reject', 'rejected', null],
  ] as const)('%s goes to the target for an undo', async (verb, word, header) => {
    const calls = [show({ ...imported, undoRequestStatus: 'requested' }), ask(word, header)];
    const decided = withLibraries(calls, ({ open }) => open().jobs[verb]!(`${migration}/undo@prod`, never));
    await expect(decided).resolves.toBeUndefined();
  });

  test('is a CONFLICT when nothing waits for one', async () => {
    await withLibraries([own({ importRequestStatus: 'approved' })], async ({ open }) => {
      await expect(() => open().jobs.approve!(migration, never)).toThrowCode('CONFLICT');
    });
  });

  test('succeeds when somebody else decided the same at the same time', async () => {
    const calls: Call[] = [
      own({ importRequestStatus: 'requested' }),
      {
        on: 'source',
        line: `PATCH ${line}`,
        status: 400,
        answer: { code: 'ERR006', message: "packageInfo.status is 'locked'" },
      },
      own({ importRequestStatus: 'approved' }),
    ];
    const approved = withLibraries(calls, ({ open }) => open().jobs.approve!(migration, never));
    await expect(approved).resolves.toBeUndefined();
  });
});
