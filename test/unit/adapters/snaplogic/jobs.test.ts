import { describe, expect, test } from '@jest/globals';
import { never } from '../../../support/adapter-tools.ts';
import {
  above,
  all,
  basic,
  document,
  envelope,
  fullTarget,
  get,
  list,
  migratePath,
  moveId,
  noList,
  refusal,
  token,
  withSnaplogic,
} from '../../../support/snaplogic-client.ts';
import type { Exchange } from '../../../support/scripted-server.ts';

const first = `${migratePath}/${token}`;
const second = `/api/1/rest/public/migrate/${token}`;
const statusOf = (script: readonly Exchange[], id = moveId()) =>
  withSnaplogic(script, ({ snap }) => snap.jobs.status(id, never));

const done = [
  { snode_id: '58d172f773fe032daac6350c', name: 'erp_account' },
  { snode_id: '58d172fa73fe032daac63510', name: 'load_invoices', asset_type: 'Pipeline' },
];
const secured = {
  reason: 'HTTP Code: 401 Status: UNAUTHORIZED',
  snode_id: '58d172aa411a3e956a84876a',
  name: 'secure_pipeline',
  status_code: 401,
};
const arrived = list('/Acme-Prod/Finance/Invoices', [
  { name: 'erp_account', type: 'Account' },
  { name: 'load_invoices', type: 'Pipeline' },
]);

/** The source, as far as it tells what the pipeline is that did not come along. */
const payroll = [list('/Acme-Dev/Finance/Invoices', [{ name: 'secure_pipeline', type: 'Pipeline' }])];

describe('the status of a migration', () => {
  test('Started is running, and so is an undocumented word', async () => {
    for (const status of ['Started', 'Paused', 'Success']) {
      const answer = envelope(document({ status, successful: done }));
      expect(await statusOf([get(first, answer)])).toMatchObject({
        state: 'running',
        wireState: status,
        activity: '2 assets done, 0 failed',
      });
    }
    expect(await statusOf([get(first, envelope({}))])).toMatchObject({ state: 'running', wireState: 'no status' });
  });

  test('Completed with everything done is a success', async () => {
    const status = await statusOf([get(first, envelope(document({ successful: done }))), arrived]);
    expect(status).toMatchObject({ state: 'succeeded', wireState: 'Completed', startedAt: '2026-05-04T09:12:03.114Z' });
    expect(status.messages).toEqual([]);
    expect(status.items).toEqual([
      { kind: 'Account', name: 'erp_account', action: 'done' },
      { kind: 'Pipeline', name: 'load_invoices', action: 'done' },
    ]);
  });

  test('Completed with failures is partial, each with its reason', async () => {
    const answer = envelope(document({ successful: done, failed: [secured] }));
    const status = await statusOf([get(first, answer), arrived, ...payroll]);
    expect(status).toMatchObject({ state: 'partial' });
    expect(status.items?.[2]).toEqual({
      kind: 'Pipeline',
      name: 'secure_pipeline',
      action: 'failed',
      reason: 'HTTP Code: 401 Status: UNAUTHORIZED',
    });
    expect(status.messages[0]).toMatchObject({ level: 'error', text: expect.stringContaining('secure_pipeline') });
  });

  test('Completed with warnings alone is partial, with any key for the message', async () => {
    for (const key of ['message', 'warning', 'reason']) {
      const warnings = [{ [key]: 'the account is not valid there', snode_id: 'x', name: 'erp_account' }];
      const answer = envelope(document({ successful: done, warnings }));
      expect(await statusOf([get(first, answer), arrived])).toMatchObject({
        state: 'partial',
        messages: [{ level: 'warning', text: 'Account "erp_account": the account is not valid there' }],
      });
    }
  });

  test('Completed with nothing but failures is a failure', async () => {
    const status = await statusOf([get(first, envelope(document({ failed: [secured] }))), ...payroll]);
    expect(status).toMatchObject({ state: 'failed', items: [{ kind: 'Pipeline', name: 'secure_pipeline' }] });
  });

  test('a type stays unknown when the source may not be read, or has two assets of that name', async () => {
    const answer = get(first, envelope(document({ failed: [secured] })));
    const twice = list('/Acme-Dev/Finance/Invoices', [
      { name: 'secure_pipeline', type: 'Pipeline' },
      { name: 'secure_pipeline', type: 'File' },
    ]);
    const closed = ['/Acme-Dev/Finance/Invoices', '/Acme-Dev'].map((path) =>
      list(path, [], { response: refusal(403) }),
    );
    for (const script of [[twice], closed]) {
      expect(await statusOf([answer, ...script])).toMatchObject({
        state: 'failed',
        items: [{ kind: 'Asset', name: 'secure_pipeline' }],
      });
    }
  });

  test('an asset that is called done must be there', async () => {
    const answer = envelope(document({ successful: done }));
    const target = list('/Acme-Prod/Finance/Invoices', [{ name: 'load_invoices', type: 'Pipeline' }]);
    expect(await statusOf([get(first, answer), target])).toMatchObject({
      state: 'partial',
      messages: [{ level: 'error', text: expect.stringContaining('erp_account') }],
      items: [
        { name: 'erp_account', action: 'failed' },
        { name: 'load_invoices', action: 'done' },
      ],
    });
    expect(await statusOf([get(first, answer), ...fullTarget([])])).toMatchObject({ state: 'failed' });
  });

  test.each([
    ['failed', { failed: [secured] }, 'secure_pipeline'],
    ['error_list', { error_list: [{ message: 'no such space' }] }, 'no such space'],
    ['error', { error: 'out of order' }, 'out of order'],
    ['message', { message: 'duplicate' }, 'duplicate'],
  ])('Failed takes its reason out of %s', async (_, more, text) => {
    const status = await statusOf([
      get(first, envelope(document({ status: 'Failed', ...more }))),
      ...('failed' in more ? payroll : []),
    ]);
    expect(status.state).toBe('failed');
    expect(JSON.stringify(status.messages)).toContain(text);
  });

  describe('Completed without the name of an asset', () => {
    const silent = get(first, envelope(document({ successful: null, failed: null, warnings: null })));
    const origin = (...names: readonly string[]) => [
      list(
        '/Acme-Dev/Finance/Invoices',
        names.map((name) => ({ name, type: 'Pipeline' })),
      ),
    ];
    const now = '2026-05-04T09:12:02.000Z';
    const id = moveId().replace('20260504T091200000Z', new Date().toISOString().replaceAll(/[-:.]/g, ''));

    test('is read from the target at once', async () => {
      const script = (...there: readonly string[]) => [
        silent,
        ...origin('a', 'b'),
        ...fullTarget(there.map((name) => ({ name, type: 'Pipeline', updated: now }))),
      ];
      expect(await statusOf(script('a', 'b'), id)).toMatchObject({ state: 'succeeded', wireState: 'Completed' });
      expect(await statusOf(script('a'), id)).toMatchObject({
        state: 'partial',
        items: [
          { name: 'a', action: 'done' },
          { name: 'b', action: 'failed' },
        ],
      });
      expect(await statusOf(script(), id)).toMatchObject({ state: 'failed' });
    });

    test('is a success when there was nothing to move', async () => {
      expect(await statusOf([silent, ...above, ...origin(), ...fullTarget([])], id)).toMatchObject({
        state: 'succeeded',
        items: [],
      });
    });

    test('is partial for a token alone, because nobody knows what was to arrive', async () => {
      expect(await statusOf([silent], token)).toMatchObject({ state: 'partial' });
    });
  });

  test.each([401, 403, 404])('falls back to the other path on %p', async (status) => {
    const script = [get(first, refusal(status)), get(second, envelope(document({ status: 'Started' })))];
    expect(await statusOf(script)).toMatchObject({ state: 'running' });
  });

  test('a 404 only in the body counts too', async () => {
    const hidden = envelope({ error_list: [] }, 404);
    const script = [get(first, hidden), get(second, envelope(document({ status: 'Started' })))];
    expect(await statusOf(script)).toMatchObject({ state: 'running' });
  });

  test('a token that neither path knows is NOT_FOUND', async () => {
    await expect(() => statusOf([get(first, refusal(404)), get(second, refusal(404))])).toThrowCode('NOT_FOUND');
  });

  test('a token alone is accepted, as the product shows it', async () => {
    const script = [get(first, envelope(document({ successful: done }))), arrived];
    expect(await statusOf(script, token)).toMatchObject({ id: token, state: 'succeeded' });
  });

  test('wrong credentials do not count as a missing right', async () => {
    await expect(() => statusOf([get(first, refusal(401)), get(second, refusal(401))])).toThrowCode('AUTH_REFUSED');
  });
});

describe('a status URL of the server', () => {
  const body = { dest_path: '/Acme-Prod/Finance/Invoices', duplicate_check: true, async: true };
  const prepared = {
    project: '/Acme-Dev/Finance/Invoices',
    dryRun: false,
    settled: {
      source: '/Acme-Dev/Finance/Invoices',
      destination: body.dest_path,
      assetTypes: [],
      duplicateCheck: true,
      existed: false,
      createSpace: false,
      sync: false,
      peer: 'dev',
    },
    notes: [],
  };

  test.each([
    [
      'of another origin is requested from this one',
      `https://evil.example/api/1/rest/public/project/migrate/${token}`,
      first,
    ],
    [
      'with another path is requested first',
      `https://x.example/api/1/rest/public/v2/status/${token}`,
      `/api/1/rest/public/v2/status/${token}`,
    ],
    ['that is no status URL is ignored', `https://evil.example/steal?x=${token}`, first],
    ['with .. in it is ignored', `/api/1/rest/../../steal/${token}`, first],
  ])('%s', async (_, url, asked) => {
    const post: Exchange = {
      request: { method: 'POST', path: `${migratePath}/Acme-Dev/Finance/Invoices`, json: body },
      response: envelope({ status_token: token, status_url: url }),
    };
    const answer = get(asked, envelope(document({ status: 'Started' })));
    const script = [post, { ...answer, request: { ...answer.request, headers: { authorization: basic } } }];
    await withSnaplogic(script, async ({ snap }) => {
      const id = await snap.moves!.start(prepared, { name: 'dev', adapter: snap }, {}, never);
      expect(await snap.jobs.status(id, never)).toMatchObject({ state: 'running' });
    });
  });
});

describe('a status that is refused', () => {
  const refused = [get(first, refusal(403)), get(second, refusal(404))];
  const since = '2026-05-04T09:12:02.000Z';
  const before = '2026-05-04T09:11:00.000Z';
  // A job that began a moment ago by the server's clock: the handle says when, by this machine's.
  const ago = (minutes: number) => {
    const time = new Date(Date.now() - minutes * 60_000).toISOString().replaceAll(/[-:.]/g, '');
    return moveId().replace('20260504T091200000Z', time);
  };
  const names = ['load_invoices', 'erp_account'] as const;
  const origin = [
    list('/Acme-Dev/Finance/Invoices', [
      { name: names[0], type: 'Pipeline' },
      { name: names[1], type: 'Account' },
    ]),
  ];
  const target = (pipeline: string, account?: string) =>
    fullTarget([
      { name: names[0], type: 'Pipeline', updated: pipeline },
      ...(account === undefined ? [] : [{ name: names[1], type: 'Account', updated: account }]),
    ]);

  test('is a success when everything is there and new, and a message says how that is known', async () => {
    const status = await statusOf([...refused, ...origin, ...target(since, since)], ago(0));
    expect(status).toMatchObject({ state: 'succeeded', wireState: 'status refused' });
    expect(status.messages).toEqual([{ level: 'info', text: expect.stringContaining('read from') }]);
    expect(status.items).toHaveLength(2);
  });

  test('does not wait for a Snaplex of the source', async () => {
    const plex = list('/Acme-Dev/Finance/Invoices', [
      { name: names[0], type: 'Pipeline' },
      { name: 'cloudplex', type: 'Plex' },
    ]);
    const status = await statusOf([...refused, plex, ...target(since)], ago(0));
    expect(status).toMatchObject({ state: 'succeeded', items: [{ name: names[0] }] });
  });

  test('is running when something is missing or older', async () => {
    for (const script of [target(since), target(since, before)]) {
      expect(await statusOf([...refused, ...origin, ...script], ago(0))).toMatchObject({
        state: 'running',
        activity: '1 of 2 assets have arrived',
      });
    }
  });

  test('is partial when something is missing and nothing has changed for long', async () => {
    const status = await statusOf(
      [...refused, ...origin, ...target('2026-05-04T09:03:00.000Z', '2026-05-04T08:00:00.000Z')],
      ago(10),
    );
    expect(status).toMatchObject({ state: 'partial' });
    expect(status.items?.map(({ action }) => action)).toEqual(['done', 'failed']);
  });

  test('is a failure when nothing has arrived for long', async () => {
    expect(await statusOf([...refused, ...origin, ...target('2026-05-04T08:00:00.000Z')], ago(10))).toMatchObject({
      state: 'failed',
    });
  });

  test('fails when the source may no longer be read', async () => {
    const closed = [...above, list('/Acme-Dev/Finance/Invoices', [], { response: refusal(403) })];
    await expect(() => statusOf([...refused, ...closed, ...target(since, since)], ago(0))).toThrowCode('AUTH_REFUSED');
  });

  test('is in doubt when the source is gone', async () => {
    const gone = [noList('/Acme-Dev/Finance/Invoices'), above[0]!, list('/Acme-Dev/Finance', [])];
    expect(await statusOf([...refused, ...gone, ...target(since)], ago(0))).toMatchObject({ state: 'running' });
    const late = await statusOf([...refused, ...gone, ...target('2026-05-04T09:03:00.000Z')], ago(10));
    expect(late).toMatchObject({ state: 'partial', items: [{ kind: 'Pipeline', name: 'load_invoices' }] });
    expect(late.messages[1]).toMatchObject({ level: 'warning', text: expect.stringContaining('no longer there') });
  });

  test('for a token alone is AUTH_REFUSED', async () => {
    await expect(() => statusOf(refused, token)).toThrowCode('AUTH_REFUSED');
  });
});

describe('ids', () => {
  test.each(['ServerTasks-1', 'move', 'move,x', 'import,,', 'move,%zz,x,y,/a/b/c,/d/e/f,-', ''])(
    '%p is NOT_FOUND',
    async (id) => {
      await withSnaplogic([], ({ snap }) => expect(() => snap.jobs.status(id, never)).toThrowCode('NOT_FOUND'));
    },
  );
});

test('the log tells each asset once', async () => {
  const answer = envelope(document({ successful: done, failed: [secured] }));
  const lines = await withSnaplogic([get(first, answer), arrived, ...payroll], ({ snap }) =>
    all(snap.jobs.log(moveId(), never)),
  );
  expect(lines.map(({ level, text }) => `${level} ${text}`)).toEqual([
    'info partial (Completed)',
    'info Account "erp_account": done',
    'info Pipeline "load_invoices": done',
    'error Pipeline "secure_pipeline": failed (HTTP Code: 401 Status: UNAUTHORIZED)',
  ]);
});
