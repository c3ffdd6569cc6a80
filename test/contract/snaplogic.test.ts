import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { adapterModules } from '../../src/adapters/index.ts';
import { startEmulator, type FaultSpec, type RunningEmulator } from '../../src/emulators/index.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { Options } from '../../src/ports/options.ts';
import { Secret } from '../../src/secret.ts';
import type { ContractBench, ContractSetup } from '../../src/testing/index.ts';
import { collect, failsWith, need, never, watch } from '../../src/testing/workbench.ts';
import { adapterTools } from '../support/adapter-tools.ts';
import { startingOnce } from '../support/start-once.ts';
import { describeAdapter } from './adapter.contract.ts';

interface PlaneBench extends ContractBench {
  /** An instance for another org of the source's control plane. */
  readonly test: Adapter;
  readonly servers: { readonly source: RunningEmulator; readonly target: RunningEmulator };
  /** The source's control plane with another user's credentials. */
  as(email: string, org: string): Adapter;
  /** The source's control plane with a JWT for one of its orgs. */
  byToken(org: string): Adapter;
  /** The target, in another process. */
  elsewhere(): Adapter;
}

const strangersPassword = 'password of nobody here';
const samplePassword = 'sample-password';

async function open(): Promise<PlaneBench> {
  const directory = await mkdtemp(join(tmpdir(), 'migrator-contract-'));
  const start = (name: string, sample: 'source' | 'target') =>
    startEmulator('snaplogic', { directory: join(directory, name), sample, pace: 1 });
  const servers = { source: await start('source', 'source'), target: await start('target', 'target') };
  const module = await adapterModules.snaplogic();
  const peers: Record<string, () => Adapter> = {};
  const tools = adapterTools({}, peers);
  const adapter = (
    name: string,
    server: RunningEmulator,
    org: string,
    more: { user?: string; password?: string } = {},
  ) => {
    const username = more.user ?? server.credentials['username'];
    const password = new Secret(more.password ?? server.credentials['password'] ?? '');
    const one = module.create({ name, url: server.url, settings: { username, org }, secrets: { password } }, tools);
    peers[name] = () => one;
    return one;
  };
  return {
    source: adapter('dev', servers.source, 'Acme-Dev'),
    test: adapter('test', servers.source, 'Acme-Test'),
    target: adapter('eu', servers.target, 'Acme-EU'),
    stranger: adapter('stranger', servers.source, 'Acme-Dev', { password: strangersPassword }),
    as: (user, org) => adapter(`${user}-${org}`, servers.source, org, { user, password: samplePassword }),
    byToken: (org) => {
      const key = createPrivateKey(readFileSync(join(directory, 'source', 'setup', 'jwt-private-key.pem')));
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const [iat, aud] = [Math.floor(Date.now() / 1000), `${servers.source.url}/api/1/rest/public`];
      const claims = { iat, exp: iat + 600, sub: 'ci@acme.example', aud, iss: 'idp', org };
      const signed = `${encode({ alg: 'ES256' })}.${encode(claims)}`;
      const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
      const token = new Secret(`${signed}.${signature}`);
      const name = `token-${org}`;
      const one = module.create({ name, url: servers.source.url, settings: { org }, secrets: { token } }, tools);
      peers[name] = () => one;
      return one;
    },
    elsewhere: () => adapter('elsewhere', servers.target, 'Acme-EU'),
    projects: ['Ledger & Co 100%+'],
    exportOptions: {},
    importOptions: { destPath: '/Acme-EU/Finance/Ledger & Co 100%+' },
    secrets: {},
    planted: [servers.source.credentials['password']!, servers.target.credentials['password']!, strangersPassword],
    lines: tools.lines,
    servers,
    close: async () => {
      await servers.source.close();
      await servers.target.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const setup: ContractSetup = { facets: ['exports', 'imports', 'moves', 'snapshots'], open, pauseMs: 10 };

async function onBench(run: (bench: PlaneBench) => Promise<void>): Promise<void> {
  const bench = await open();
  try {
    await run(bench);
  } finally {
    await bench.close();
  }
}

const named = (name: string): FaultSpec => ({ type: 'named', name, values: {} });
const route = (fault: Omit<Extract<FaultSpec, { type: 'route' }>, 'type'>): FaultSpec => ({ type: 'route', ...fault });

const invoices = '/Acme-Dev/Finance/Invoices';
const migrate = { method: 'POST', path: '/api/1/rest/public/project/migrate/*' } as const;

async function prepareMove(bench: PlaneBench, options: Options = {}, project = invoices, source = bench.source) {
  const target = { name: 'test', adapter: bench.test };
  const prepared = await need(source.moves, 'moves').prepare({ project, dryRun: false, options }, target, never);
  return { prepared, target };
}

async function startMove(bench: PlaneBench, options: Options = {}, project = invoices, source = bench.source) {
  const { prepared, target } = await prepareMove(bench, options, project, source);
  return { prepared, id: await need(startingOnce(source).moves, 'moves').start(prepared, target, {}, never) };
}

describeAdapter('snaplogic', setup, () => {
  describe('a move within a control plane', () => {
    test('a whole project arrives, and a second move keeps the assets that are bound to their place', async () => {
      await onBench(async (bench) => {
        const target = { name: 'test', adapter: bench.test };
        expect(await bench.source.moves!.reaches(target, await bench.test.probe(never), never)).toBe(true);
        const first = await startMove(bench);
        const status = await watch(bench.source, first.id, setup);
        expect(status).toMatchObject({ kind: 'move', state: 'succeeded', wireState: 'Completed', messages: [] });
        expect(status.items).toHaveLength(10);
        await failsWith('CONFLICT', () => startMove(bench));
        const again = await startMove(bench, { noDuplicateCheck: true });
        const overwritten = again.prepared.plan?.filter(
          ({ action, asked }) => action === 'overwrite' && asked !== true,
        );
        expect(overwritten).toHaveLength(6);
        expect(again.prepared.plan?.filter(({ action }) => action === 'keep')).toHaveLength(4);
        expect(await watch(bench.source, again.id, setup)).toMatchObject({ state: 'succeeded' });
      });
    });

    test.each([
      ['Account', 1],
      ['File', 2],
      ['Job', 3],
      ['Pipeline', 3],
      ['Policy', 1],
    ] as const)('a move of the type %s moves only assets of that type', async (type, count) => {
      await onBench(async (bench) => {
        const { id } = await startMove(bench, { assetType: [type] });
        const { items = [] } = await watch(bench.source, id, setup);
        expect(items.map(({ kind, action }) => `${action} ${kind}`)).toEqual(Array(count).fill(`done ${type}`));
      });
    });

    test('the plan names an asset that may not be read, it fails with 401, and the rest arrives', async () => {
      await onBench(async (bench) => {
        const { prepared, id } = await startMove(bench, {}, '/Acme-Dev/Finance/Payroll');
        expect(prepared.notes.join()).toContain('Pipeline "secure_pipeline" may not be read');
        const status = await watch(bench.source, id, setup);
        expect(status.state).toBe('partial');
        expect(status.items?.at(-1)).toEqual({
          kind: 'Pipeline',
          name: 'secure_pipeline',
          action: 'failed',
          reason: 'HTTP Code: 401 Status: UNAUTHORIZED',
        });
      });
    });

    test('a move with one JWT for each org works, also into an org that accepts no passwords', async () => {
      await onBench(async (bench) => {
        const source = bench.byToken('Acme-Dev');
        const target = { name: 'token-Acme-Secure', adapter: bench.byToken('Acme-Secure') };
        const prepared = await source.moves!.prepare(
          { project: invoices, dryRun: false, options: { assetType: ['Job', 'Pipeline'] } },
          target,
          never,
        );
        const id = await source.moves!.start(prepared, target, {}, never);
        const status = await watch(source, id, setup);
        expect(status.items?.map(({ action }) => action)).toEqual(Array(6).fill('done'));
      });
    });

    test('a move by a user who may only read is refused', async () => {
      await onBench(async (bench) => {
        const reader = bench.as('reader@acme.example', 'Acme-Dev');
        await expect(startMove(bench, {}, invoices, reader)).toThrowCode('AUTH_REFUSED');
      });
    });

    test('a move to another control plane is refused', async () => {
      await onBench(async ({ source, target }) => {
        const refused = await source.moves!.reaches({ name: 'eu', adapter: target }, await target.probe(never), never);
        expect(refused).toContain('one control plane only');
      });
    });

    test('each asset that could not be moved is reported with its reason', async () => {
      await onBench(async (bench) => {
        const { id } = await startMove(bench, { destPath: '/Acme-Prod/Finance/Invoices' });
        const status = await watch(bench.source, id, setup);
        expect(status.state).toBe('partial');
        const failed = status.items?.filter(({ action }) => action === 'failed') ?? [];
        expect(failed.map(({ name }) => name).sort()).toEqual(['erp_account', 'office networks only']);
        expect(failed.every(({ reason }) => reason?.includes('403'))).toBe(true);
      });
    });

    test('a project with more than one page of assets arrives whole', async () => {
      await onBench(async (bench) => {
        const { prepared, id } = await startMove(bench, {}, '/Acme-Dev/Sales EMEA/Bulk');
        expect(prepared.plan).toHaveLength(230);
        expect((await watch(bench.source, id, setup)).items).toHaveLength(230);
      });
    });

    test('a move into a space that does not exist needs createSpace', async () => {
      await onBench(async (bench) => {
        const destPath = '/Acme-Test/New Space/Invoices';
        await failsWith('NOT_FOUND', () => startMove(bench, { destPath }));
        const { id } = await startMove(bench, { destPath, createSpace: true });
        expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'succeeded' });
      });
    });

    test.each([undefined, 'sync-document', 'sync-empty', 'sync-cut'])(
      'a synchronous move succeeds with the fault %p',
      async (fault) => {
        await onBench(async (bench) => {
          if (fault !== undefined) bench.servers.source.faults.add(named(fault));
          const { id } = await startMove(bench, { sync: true });
          expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'succeeded' });
        });
      },
    );

    test.each([
      ['failed', 'failed', 'Failed'],
      ['status-foreign-host', 'succeeded', 'Completed'],
    ])('a move with the fault %s ends as %s', async (fault, state, wireState) => {
      await onBench(async (bench) => {
        bench.servers.source.faults.add(named(fault));
        const { id } = await startMove(bench);
        expect(await watch(bench.source, id, setup)).toMatchObject({ state, wireState });
      });
    });

    test('a move with an unknown status word counts as running', async () => {
      await onBench(async (bench) => {
        bench.servers.source.faults.add(named('unknown-status'));
        const { id } = await startMove(bench);
        const status = await bench.source.jobs.status(id, never);
        expect(status.state).toBe('running');
        expect(['Started', 'Completed', 'Failed']).not.toContain(status.wireState);
      });
    });

    test('the result is read from the target when the user may not read the status', async () => {
      await onBench(async (bench) => {
        const source = bench.as('release@acme.example', 'Acme-Dev');
        const { prepared, id } = await startMove(bench, {}, invoices, source);
        expect(prepared.notes.join()).toContain('not an administrator');
        expect(await watch(source, id, setup)).toMatchObject({ state: 'succeeded', wireState: 'status refused' });
      });
    });

    test('another process finds a move by its handle alone', async () => {
      await onBench(async (bench) => {
        const { id } = await startMove(bench);
        const other = bench.as('ci@acme.example', 'Acme-Dev');
        expect(await watch(other, id, setup)).toMatchObject({ id, state: 'succeeded' });
      });
    });
  });

  describe('an answer that is lost', () => {
    test.each(['before', 'after'] as const)(
      'a reset %s the server processes a migration leaves no doubt whether it began',
      async (reset) => {
        await onBench(async (bench) => {
          bench.servers.source.faults.add(route({ ...migrate, reset, times: 1 }));
          const started = startMove(bench);
          if (reset === 'before') {
            await expect(started).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE', details: { ambiguous: false } });
          } else {
            expect(await watch(bench.source, (await started).id, setup)).toMatchObject({ state: 'succeeded' });
          }
        });
      },
    );

    test('an import whose answer is lost is partial and lists its assets', async () => {
      await onBench(async (bench) => {
        const request = { projects: bench.projects, options: {} };
        const exported = await bench.source.exports!.prepare(request, never);
        const exportId = await bench.source.exports!.start(exported, {}, undefined, never);
        const { files } = await bench.source.exports!.fetch(exportId, exported, never);
        const imports = need(bench.target.imports, 'imports');
        const prepared = await imports.prepare(
          { source: exported.package, dryRun: false, options: { destPath: '/Acme-EU/Finance/Ledger' }, files },
          never,
        );
        expect(prepared.plan?.map(({ action }) => action)).toEqual(Array(4).fill('create'));
        bench.servers.target.faults.add(
          route({ method: 'POST', path: '/api/1/rest/public/project/import/*', reset: 'after', times: 1 }),
        );
        const id = await startingOnce(bench.target).imports!.start(prepared, {}, files, never);
        const status = await watch(bench.target, id, setup);
        expect(status).toMatchObject({ state: 'partial', wireState: 'answer not heard' });
        expect(status.items).toHaveLength(4);
      });
    });

    test('another process reads the result of an import from its handle', async () => {
      await onBench(async (bench) => {
        const exported = await bench.source.exports!.prepare({ projects: bench.projects, options: {} }, never);
        const exportId = await bench.source.exports!.start(exported, {}, undefined, never);
        const { files } = await bench.source.exports!.fetch(exportId, exported, never);
        const imports = need(bench.target.imports, 'imports');
        const options = { destPath: '/Acme-EU/Finance/Ledger', onDuplicate: 'create-new' };
        const imported = async () => {
          const prepared = await imports.prepare({ source: exported.package, dryRun: false, options, files }, never);
          return imports.start(prepared, {}, files, never);
        };
        await imported();
        const id = await imported();
        expect(id).toContain('/Acme-EU/Finance/Ledger%201,create_new,4+0+0+0');
        const here = await bench.target.jobs.status(id, never);
        const elsewhere = await bench.elsewhere().jobs.status(id, never);
        expect(elsewhere).toMatchObject({ state: here.state, wireState: 'answered' });
        expect(elsewhere.items).toHaveLength(4);
        expect(elsewhere.messages[0]?.text).toContain('4 done, 0 failed');
      });
    });
  });

  describe('a fault at any single read', () => {
    const reads = { method: 'GET', path: '*', times: 1 };
    test.each([
      ['503 with Retry-After', { status: 503, retryAfter: 1 }],
      ['429', { status: 429 }],
      ['a reset', { reset: 'before' }],
      ['a lost answer', { reset: 'after' }],
      ['an answer that is cut off', { cut: 7 }],
    ] as const)('a move survives %s at any single read', async (_, fault) => {
      await onBench(async (bench) => {
        for (let skip = 0; skip < 5; skip += 1) {
          const remove = bench.servers.source.faults.add(route({ ...reads, ...fault, skip }));
          const { id } = await startMove(bench, { destPath: `/Acme-Test/Finance/Run ${skip}` });
          expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'succeeded' });
          remove();
        }
      });
    });
  });

  test.each([
    ['nested-error', 'NOT_FOUND'],
    ['empty-message', 'NOT_FOUND'],
    ['body-code-only', 'NOT_FOUND'],
  ] as const)('an error answer of the kind %s is read as %s', async (fault, code) => {
    await onBench(async (bench) => {
      bench.servers.source.faults.add(named(fault));
      await expect(startMove(bench, {}, '/Acme-Dev/Finance/Nowhere')).toThrowCode(code);
    });
  });

  test('an error document instead of a zip fails the export with its message', async () => {
    await onBench(async (bench) => {
      bench.servers.source.faults.add(named('json-export'));
      const prepared = await bench.source.exports!.prepare({ projects: bench.projects, options: {} }, never);
      const id = await bench.source.exports!.start(prepared, {}, undefined, never);
      const { files } = await bench.source.exports!.fetch(id, prepared, never);
      const error = await failsWith('REMOTE_UNEXPECTED', () => collect(files[0]!.open(never)));
      expect(error.message).toContain('The export failed');
    });
  });

  test('locked and expired accounts are refused with AUTH_REFUSED', async () => {
    await onBench(async (bench) => {
      for (const email of ['locked@acme.example', 'expired@acme.example']) {
        await expect(bench.as(email, 'Acme-Dev').probe(never)).toThrowCode('AUTH_REFUSED');
      }
    });
  });
});
