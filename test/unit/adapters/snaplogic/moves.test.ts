import { describe, expect, test } from '@jest/globals';
import type { PreparedMove } from '../../../../src/ports/adapter.ts';
import type { Options } from '../../../../src/ports/options.ts';
import { Secret } from '../../../../src/secret.ts';
import { never } from '../../../support/adapter-tools.ts';
import type { Exchange } from '../../../support/scripted-server.ts';
import {
  above,
  basic,
  emptyTarget,
  envelope,
  fullTarget,
  list,
  me,
  migratePath,
  noList,
  password,
  refusal,
  serverDate,
  source,
  sourceAssets,
  token,
  user,
  withSnaplogic,
  type Scripted,
} from '../../../support/snaplogic-client.ts';
import { startingOnce } from '../../../support/start-once.ts';

const project = '/Acme-Dev/Finance/Invoices';
const destPath = '/Acme-Prod/Finance/Invoices';

const prepare = ({ snap }: Scripted, options: Options = {}, name = project): Promise<PreparedMove> =>
  snap.moves!.prepare(
    { project: name, dryRun: false, options: { destPath, ...options } },
    { name: 'prod', adapter: snap },
    never,
  );

const settled = (more: object = {}): PreparedMove => ({
  project,
  dryRun: false,
  settled: {
    source: project,
    destination: destPath,
    assetTypes: [],
    duplicateCheck: true,
    existed: false,
    createSpace: false,
    sync: false,
    peer: 'dev',
    ...more,
  },
  notes: [],
});

const start = ({ snap }: Scripted, prepared: PreparedMove): Promise<string> =>
  snap.moves!.start(prepared, { name: 'dev', adapter: snap }, {}, never);

const post = (json: object, response: Exchange['response'] = accepted): Exchange => ({
  request: {
    method: 'POST',
    path: `${migratePath}/Acme-Dev/Finance/Invoices`,
    headers: { authorization: basic, 'content-type': 'application/json' },
    json,
  },
  response,
});

const accepted = envelope({
  status_token: token,
  status_url: `https://elastic.snaplogic.com/api/1/rest/public/project/migrate/${token}`,
});

describe('prepare', () => {
  test('a first migration takes everything and plans its creation', async () => {
    const prepared = await withSnaplogic([...source, ...emptyTarget, me], (scripted) => prepare(scripted));
    expect(prepared.plan?.map(({ action }) => action)).toEqual(Array(5).fill('create'));
    expect(prepared.settled).toMatchObject({ assetTypes: [], duplicateCheck: true, existed: false, peer: 'prod' });
    expect(prepared.notes.join('\n')).toContain('trusted environment');
    expect(prepared.consent).toBeUndefined();
    expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
  });

  test('an existing project is a conflict', async () => {
    await withSnaplogic([...source, ...fullTarget([])], (scripted) =>
      expect(prepare(scripted)).rejects.toMatchObject({
        code: 'CONFLICT',
        hint: expect.stringContaining('--no-duplicate-check'),
        details: { existing: [destPath] },
      }),
    );
  });

  const there = [
    { name: 'load_invoices', type: 'Pipeline' },
    { name: 'erp_account', type: 'Account' },
    { name: 'Rates.csv', type: 'File' },
  ];

  test('accounts and tasks of an existing project are kept unless they are named', async () => {
    const script = [...source, ...fullTarget(there), me];
    const prepared = await withSnaplogic(script, (scripted) => prepare(scripted, { noDuplicateCheck: true }));
    expect(prepared.plan?.map(({ kind, name, action }) => `${action} ${kind} ${name}`)).toEqual([
      'overwrite Pipeline load_invoices',
      'keep Account erp_account',
      'create File rates.csv',
      'create Policy quota',
      'beside File Rates.csv',
      'keep Job nightly',
    ]);
    expect(prepared.plan?.at(-1)).toEqual(expect.not.objectContaining({ asked: true }));
    expect(prepared.settled).toMatchObject({ assetTypes: ['File', 'Pipeline', 'Policy'], duplicateCheck: false });
    expect(prepared.notes.join('\n')).toContain('left out: Account "erp_account", Job "nightly"');
    expect(prepared.plan?.filter(({ action }) => action === 'overwrite')).toEqual([
      expect.not.objectContaining({ asked: true }),
    ]);
    expect(prepared.backup).toEqual({
      request: { projects: [destPath], options: { ignoreSizeLimit: true } },
      restoreWith: {
        destPath,
        onDuplicate: 'overwrite',
        overwriteType: ['Account', 'File', 'Flows', 'Job', 'Pipeline'],
      },
    });
    expect(prepared.scope).toMatchObject({ projects: [destPath] });
  });

  test('a policy that is overwritten is named, because no backup holds it', async () => {
    const target = fullTarget([{ name: 'quota', type: 'Policy' }]);
    const prepared = await withSnaplogic([...source, ...target, me], (scripted) =>
      prepare(scripted, { noDuplicateCheck: true }),
    );
    expect(prepared.omits).toEqual(['policies are not exported, so no backup holds them: quota']);
  });

  test('an account that is left out because other types are named was asked for', async () => {
    const keep = async (options: Options) => {
      const script = [...source, ...fullTarget(there), me];
      const { plan = [] } = await withSnaplogic(script, (scripted) =>
        prepare(scripted, { noDuplicateCheck: true, ...options }),
      );
      return plan.find(({ action }) => action === 'keep');
    };
    expect(await keep({ assetType: ['Pipeline'] })).toMatchObject({ kind: 'Account', asked: true });
    expect((await keep({}))?.asked).toBeUndefined();
  });

  test.each([
    ['--on-duplicate skip', { onDuplicate: 'skip' }, []],
    ['--on-duplicate create-new', { onDuplicate: 'create-new' }, []],
    ['--overwrite-type', { overwriteType: ['Account'] }, []],
    ['--rename-account', { renameAccount: ['a=b'] }, []],
    ['--account-file', {}, ['accountFile']],
  ])('refuses %s, which a migration within a control plane cannot do', async (flag, options, secrets) => {
    await withSnaplogic([], async ({ snap }) => {
      const asked = { project, dryRun: true, options: { destPath, noDuplicateCheck: true, ...options }, secrets };
      const refused = snap.moves!.prepare(asked, { name: 'prod', adapter: snap }, never);
      await expect(() => refused).toThrowCode('USAGE');
      await expect(refused).rejects.toThrow(flag);
    });
  });

  test('--on-duplicate overwrite means the same as --no-duplicate-check', async () => {
    const there = fullTarget([{ name: 'load_invoices', type: 'Pipeline' }]);
    const prepared = await withSnaplogic([...source, ...there, me], (scripted) =>
      prepare(scripted, { onDuplicate: 'overwrite' }),
    );
    expect(prepared.settled).toMatchObject({ duplicateCheck: false, existed: true });
    expect(prepared.plan).toContainEqual({ kind: 'Pipeline', name: 'load_invoices', action: 'overwrite' });
  });

  test('notes an asset that may not be read and a place that may not be written, as lists say', async () => {
    const perms = (exchange: Exchange, names: readonly string[], may: readonly string[]): Exchange => {
      const { json, ...rest } = exchange.response as {
        json: { response_map: { entries: readonly { name: string }[] } };
      };
      const entries = json.response_map.entries.map((one) => (names.includes(one.name) ? { ...one, perms: may } : one));
      return { ...exchange, response: { ...rest, json: { ...json, response_map: { entries } } } };
    };
    const secured = source.map((exchange) => perms(exchange, ['load_invoices'], []));
    const closed = emptyTarget.map((exchange) => perms(exchange, ['Finance'], ['R']));
    const { notes } = await withSnaplogic([...secured, ...closed, me], (scripted) => prepare(scripted));
    expect(notes).toContainEqual(expect.stringMatching(/^Pipeline "load_invoices" may not be read by this account/));
    expect(notes).toContainEqual(
      expect.stringMatching(/^this account may not write at \/Acme-Prod\/Finance\/Invoices/),
    );
    const open = (await withSnaplogic([...source, ...emptyTarget, me], (scripted) => prepare(scripted))).notes;
    expect(open.filter((note) => note.includes('may not'))).toEqual([]);
  });

  test('a Snaplex and a folder of the project are not moved', async () => {
    const more = list(project, [...sourceAssets, { name: 'plex', type: 'Plex' }, { name: 'folder', type: 'Dir' }]);
    const prepared = await withSnaplogic([more, ...emptyTarget, me], (scripted) => prepare(scripted));
    expect(prepared.plan).toHaveLength(sourceAssets.length);
  });

  test('a task may be named Job or task', async () => {
    const script = [...source, ...fullTarget(there), me];
    const options = { noDuplicateCheck: true, assetType: ['task', 'account'] };
    const prepared = await withSnaplogic(script, (scripted) => prepare(scripted, options));
    expect(prepared.settled['assetTypes']).toEqual(['Account', 'Job']);
    expect(prepared.plan).toContainEqual({ kind: 'Account', name: 'erp_account', action: 'overwrite' });
  });

  test('a missing space is NOT_FOUND, or is created with --create-space', async () => {
    const target = list('/Acme-Prod', [{ name: 'finance' }]);
    await withSnaplogic([...source, target], (scripted) =>
      expect(prepare(scripted)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        hint: expect.stringMatching(/there is finance;.*--create-space/),
      }),
    );
    const prepared = await withSnaplogic([...source, target, me], (scripted) =>
      prepare(scripted, { createSpace: true }),
    );
    expect(prepared.settled['createSpace']).toBe(true);
    expect(prepared.notes.join('\n')).toContain('/Acme-Prod/Finance is made first');
  });

  test('a missing org is NOT_FOUND', async () => {
    const nowhere = list('/Acme-Prod', [], { response: envelope({ error_list: [{ message: 'no org' }] }, 404) });
    await withSnaplogic([...source, nowhere], (scripted) =>
      expect(prepare(scripted)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('Acme-Prod does not exist on dev'),
      }),
    );
  });

  test('an org without this member is AUTH_REFUSED, an org that only hides its list is not', async () => {
    const hidden = list('/Acme-Prod', [], { response: refusal(403) });
    await withSnaplogic([...source, hidden, user({ 'Acme-Dev': true })], (scripted) =>
      expect(prepare(scripted)).rejects.toMatchObject({ code: 'AUTH_REFUSED', hint: expect.stringContaining('write') }),
    );
    const prepared = await withSnaplogic([...source, hidden, me], (scripted) =>
      prepare(scripted, { noDuplicateCheck: true }),
    );
    expect(prepared.plan).toBeUndefined();
    expect(prepared.settled).toMatchObject({ existed: 'unknown', assetTypes: ['File', 'Pipeline', 'Policy'] });
    expect(prepared.consent).toContain('whatever has the same name');
    expect(prepared.backup).toBeUndefined();
    expect(prepared.scope).toBeUndefined();
  });

  test('the path of the source is case-sensitive', async () => {
    await withSnaplogic([...above, noList('/Acme-Dev/Finance/invoices')], (scripted) =>
      expect(prepare(scripted, {}, 'Acme-Dev//Finance/invoices/')).rejects.toMatchObject({
        code: 'NOT_FOUND',
        // A move asks two servers.
        message: expect.stringMatching(/ on dev$/u),
        hint: expect.stringContaining('there is /Acme-Dev/Finance/Invoices'),
      }),
    );
  });

  test('a misspelt path is told with the nearest one', async () => {
    await withSnaplogic([...above, noList('/Acme-Dev/Finance/Invoces')], (scripted) =>
      expect(prepare(scripted, {}, '/Acme-Dev/Finance/Invoces')).rejects.toMatchObject({
        code: 'NOT_FOUND',
        hint: 'did you mean /Acme-Dev/Finance/Invoices?',
      }),
    );
  });

  test('notes a locked account, missing rights and a token of another org', async () => {
    const locked = user({ 'Acme-Dev': false }, { user_locked_out: true, password_expired: 'true' });
    const prepared = await withSnaplogic([...source, ...emptyTarget, locked], (scripted) => prepare(scripted));
    const notes = prepared.notes.join('\n');
    for (const part of ['is locked', 'has expired', 'not listed as a member of Acme-Prod', 'read from the target']) {
      expect(notes).toContain(part);
    }
  });

  test.each([
    ['a space as destination', '/Acme-Prod/Finance'],
    ['four parts', '/Acme-Prod/Finance/Invoices/x'],
    ['a name that climbs', '/Acme-Prod/../Invoices'],
    ['a forbidden character', '/Acme-Prod/Finance/In?voices'],
    ['the source itself', project],
  ])('%s is USAGE', async (_, wrong) => {
    await withSnaplogic(source, (scripted) =>
      expect(() => prepare(scripted, { destPath: wrong })).toThrowCode('USAGE'),
    );
  });

  test('an unknown type is USAGE before anything is read', async () => {
    await withSnaplogic([], (scripted) =>
      expect(() => prepare(scripted, { assetType: ['Snapplex'] })).toThrowCode('USAGE'),
    );
  });

  test('without --dest-path it goes to the same place in the org of the target', async () => {
    const script = [...source, ...emptyTarget, me];
    await withSnaplogic(
      script,
      async ({ snap }) => {
        const request = { project, dryRun: true, options: {} };
        const prepared = await snap.moves!.prepare(request, { name: 'prod', adapter: snap }, never);
        expect(prepared.settled['destination']).toBe(destPath);
      },
      { settings: { username: 'ci@acme.example', org: 'Acme-Prod' } },
    );
  });
});

describe('reaches', () => {
  test('only the same control plane, by any of its names', async () => {
    await withSnaplogic([], async ({ snap, url }) => {
      const ask = (target: string) =>
        snap.moves!.reaches({ name: 'x', adapter: snap }, { url: target } as never, never);
      expect(await ask(url)).toBe(true);
      expect(await ask('https://emea.snaplogic.com')).toContain('one control plane only');
    });
  });
});

describe('start', () => {
  const body = { dest_path: destPath, duplicate_check: true, async: true };

  test('sends the documented body and returns a handle with all that is needed', async () => {
    await withSnaplogic([post(body)], async (scripted) => {
      const id = await start(scripted, settled());
      expect(id).toMatch(
        new RegExp(`^move,${token},\\d{8}T\\d{9}Z,dev,/Acme-Dev/Finance/Invoices,/Acme-Prod/Finance/Invoices,-$`),
      );
    });
  });

  test('sends types, overwriting and synchronous answers', async () => {
    const wanted = { ...body, asset_types: ['File', 'Pipeline'], duplicate_check: false, async: false };
    const done = { successful: [{ snode_id: 'x', name: 'a', asset_type: 'Pipeline' }] };
    const answer = envelope({ status: 'Completed', ...done });
    await withSnaplogic([post(wanted, answer), list(destPath, [{ name: 'a', type: 'Pipeline' }])], async (scripted) => {
      const options = { assetTypes: ['File', 'Pipeline'], duplicateCheck: false, sync: true };
      const id = await start(scripted, settled(options));
      expect(await scripted.snap.jobs.status(id, never)).toMatchObject({
        state: 'succeeded',
        items: [{ kind: 'Pipeline', name: 'a', action: 'done' }],
      });
    });
  });

  test('a synchronous answer may be the status document itself, without an envelope', async () => {
    const body = { dest_path: destPath, duplicate_check: true, async: false };
    const answer = {
      json: {
        status: 'Completed',
        http_status_code: 200,
        successful: [{ name: 'load_invoices', asset_type: 'Pipeline' }],
      },
    };
    for (const [held, state] of [
      ['load_invoices', 'succeeded'],
      ['another', 'failed'],
    ] as const) {
      await withSnaplogic(
        [post(body, answer), list(destPath, [{ name: held, type: 'Pipeline' }])],
        async (scripted) => {
          const id = await start(scripted, settled({ sync: true }));
          expect(await scripted.snap.jobs.status(id, never)).toMatchObject({ state, wireState: 'Completed' });
        },
      );
    }
  });

  test('an empty answer of a synchronous migration is settled by a look at the target', async () => {
    const wanted = { ...body, async: false };
    const now = new Date(serverDate).toISOString();
    const target = fullTarget([{ name: 'load_invoices', type: 'Pipeline', updated: '2030-01-01T00:00:00.000Z' }]);
    const origin = [list(project, [{ name: 'load_invoices', type: 'Pipeline', updated: now }])];
    await withSnaplogic([post(wanted, { text: '' }), ...origin, ...target], async (scripted) => {
      const id = await start(scripted, settled({ sync: true }));
      expect(id).toMatch(/^move,-,/);
      expect(await scripted.snap.jobs.status(id, never)).toMatchObject({ state: 'succeeded', wireState: 'no status' });
    });
  });

  test('creates the space first, and accepts one that exists by then', async () => {
    for (const response of [envelope({ name: 'Finance' }), refusal(409)]) {
      const space: Exchange = {
        request: {
          method: 'POST',
          path: '/api/1/rest/public/assetapi/project/Acme-Prod/Finance',
          json: { permissions: [] },
        },
        response,
      };
      const script = [space, post(body)];
      const id = withSnaplogic(script, (scripted) => start(scripted, settled({ createSpace: true })));
      expect(await id).toMatch(`move,${token},`);
    }
  });

  test.each([
    [409, 'CONFLICT'],
    [403, 'AUTH_REFUSED'],
    [401, 'AUTH_REFUSED'],
    [404, 'NOT_FOUND'],
    [400, 'REMOTE_UNEXPECTED'],
  ])('a refusal with %p is %s, by HTTP or in the body alone', async (status, code) => {
    for (const answer of [refusal(status), { ...refusal(status), status: 200 }]) {
      await withSnaplogic([post(body, answer)], (scripted) =>
        expect(start(scripted, settled())).rejects.toMatchObject({ code, details: { status, ambiguous: false } }),
      );
    }
  });

  test('no refusal repeats the credentials', async () => {
    const answer = refusal(403, `no right for ${basic} and ${password}`);
    await withSnaplogic([post(body, answer)], async (scripted) => {
      const error: unknown = await start(scripted, settled()).catch((thrown: unknown) => thrown);
      const said = JSON.stringify([error, String(error), (error as Error).stack, scripted.tools.lines]);
      expect(said).not.toContain(password);
      expect(said).not.toContain(basic.slice(6));
    });
  });

  test('a token goes as Bearer, with or without the words before it', async () => {
    for (const jwt of ['abc.def.ghi', 'Bearer abc.def.ghi', 'Bearer Token abc.def.ghi', 'token abc.def.ghi']) {
      const exchange = post(body);
      const headers = { authorization: 'Bearer abc.def.ghi' };
      const script = [{ ...exchange, request: { ...exchange.request, headers } }];
      const id = withSnaplogic(script, (scripted) => start(scripted, settled()), {
        settings: {},
        secrets: { token: new Secret(jwt) },
      });
      expect(await id).toMatch(`move,${token},`);
    }
  });
});

describe('a lost answer', () => {
  const body = { dest_path: destPath, duplicate_check: true, async: true };
  const startOnce = ({ snap, ...rest }: Scripted, prepared: PreparedMove) =>
    start({ ...rest, snap: startingOnce(snap, rest) }, prepared);
  const future = '2030-01-01T00:00:00.000Z';

  test('is found by the new project at the destination', async () => {
    const target = fullTarget([{ name: 'load_invoices', type: 'Pipeline', updated: future }], { created: future });
    await withSnaplogic([post(body, { fault: 'reset' }), ...target], async (scripted) => {
      expect(await startOnce(scripted, settled())).toMatch(/^move,-,/);
    });
  });

  test('means no migration when the destination is still not there', async () => {
    await withSnaplogic([post(body, { fault: 'reset' }), ...emptyTarget], (scripted) =>
      expect(startOnce(scripted, settled())).rejects.toMatchObject({
        code: 'REMOTE_UNREACHABLE',
        details: { ambiguous: false },
      }),
    );
  });

  test('stays in doubt when the project is there and older than the request', async () => {
    await withSnaplogic([post(body, { fault: 'reset' }), ...fullTarget([])], (scripted) =>
      expect(startOnce(scripted, settled())).rejects.toMatchObject({
        code: 'REMOTE_UNREACHABLE',
        hint: expect.stringContaining('--fresh'),
        details: { ambiguous: true },
      }),
    );
  });

  test('of a migration onto an existing project may be sent again when nothing has changed', async () => {
    const overwriting = settled({ existed: true, duplicateCheck: false });
    await withSnaplogic(fullTarget([{ name: 'load_invoices', type: 'Pipeline' }]), async ({ snap }) => {
      expect(await snap.moves!.find(overwriting, new Date(), never)).toBeUndefined();
    });
  });

  test('stays in doubt when the list has no times', async () => {
    const blind = list('/Acme-Prod/Finance/Invoices', [], {
      response: envelope({ entries: [{ name: 'load_invoices', asset_type: 'Pipeline' }] }),
    });
    const target = [...fullTarget([]).slice(0, 2), blind];
    await withSnaplogic(target, ({ snap }) =>
      expect(() => snap.moves!.find(settled({ existed: true }), new Date(), never)).toThrowCode('CONFLICT'),
    );
  });
});
