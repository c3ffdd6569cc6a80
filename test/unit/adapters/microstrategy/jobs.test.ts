import { describe, expect, test } from '@jest/globals';
import { never } from '../../../support/adapter-tools.ts';
import { brief, copy, notFound, record, undoStorage } from '../../../support/library-records.ts';
import { all, migration, withLibraries, type Call } from '../../../support/library-script.ts';

const at = `/api/migrations/${migration}`;
const show = (on: Call['on'], answer: unknown): Call => ({ on, line: `GET ${at}`, answer });
const gone = (on: Call['on']): Call => ({ on, line: `GET ${at}`, status: 404, answer: notFound });
const requested = show('source', record({ importInfo: { importRequestStatus: 'requested' } }));
const approved = record({ packageInfo: { status: 'locked' }, importInfo: { importRequestStatus: 'approved' } });
const imported = copy({ status: 'imported', progress: 100, undoStorage });
const known = { known: true };
const listOf = (...data: readonly object[]): Call => listOn('source', ...data);
const listOn = (on: Call['on'], ...data: readonly object[]): Call => ({
  on,
  line: 'GET /api/migrations?offset=0&limit=1000&packageInfo.purpose=object_migration%2Cproject_merge%2Cmigration_from_shared_file_store',
  answer: { total: data.length, data },
});

describe('the handle of a move', () => {
  test.each<[string, object, string]>([
    ['that waits for an approval', { importRequestStatus: 'requested' }, `${migration}/request-only@prod`],
    ['that is approved', { importRequestStatus: 'approved' }, `${migration}@prod`],
    ['to a Library that the rc file does not name', { environment: { id: 'https://x/y/', name: 'z' } }, migration],
    ['without a target', { environment: {} }, `${migration}/export`],
  ])('%s names its other end in the list', async (_, importInfo, id) => {
    const asked = 'importRequestStatus' in importInfo && importInfo.importRequestStatus === 'approved';
    await withLibraries(
      [listOf(record({ importInfo })), ...(asked ? [listOn('target')] : [])],
      async ({ open }) => {
        expect(await all(open().jobs.list({ all: false, limit: 5 }, never))).toMatchObject([{ id }]);
      },
      known,
    );
  });

  test('may lack the other end: the record tells it, and the import is begun there', async () => {
    const calls: Call[] = [
      show('source', approved),
      show('source', approved),
      gone('target'),
      { on: 'source', line: `GET ${at}?showContent=all`, answer: approved },
      {
        on: 'target',
        line: `PUT ${at}?generateUndo=true`,
        status: 201,
        answer: brief('locked', 'approved', 'importing'),
      },
      show('target', copy({ status: 'importing' })),
      show('source', approved),
      show('target', imported),
    ];
    await withLibraries(
      calls,
      async ({ open }) => {
        const { jobs } = open();
        await jobs.advance!(migration, never);
        expect(await jobs.status(migration, never)).toMatchObject({ id: migration, kind: 'move', state: 'succeeded' });
      },
      known,
    );
  });

  test('is refused where a call is due and nobody can tell the other end', async () => {
    await withLibraries([show('source', approved)], async ({ open }) => {
      await expect(open().jobs.advance!(migration, never)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        hint: expect.stringContaining(`microstrategy:lab:${migration}@<instance>`),
      });
    });
  });
});

test('the list asks the target once, and tells approved moves that it took from those that wait for a command', async () => {
  const second = `${migration.slice(0, -1)}0`;
  const calls = [listOf(approved, { ...approved, id: second }), listOn('target', imported)];
  await withLibraries(
    calls,
    async ({ open }) => {
      const [taken, waiting] = await all(open().jobs.list({ all: false, limit: 5 }, never));
      expect(taken).toMatchObject({ id: `${migration}@prod`, state: 'succeeded', wireState: 'imported' });
      expect(waiting).toMatchObject({
        state: 'waiting',
        attended: false,
        waitingFor: expect.stringContaining(`migrator job wait microstrategy:lab:${second}@prod`),
      });
    },
    known,
  );
});

test('the list says for whom a move waits before its import is approved', async () => {
  const locked = record({ packageInfo: { status: 'locked' } });
  const calls = [
    listOf(record({ importInfo: { importRequestStatus: 'requested' } }), { ...locked, id: 'f'.repeat(32) }),
  ];
  await withLibraries(
    calls,
    async ({ open }) => {
      const jobs = await all(open().jobs.list({ all: false, limit: 5 }, never));
      expect(jobs).toMatchObject([
        { state: 'waiting', waitingFor: expect.stringMatching(/administrator .*to approve the import/) },
        { state: 'waiting', waitingFor: expect.stringContaining('the package to be unlocked') },
      ]);
    },
    known,
  );
});

test('the list shows approved moves as the source knows them when the target cannot be asked', async () => {
  const refused = { ...listOn('target'), status: 403, answer: { code: 'ERR014', message: 'no' } };
  await withLibraries(
    [listOf(approved), refused],
    async ({ open }) => {
      const jobs = await all(open().jobs.list({ all: false, limit: 5 }, never));
      expect(jobs).toMatchObject([{ state: 'waiting', wireState: 'approved', attended: true }]);
    },
    known,
  );
});

describe('a move whose package somebody deleted on the source', () => {
  test('is shown by the target that has taken it', async () => {
    await withLibraries([gone('source'), show('target', imported)], async ({ open }) => {
      const status = await open().jobs.status(`${migration}@prod`, never);
      expect(status).toMatchObject({ kind: 'move', state: 'succeeded' });
    });
  });

  test('is not found when no target has it', async () => {
    await withLibraries([gone('source'), gone('target')], async ({ open }) => {
      await expect(() => open().jobs.status(`${migration}@prod`, never)).toThrowCode('NOT_FOUND');
    });
  });

  test.each([{ deleted: true }, { existing: false }])('has failed when its record says %j', async (packageInfo) => {
    await withLibraries([show('source', record({ packageInfo }))], async ({ open }) => {
      const status = await open().jobs.status(`${migration}@prod`, never);
      expect(status).toMatchObject({ state: 'failed', messages: [{ text: expect.stringContaining('was deleted') }] });
    });
  });
});

test.each<[string, Call]>([
  ['created', show('source', record())],
  ['approved', show('source', approved)],
])('a move that is only %s waits for a command, which it names', async (_, source) => {
  const calls = source.answer === approved ? [source, gone('target')] : [source];
  await withLibraries(calls, async ({ open }) => {
    const status = await open().jobs.status(`${migration}@prod`, never);
    expect(status).toMatchObject({ state: 'waiting', attended: true });
    expect(status.waitingFor).toContain(`migrator job wait microstrategy:lab:${migration}@prod`);
  });
});

test('a move that waits for an approval is no work of migrator', async () => {
  await withLibraries([requested], async ({ open }) => {
    const status = await open().jobs.status(`${migration}/request-only@prod`, never);
    expect(status.state).toBe('waiting');
    expect(status).not.toHaveProperty('attended');
  });
});

describe('a failure is known in each spelling:', () => {
  test.each(['create_failed', 'created_failed', 'CREATE_FAILED', 'Create Failed'])('%s', async (status) => {
    const failed = show('source', record({ packageInfo: { status, message: 'no room' } }));
    await withLibraries([failed, failed, failed], async ({ open }) => {
      const { jobs } = open();
      const facts = { state: 'failed', wireState: status, messages: [{ text: 'no room' }] };
      expect(await jobs.status(`${migration}@prod`, never)).toMatchObject({ ...facts, kind: 'move' });
      expect(await jobs.status(`${migration}/export`, never)).toMatchObject({ ...facts, kind: 'export' });
      const lines = await all(jobs.log(`${migration}/export`, never));
      expect(lines).toContainEqual(expect.objectContaining({ level: 'error', text: 'no room' }));
    });
  });

  test.each(['import_failed', 'imported_failed', 'IMPORT_FAILED'])('%s', async (status) => {
    await withLibraries([{ ...show('source', copy({ status })) }], async ({ open }) => {
      expect(await open().jobs.status(migration, never)).toMatchObject({ state: 'failed', wireState: status });
    });
  });

  test.each(['validation_failed', 'validated_failed'])('%s', async (status) => {
    await withLibraries([show('source', record({ validation: { status } }))], async ({ open }) => {
      expect(await open().jobs.status(`${migration}/dry-run@prod`, never)).toMatchObject({ state: 'failed' });
    });
  });

  test('a word that holds none is no failure', async () => {
    await withLibraries([show('source', record({ packageInfo: { status: 'thinking' } }))], async ({ open }) => {
      const status = await open().jobs.status(`${migration}/export`, never);
      expect(status).toMatchObject({ state: 'running', unclear: true, wireState: 'thinking' });
    });
  });
});

test('an undo that waits is named by its whole handle, where the import is shown', async () => {
  const waits = copy({ status: 'imported', undoStorage, undoRequestStatus: 'requested' });
  const calls = [show('source', approved), show('target', waits)];
  await withLibraries(calls, async ({ open }) => {
    const { messages } = await open().jobs.status(`${migration}@prod`, never);
    expect(messages.at(-1)?.text).toContain(`migrator job approve microstrategy:lab:${migration}/undo@prod`);
  });
});
