import { describe, expect, test } from '@jest/globals';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import { never } from '../../../support/adapter-tools.ts';
import { brief, copy, notFound, record, tutorial, undoStorage, year } from '../../../support/library-records.ts';
import { migration, pkg, project, withLibraries, type Bench, type Call } from '../../../support/library-script.ts';
import { startingOnce } from '../../../support/start-once.ts';

const at = `/api/migrations/${migration}`;
const move = `${migration}@prod`;
const projects = [{ ...tutorial, status: 0, alias: '', description: '' }];
const absent: Call = { on: 'target', line: `GET ${at}`, status: 404, answer: notFound };
const objectLine = `/api/objects/${year.id}?type=12`;

const show = (on: Call['on'], answer: unknown): Call => ({ on, line: `GET ${at}`, answer });
const patch = (on: Call['on'], importInfo: object, answer: unknown, more: Partial<Call> = {}): Call => ({
  on,
  line: `PATCH ${at}`,
  json: { importInfo },
  answer,
  ...more,
});

const requested = patch('source', { importRequestStatus: 'requested' }, brief('created', 'requested'), {
  headers: { 'x-mstr-projectid': null },
});
const approved = patch('source', { importRequestStatus: 'approved' }, brief('locked', 'approved'), {
  headers: { 'x-mstr-projectid': null },
});
/** With what Workstation puts in and the server enriches, passed on untouched. */
const content = record({
  packageInfo: {
    status: 'locked',
    tocView: { settings: { defaultAction: 'replace' }, content: [{ ...year, version: 'V1', owner: { id: 'O' } }] },
    treeView: '{"treeViewType":"x"}',
  },
  importInfo: { importRequestStatus: 'approved' },
});
const read: Call = { on: 'source', line: `GET ${at}?showContent=all`, answer: content };
const put: Call = {
  on: 'target',
  line: `PUT ${at}?generateUndo=true`,
  headers: { 'x-mstr-projectid': project, prefer: 'respond-async', 'content-type': 'application/json' },
  json: { ...content, packageInfo: { ...content.packageInfo, replicated: true } },
  status: 201,
  answer: brief('locked', 'approved', 'importing'),
};
const lockedSource = show(
  'source',
  record({ packageInfo: { status: 'locked' }, importInfo: { importRequestStatus: 'approved' } }),
);
const requestedSource = show('source', record({ importInfo: { importRequestStatus: 'requested' } }));

async function look(adapter: Adapter, id: string) {
  await adapter.jobs.advance!(id, never);
  return adapter.jobs.status(id, never);
}

describe('the steps of an object migration', () => {
  const created: Call = {
    on: 'source',
    line: 'POST /api/migrations',
    headers: { 'x-mstr-projectid': project, 'content-type': 'application/json' },
    status: 201,
    answer: brief('creating'),
  };
  const prepareCalls: Call[] = [
    { on: 'source', line: 'GET /api/projects', answer: projects },
    {
      on: 'source',
      line: `GET ${objectLine}`,
      headers: { 'x-mstr-projectid': project },
      answer: { ...year, version: 'V2', dateModified: '2022-03-02T00:00:00.000+0000' },
    },
    { on: 'target', line: 'GET /api/projects', answer: projects },
    {
      on: 'target',
      line: `GET ${objectLine}`,
      headers: { 'x-mstr-projectid': project },
      answer: { ...year, version: 'V1', dateModified: '2022-03-01T00:00:00.000+0000' },
    },
  ];
  const request = {
    project: 'MicroStrategy Tutorial',
    dryRun: false,
    options: {
      object: [`${year.id}:12:replace:dependents`],
      updateSchema: ['recal_table_logical_size'],
      aclOnReplacing: 'replace',
      aclOnNew: 'inherit_acl_as_dest_folder',
      defaultAction: 'replace',
      packageName: 'Night-7',
    },
  };
  const body = (bench: Bench, name: unknown) => ({
    packageInfo: {
      type: 'project',
      name,
      environment: { id: `${bench.url('source')}/`, name: 'lab' },
      tocView: {
        settings: {
          updateSchema: ['recal_table_logical_size'],
          aclOnReplacingObjects: 'replace',
          aclOnNewObjects: ['inherit_acl_as_dest_folder'],
          defaultAction: 'replace',
        },
        content: [{ ...year, action: 'replace', includeDependents: true }],
      },
      treeView: {},
    },
    importInfo: { environment: { id: `${bench.url('target')}/`, name: 'prod' }, project: tutorial },
  });

  test('are made one after the other, each on the right Library with the right headers and bodies', async () => {
    const calls: Call[] = [
      ...prepareCalls,
      created,
      // A look is one request, also when it might have been time for the next call.
      show('source', record({ packageInfo: { status: 'creating', progress: 40.0 } })),
      show('source', record()),
      requested,
      requestedSource,
      approved,
      lockedSource,
      absent,
      read,
      put,
      // From now on the target alone is asked.
      show('target', copy({ status: 'importing', progress: 50 })),
      show('target', copy({ status: 'imported', progress: 100, undoStorage })),
    ];
    await withLibraries(calls, async (bench) => {
      const source = bench.open();
      const target = { name: 'prod', adapter: bench.open('target') };
      const prepared = await source.moves!.prepare(request, target, never);
      expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
      expect(prepared.plan).toEqual([
        { kind: 'attribute', name: 'Year', id: year.id, action: 'overwrite', detail: 'replace', asked: true },
      ]);
      expect(prepared.scope).toEqual({ project, object: [`${year.id}:12`] });
      expect(JSON.parse(String(prepared.settled['body']))).toEqual(body(bench, prepared.settled['name']));
      expect(prepared.settled['name']).toMatch(/^Night-7 1\.0\.0-\d{8}T\d{6}-[0-9a-f]{8}$/);
      expect(await source.moves!.start(prepared, target, {}, never)).toBe(move);
      expect(await look(source, move)).toMatchObject({ state: 'running', wireState: 'creating', fraction: 0.4 });
      expect(await look(source, move)).toMatchObject({ state: 'running', wireState: 'importing', fraction: 0.5 });
      expect(await look(source, move)).toMatchObject({ state: 'succeeded', wireState: 'imported', messages: [] });
    });
  });
});

describe('without a rule, newer and missing objects are copied', () => {
  const prepared = (options: object, there: Partial<Call>) => {
    const calls: Call[] = [
      { on: 'source', line: 'GET /api/projects', answer: projects },
      {
        on: 'source',
        line: `GET ${objectLine}`,
        answer: { ...year, version: 'V2', dateModified: '2026-02-01T00:00:00.000+0000' },
      },
      { on: 'target', line: 'GET /api/projects', answer: projects },
      { on: 'target', line: `GET ${objectLine}`, ...there },
    ];
    return withLibraries(calls, async ({ open }) => {
      const target = { name: 'prod', adapter: open('target') };
      const request = { project: tutorial.name, dryRun: false, options: { object: [`${year.id}:12`], ...options } };
      const { plan, notes, settled } = await open().moves!.prepare(request, target, never);
      const { packageInfo } = JSON.parse(String(settled['body'])) as {
        packageInfo: { tocView: { content: { action: string }[] } };
      };
      return {
        plan: plan?.map((one) => one.action),
        rule: packageInfo.tocView.content[0]?.action,
        notes: notes.join(),
      };
    });
  };
  const lacks = { status: 404, answer: notFound };
  const dated = (day: string) => ({ answer: { ...year, version: 'V1', dateModified: `${day}T00:00:00.000+0000` } });

  test.each<[string, object, Partial<Call>, string, string, RegExp]>([
    ['newer than there', {}, dated('2026-01-01'), 'overwrite', 'use_newer', /^$/],
    ['older than there', {}, dated('2026-03-01'), 'keep', 'use_newer', /^$/],
    ['there, and to stay', { defaultAction: 'use_existing' }, dated('2026-01-01'), 'keep', 'use_existing', /^$/],
    ['not there', {}, lacks, 'create', 'use_newer', /^$/],
    [
      'not there, by choice',
      { defaultAction: 'use_existing' },
      lacks,
      'unchanged',
      'use_existing',
      /nothing is copied.*Year/,
    ],
    ['not there, by another rule', { action: 'replace' }, lacks, 'create', 'replace', /^$/],
  ])('%s', async (_, options, there, action, rule, note) => {
    const { plan, rule: sent, notes } = await prepared(options, there);
    expect([plan, sent]).toEqual([[action], rule]);
    expect(notes).toMatch(note);
  });
});

test('a new process goes on with the handle alone, between any two calls', async () => {
  const taken = show('target', copy({ status: 'importing', progress: 1 }));
  const stages: Call[][] = [
    [show('source', record()), requested, requestedSource, approved, lockedSource, absent, read, put, taken],
    [requestedSource, approved, lockedSource, absent, read, put, taken],
    [lockedSource, absent, read, put, taken],
    [lockedSource, taken],
  ];
  for (const calls of stages) {
    await withLibraries(calls, async (bench) => {
      expect(await look(bench.open(), move)).toMatchObject({ state: 'running', wireState: 'importing' });
      expect(bench.sessions).toMatchObject({ source: { logins: 1 }, target: { logins: 1 } });
    });
  }
});

describe('an account that may not approve', () => {
  const refusal = { code: 'ERR014', message: 'Insufficient privileges', ticketId: 'd'.repeat(32) };

  test('only requests, says for whom it waits, and does not try again', async () => {
    const calls: Call[] = [
      requestedSource,
      { ...approved, status: 403, answer: refusal },
      requestedSource,
      requestedSource,
      lockedSource,
      absent,
      read,
      put,
      show('target', copy({ status: 'importing' })),
    ];
    await withLibraries(calls, async ({ open }) => {
      const source = open();
      const waiting = await look(source, move);
      expect(waiting).toMatchObject({ state: 'waiting', wireState: 'requested' });
      expect(waiting.waitingFor).toContain('an administrator to approve the import');
      expect(waiting.waitingFor).toContain('Insufficient privileges');
      expect(await look(source, move)).toMatchObject({ state: 'waiting' });
      // Somebody approved it in Workstation.
      expect(await look(source, move)).toMatchObject({ state: 'running', wireState: 'importing' });
    });
  });

  test('gets an error when it may not even request', async () => {
    await withLibraries(
      [show('source', record()), { ...requested, status: 403, answer: refusal }],
      async ({ open }) => {
        await expect(() => open().jobs.advance!(move, never)).toThrowCode('AUTH_REFUSED');
      },
    );
  });

  test('does not try with --request-only', async () => {
    const id = `${migration}/request-only@prod`;
    await withLibraries([show('source', record()), requested, requestedSource], async ({ open }) => {
      expect(await look(open(), id)).toMatchObject({ id, kind: 'move', state: 'waiting' });
    });
  });
});

describe('what other clients do at the same time', () => {
  const locked = {
    code: 'ERR006',
    message: "Cannot do current operation for now when `packageInfo.status` is 'locked'.",
    ticketId: 'e'.repeat(32),
  };

  test('a package that somebody has just approved is not patched again', async () => {
    const calls: Call[] = [
      show('source', record()),
      { ...requested, status: 400, answer: locked },
      lockedSource,
      lockedSource,
      absent,
      read,
      put,
      show('target', copy({ status: 'importing' })),
    ];
    await withLibraries(calls, async ({ open }) => {
      expect(await look(open(), move)).toMatchObject({ wireState: 'importing' });
    });
  });

  test('a package that another migration holds is waited for, and neither patched nor imported', async () => {
    const held = show('source', record({ packageInfo: { status: 'locked' } }));
    await withLibraries([held], async ({ open }) => {
      expect(await look(open(), move)).toMatchObject({ state: 'waiting', wireState: 'locked' });
    });
  });

  test.each([
    ['rejected', record({ importInfo: { importRequestStatus: 'rejected' } }), 'failed', 'rejected'],
    [
      'create_failed',
      record({ packageInfo: { status: 'create_failed', message: 'Too large' } }),
      'failed',
      'create_failed',
    ],
    ['an unknown word of a later release', record({ packageInfo: { status: 'pondering' } }), 'running', 'pondering'],
  ])('%s has nothing due', async (_, shown, state, wireState) => {
    await withLibraries([show('source', shown)], async ({ open }) => {
      expect(await look(open(), move)).toMatchObject({ state, wireState });
    });
  });
});

describe('the import on the target', () => {
  const taken = show('target', copy({ status: 'importing' }));

  test('that the server accepts and does not show is an error', async () => {
    const calls = [lockedSource, absent, read, put, absent, absent, absent];
    await withLibraries(calls, async ({ open }) => {
      await expect(() => open().jobs.advance!(move, never)).toThrowCode('REMOTE_UNEXPECTED');
    });
  });

  test.each([
    ['imported', { status: 'imported', undoStorage }, 'succeeded', []],
    [
      'imported',
      { status: 'imported' },
      'succeeded',
      ['the server made no undo package: this import cannot be undone'],
    ],
    ['imported', { status: 'imported', undoStorage, message: 'Skipped one' }, 'partial', ['Skipped one']],
    [
      'import_failed',
      { status: 'import_failed', message: 'Object: <Attribute> is not found' },
      'failed',
      ['Object: <Attribute> is not found'],
    ],
    ['import_failed', { status: 'import_failed' }, 'failed', ['the import failed and the server does not say why']],
    ['undo_success', { status: 'undo_success' }, 'cancelled', ['the import was undone']],
    ['undo_failed', { status: 'undo_failed', undoStorage }, 'succeeded', ['an undo of it was tried and failed']],
    ['archived', { status: 'archived' }, 'running', []],
  ])('%s with %j is %s', async (wireState, importInfo, state, texts) => {
    await withLibraries([lockedSource, show('target', copy(importInfo))], async ({ open }) => {
      const status = await open().jobs.status(move, never);
      expect(status).toMatchObject({ state, wireState, kind: 'move' });
      expect(status.messages.map(({ text }) => text)).toEqual(texts);
    });
  });

  const unreadable = {
    code: 'ERR001',
    message: 'The shared file cannot be accessed. It may be deleted or the storage location cannot be accessed.',
  };

  test('is undelivered when the target has another storage, and is not tried twice', async () => {
    const calls: Call[] = [
      lockedSource,
      absent,
      read,
      { ...put, status: 500, answer: unreadable },
      lockedSource,
      absent,
      lockedSource,
      lockedSource,
      absent,
    ];
    await withLibraries(calls, async ({ open }) => {
      const source = open();
      expect(await look(source, move)).toMatchObject({ state: 'failed', undelivered: true });
      expect(await look(source, move)).toMatchObject({ state: 'failed', undelivered: true });
    });
  });

  test('is undelivered when the target cannot read the file', async () => {
    const failed = copy({ status: 'import_failed', message: unreadable.message });
    await withLibraries([lockedSource, show('target', failed)], async ({ open }) => {
      expect(await open().jobs.status(move, never)).toMatchObject({ state: 'failed', undelivered: true });
    });
  });

  test('is sent once, and a lost answer is settled by what the target shows', async () => {
    const calls: Call[] = [
      lockedSource,
      absent,
      read,
      { ...put, fault: 'reset' },
      absent,
      show('target', copy({ status: 'importing' })),
    ];
    await withLibraries(calls, async ({ open }) => {
      expect(await look(open(), move)).toMatchObject({ state: 'running', wireState: 'importing' });
    });
  });

  test('is sent again at the next look when it never began', async () => {
    const calls: Call[] = [lockedSource, absent, read, { ...put, fault: 'reset' }, absent, absent, absent];
    await withLibraries([...calls, lockedSource, absent, read, put, taken], async ({ open }) => {
      const source = open();
      await expect(() => source.jobs.advance!(move, never)).toThrowCode('REMOTE_UNREACHABLE');
      await source.jobs.advance!(move, never);
    });
  });

  test('of a package of the configuration names no project', async () => {
    const type = 'configuration';
    const approvedThere = show(
      'source',
      record({
        packageInfo: { status: 'locked', type, project: {} },
        importInfo: { importRequestStatus: 'approved', project: {} },
      }),
    );
    const calls = [approvedThere, absent, read, { ...put, headers: { 'x-mstr-projectid': null } }, taken];
    const advanced = withLibraries(calls, ({ open }) => open().jobs.advance!(move, never));
    await expect(advanced).resolves.toBeUndefined();
  });

  test('goes on when the session is lost in the middle', async () => {
    const calls: Call[] = [
      { ...lockedSource, status: 401, answer: { code: 'ERR009', message: 'expired' } },
      lockedSource,
      { on: 'target', line: `GET ${at}`, status: 401, answer: { code: 'ERR009', message: 'expired' } },
      show('target', copy({ status: 'importing', progress: 7 })),
    ];
    await withLibraries(calls, async ({ open, sessions }) => {
      expect(await open().jobs.status(move, never)).toMatchObject({ state: 'running', fraction: 0.07 });
      expect(sessions).toMatchObject({ source: { logins: 2 }, target: { logins: 2 } });
    });
  });

  test('of a move within one Library begins with the record of the source', async () => {
    const same = show(
      'target',
      record({ packageInfo: { status: 'locked' }, importInfo: { importRequestStatus: 'approved' } }),
    );
    const calls = [lockedSource, same, read, put, taken];
    const advanced = withLibraries(calls, ({ open }) => open().jobs.advance!(move, never));
    await expect(advanced).resolves.toBeUndefined();
  });
});

describe('a dry run', () => {
  const id = `${migration}/dry-run@prod`;
  const { environment } = record().importInfo;
  const full = record({ packageInfo: { tocView: {}, treeView: {} } });
  const calls: Call[] = [
    show('source', record()),
    patch('source', { environment, project: tutorial }, brief('created')),
    { on: 'source', line: `GET ${at}?showContent=all`, answer: full },
    {
      on: 'target',
      line: `PUT ${at}/validation`,
      headers: { 'x-mstr-projectid': project, prefer: 'respond-async' },
      json: { ...full, packageInfo: { ...full.packageInfo, replicated: true } },
      status: 202,
    },
    {
      on: 'source',
      line: `PATCH ${at}`,
      json: { validation: { status: 'validating' } },
      answer: { ...brief('created'), validation: { status: 'validating', progress: 0 } },
    },
  ];
  const shown = (validation: object) => show('source', record({ validation }));

  test('takes its documented steps, and the source tells the result', async () => {
    const end = { status: 'validated', progress: 100, message: '' };
    await withLibraries([...calls, shown({ status: 'validating', progress: 30 }), shown(end)], async ({ open }) => {
      const source = open();
      expect(await look(source, id)).toMatchObject({ kind: 'dry-run', state: 'running', fraction: 0.3 });
      expect(await look(source, id)).toMatchObject({ state: 'succeeded', wireState: 'validated' });
    });
  });

  test('that fails says why, and what to do about clocks', async () => {
    const message = 'The time difference between the source and target environments should be five minutes or less.';
    await withLibraries([shown({ status: 'validation_failed', message })], async ({ open }) => {
      const { state, messages } = await open().jobs.status(id, never);
      expect(state).toBe('failed');
      expect(messages[0]?.text).toMatch(/five minutes or less.*set the clocks/);
    });
  });

  test('is deleted on the target and then on the source, also when it is gone already', async () => {
    const gone = { status: 404, answer: { code: 'ERR006', message: 'Package not found' } };
    const calls: Call[] = [
      { on: 'target', line: `DELETE /api/migrations?packageId=${pkg}`, ...gone },
      { on: 'source', line: `DELETE /api/migrations?packageId=${pkg}`, status: 204 },
    ];
    const discarded = withLibraries(calls, ({ open }) => open().moves!.discard!(id, never));
    await expect(discarded).resolves.toBeUndefined();
  });
});

describe('the way to the target', () => {
  const line = 'GET /api/mstrServices/library/storage';
  const stored = (on: Call['on'], sharedFileStore: object): Call => ({ on, line, answer: { sharedFileStore } });
  const file = { type: 'file_system', location: '/mnt/packages', alias: '', configured: true };
  test.each<[string, Call[], true | RegExp]>([
    ['is open when both have the same storage', [stored('source', file), stored('target', file)], true],
    [
      'is closed when they have different storages',
      [stored('source', file), stored('target', { ...file, location: '/x' })],
      /share/,
    ],
    [
      'is closed when one has no storage',
      [stored('source', file), stored('target', { type: 'unset' })],
      /prod has no storage/,
    ],
    [
      'is tried when the Libraries do not tell',
      [stored('source', file), { on: 'target', line, status: 403, answer: { code: 'ERR014', message: 'no' } }],
      true,
    ],
  ])('%s', async (_, calls, expected) => {
    await withLibraries(calls, async ({ open }) => {
      const target = open('target');
      const info = { version: '11.4.0600' } as never;
      const reached = await open().moves!.reaches({ name: 'prod', adapter: target }, info, never);
      if (expected === true) expect(reached).toBe(true);
      else expect(reached).toMatch(expected);
    });
  });
});

test('a create whose answer is lost is found by its name', async () => {
  const settled = { name: 'Night 1.0.0-a', body: '{"packageInfo":{},"importInfo":{}}', peer: 'prod', dryRun: false };
  const list = (...names: string[]): Call => ({
    on: 'source',
    line: '/api/migrations',
    answer: { total: names.length, data: names.map((name) => record({ packageInfo: { name } })) },
  });
  const listed = (call: Call): Call => ({
    ...call,
    line: 'GET /api/migrations?offset=0&limit=1000&packageInfo.purpose=object_migration%2Cproject_merge%2Cmigration_from_shared_file_store',
  });
  const lost: Call = { on: 'source', line: 'POST /api/migrations', fault: 'reset' };
  const prepared = { project: 'x', dryRun: false, settled, notes: [] };
  await withLibraries([lost, listed(list('other', settled.name))], async ({ open, tools }) => {
    const target = { name: 'prod', adapter: open('target') };
    // It is looked for after the request had time to arrive.
    expect(await startingOnce(open(), { tools }).moves!.start(prepared, target, {}, never)).toBe(move);
    expect(tools.waits).toEqual([4_000]);
  });
  await withLibraries([lost, listed(list('other'))], async ({ open, tools }) => {
    const target = { name: 'prod', adapter: open('target') };
    await expect(startingOnce(open(), { tools }).moves!.start(prepared, target, {}, never)).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      hint: expect.stringContaining('run the same command again'),
      details: { ambiguous: false },
    });
  });
});

test('a create that failed for a reason of its own keeps the hint for that reason', async () => {
  const message = 'Cannot create or modify the shared file.';
  const failed: Call = {
    on: 'source',
    line: 'POST /api/migrations',
    status: 500,
    answer: { code: 'ERR001', message },
  };
  const none: Call = {
    on: 'source',
    line: 'GET /api/migrations?offset=0&limit=1000&packageInfo.purpose=object_migration%2Cproject_merge%2Cmigration_from_shared_file_store',
    answer: { total: 0, data: [] },
  };
  const settled = { name: 'Night 1.0.0-a', body: '{}', peer: 'prod', dryRun: false };
  await withLibraries([failed, none], async ({ open, tools }) => {
    const target = { name: 'prod', adapter: open('target') };
    const prepared = { project: 'x', dryRun: false, settled, notes: [] };
    await expect(startingOnce(open(), { tools }).moves!.start(prepared, target, {}, never)).rejects.toMatchObject({
      code: 'REMOTE_UNEXPECTED',
      hint: expect.stringContaining('full or not writable'),
      details: { ambiguous: false },
    });
  });
});

test.each([
  ['11.3.0900', '11.4.0600', false],
  ['11.4.0600', '11.4.0600.001', false],
  ['11.4.0601', '11.4.0600', true],
  ['11.10.0100', '11.4.0600', true],
  ['unknown', '11.4.0600', false],
])('a package from %s to %s meets an obstacle: %p', async (from, to, expected) => {
  await withLibraries([], ({ open }) => {
    const obstacle = open().versionObstacle(from, { version: to } as never);
    expect(obstacle !== undefined).toBe(expected);
    if (expected) expect(obstacle).toContain(from);
    return Promise.resolve();
  });
});
