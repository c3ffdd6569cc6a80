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

interface LibraryBench extends ContractBench {
  readonly servers: { readonly source: RunningEmulator; readonly target: RunningEmulator };
}

const strangersPassword = 'password of nobody here';

async function open(): Promise<LibraryBench> {
  const directory = await mkdtemp(join(tmpdir(), 'migrator-contract-'));
  const storage = join(directory, 'shared');
  const start = (name: string, sample: 'source' | 'target') =>
    startEmulator('microstrategy', { directory: join(directory, name), sample, pace: 5, storage });
  const servers = { source: await start('source', 'source'), target: await start('target', 'target') };
  const module = await adapterModules.microstrategy();
  const made: Adapter[] = [];
  const peers: Record<string, () => Adapter> = {};
  const tools = adapterTools({}, peers);
  const adapter = (name: string, { url, credentials }: RunningEmulator, password = credentials['password']!) => {
    const one = module.create(
      {
        name,
        url,
        settings: { username: credentials['username'] },
        secrets: { password: new Secret(password) },
      },
      tools,
    );
    peers[name] = () => one;
    made.push(one);
    return one;
  };
  return {
    source: adapter('lab', servers.source),
    target: adapter('prod', servers.target),
    stranger: adapter('stranger', servers.source, strangersPassword),
    projects: ['MicroStrategy Tutorial'],
    exportOptions: { object: ['8D679D5111D3E4981000E787EC6DE8A4:attribute:replace', 'Units Sold:fact:replace'] },
    importOptions: {},
    secrets: {},
    parcel: {
      ref: { id: 'C337C6D1FAC94E1998DB162B20D6B95E', version: '' },
      bytes: Buffer.from('one content'),
      otherBytes: Buffer.from('another content'),
    },
    planted: [servers.source.credentials['password']!, servers.target.credentials['password']!, strangersPassword],
    lines: tools.lines,
    servers,
    close: async () => {
      for (const one of made) await one.close?.();
      await servers.source.close();
      await servers.target.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const setup: ContractSetup = { facets: ['exports', 'imports', 'feed', 'moves', 'snapshots'], open, pauseMs: 10 };

async function onBench(run: (bench: LibraryBench) => Promise<void>): Promise<void> {
  const bench = await open();
  try {
    await run(bench);
  } finally {
    await bench.close();
  }
}

const named = (name: string): FaultSpec => ({ type: 'named', name, values: {} });
const route = (fault: Omit<Extract<FaultSpec, { type: 'route' }>, 'type'>): FaultSpec => ({ type: 'route', ...fault });

async function startMove(
  bench: LibraryBench,
  { dryRun = false, options = {} }: { dryRun?: boolean; options?: Options } = {},
) {
  const moves = need(bench.source.moves, 'moves');
  const target = { name: 'prod', adapter: bench.target };
  expect(await moves.reaches(target, await bench.target.probe(never), never)).toBe(true);
  const request = { project: 'MicroStrategy Tutorial', dryRun, options: { ...bench.exportOptions, ...options } };
  const prepared = await moves.prepare(request, target, never);
  return { id: await moves.start(prepared, target, {}, never), prepared };
}

async function waitingOn({ source }: LibraryBench, id: string) {
  for (;;) {
    await source.jobs.advance!(id, never);
    const status = await source.jobs.status(id, never);
    if (status.state === 'waiting') return status;
    expect(status.state).toBe('running');
  }
}

async function migrations(adapter: Adapter): Promise<number> {
  return (await collect(adapter.jobs.list({ all: true, limit: 100 }, never))).length;
}

describeAdapter('microstrategy', setup, () => {
  describe('a move between Libraries that share a storage', () => {
    test('the objects arrive, and an undo restores the target', async () => {
      await onBench(async (bench) => {
        const { id, prepared } = await startMove(bench);
        expect(prepared.plan).toHaveLength(2);
        expect(await watch(bench.source, id, setup)).toMatchObject({
          kind: 'move',
          state: 'succeeded',
          wireState: 'imported',
        });
        const undo = await bench.source.jobs.undo!(id, never);
        expect(await watch(bench.source, undo, setup)).toMatchObject({ kind: 'undo', state: 'succeeded' });
        expect(await bench.source.jobs.status(id, never)).toMatchObject({
          state: 'cancelled',
          wireState: 'undo_success',
        });
        await failsWith('CONFLICT', () => bench.source.jobs.undo!(id, never));
      });
    });

    test('a dry run is validated by the servers and leaves nothing after it is discarded', async () => {
      await onBench(async (bench) => {
        const { id } = await startMove(bench, { dryRun: true });
        const status = await watch(bench.source, id, setup);
        expect(status).toMatchObject({ kind: 'dry-run', state: 'succeeded', wireState: 'validated' });
        await bench.source.moves!.discard!(id, never);
        await bench.source.moves!.discard!(id, never);
        expect(await migrations(bench.source)).toBe(0);
        expect(await migrations(bench.target)).toBe(0);
      });
    });

    test('a request waits until somebody approves or rejects it', async () => {
      await onBench(async (bench) => {
        const requested = { options: { requestOnly: true } };
        const waiting = (id: string) => waitingOn(bench, id);
        const { id } = await startMove(bench, requested);
        expect(await waiting(id)).toMatchObject({
          wireState: 'requested',
          waitingFor: 'an administrator to approve the import',
        });
        await bench.source.jobs.approve!(id, never);
        await failsWith('CONFLICT', () => bench.source.jobs.approve!(id, never));
        expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'succeeded' });
        const other = await startMove(bench, requested);
        await waiting(other.id);
        await bench.source.jobs.reject!(other.id, never);
        expect(await watch(bench.source, other.id, setup)).toMatchObject({ state: 'failed', wireState: 'rejected' });
      });
    });

    test('a move with keep_both cannot be undone, and the plan says so', async () => {
      await onBench(async (bench) => {
        const { id, prepared } = await startMove(bench, { options: { defaultAction: 'keep_both' } });
        expect(prepared.notes.join()).toContain('cannot be undone');
        const status = await watch(bench.source, id, setup);
        expect(status.state).toBe('succeeded');
        expect(status.messages.map(({ text }) => text).join()).toContain('cannot be undone');
        const { message } = await failsWith('CONFLICT', () => bench.source.jobs.undo!(id, never));
        expect(message).toContain('keep_both');
      });
    });

    test('a package can be edited before its import and certified on both Libraries', async () => {
      await onBench(async (bench) => {
        const [source, target] = [need(bench.source.feed, 'feed'), need(bench.target.feed, 'feed')];
        const { id, prepared } = await startMove(bench, { options: { requestOnly: true } });
        await waitingOn(bench, id);
        const ref = { id: id.slice(0, 32), version: '' };
        const edit = need(source.edit?.bind(source), 'edit');
        await failsWith('CONFLICT', () => edit(ref, { name: 'too late', options: {} }, never));
        await bench.source.jobs.reject!(id, never);
        const before = need(await source.stat(ref, never), 'stored');
        const { job } = await edit(
          ref,
          { name: 'mended', options: { object: ['Month:attribute:force_replace'] } },
          never,
        );
        expect(await watch(bench.source, job, setup)).toMatchObject({ state: 'succeeded', wireState: 'created' });
        const after = need(await source.stat(ref, never), 'stored');
        expect(after.fileName).toContain('mended');
        expect(after).not.toEqual(before);
        await failsWith('NOT_FOUND', () => edit({ id: 'nothing', version: '' }, { name: 'x', options: {} }, never));

        const moved = await startMove(bench);
        await watch(bench.source, moved.id, setup);
        const there = { id: moved.id.slice(0, 32), version: '' };
        const certify = need(source.certify?.bind(source), 'certify');
        const repeat = need(target.certify?.bind(target), 'certify');
        expect(await certify(there, { status: 'requested' }, never)).toMatchObject({ status: 'requested' });
        const decision = await certify(there, { status: 'certified' }, never);
        expect(decision).toMatchObject({ status: 'certified', by: { name: 'Administrator' } });
        expect(await repeat(there, 'sync', never)).toEqual(decision);
        expect(await repeat(there, { status: 'uncertified' }, never)).toMatchObject({ status: 'uncertified' });
        expect(await repeat(there, decision, never)).toEqual(decision);
        await failsWith('NOT_FOUND', () => certify({ id: 'nothing', version: '' }, { status: 'certified' }, never));
        expect(prepared.settled).toMatchObject({ requestOnly: true });
      });
    });

    test('a move is undelivered when the target cannot read its package', async () => {
      await onBench(async (bench) => {
        const { id } = await startMove(bench);
        bench.servers.target.faults.add(named('storage-unreadable'));
        expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'failed', undelivered: true });
      });
    });

    test.each(['before', 'after'] as const)(
      'a reset %s the server processes a create request never leads to two migrations',
      async (reset) => {
        await onBench(async (bench) => {
          bench.servers.source.faults.add(route({ method: 'POST', path: '*/api/migrations*', reset, times: 1 }));
          const started = () => startMove({ ...bench, source: startingOnce(bench.source) });
          if (reset === 'before') await failsWith('REMOTE_UNREACHABLE', started);
          else expect(await watch(bench.source, (await started()).id, setup)).toMatchObject({ state: 'succeeded' });
          expect(await migrations(bench.source)).toBe(reset === 'before' ? 0 : 1);
        });
      },
    );

    test.each(['PATCH', 'PUT'])('a lost answer to a %s request is settled by a look at the server', async (method) => {
      await onBench(async (bench) => {
        const { id } = await startMove(bench);
        const server = method === 'PUT' ? bench.servers.target : bench.servers.source;
        server.faults.add(route({ method, path: '*/api/migrations/*', reset: 'after', times: 1 }));
        expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'succeeded' });
        expect(await migrations(bench.target)).toBe(1);
      });
    });
  });

  test('a session that expires during a move is opened again', async () => {
    await onBench(async (bench) => {
      const { id } = await startMove(bench);
      for (const server of Object.values(bench.servers)) server.faults.add(named('session-expires'));
      expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'succeeded' });
    });
  });

  test('a move to a project that is not loaded fails with that reason', async () => {
    await onBench(async (bench) => {
      const { id } = await startMove(bench);
      bench.servers.target.faults.add(named('project-not-loaded'));
      const { message } = await failsWith('CONFLICT', () => watch(bench.source, id, setup));
      expect(message).toContain('not loaded');
    });
  });

  test.each([
    ['create_failed', 'source', false],
    ['import_failed', 'target', false],
    ['validation_failed', 'target', true],
  ] as const)('the status %s is a failure with the reason of the server', async (word, side, dryRun) => {
    await onBench(async (bench) => {
      bench.servers[side].faults.add(named(word.replace('_', '-')));
      const { id } = await startMove(bench, { dryRun });
      const status = await watch(bench.source, id, setup);
      expect(status).toMatchObject({ state: 'failed', wireState: word });
      expect(status.messages.map(({ level }) => level)).toContain('error');
    });
  });

  test('an undo that failed is reported as a failure and can be tried again', async () => {
    await onBench(async (bench) => {
      const { id } = await startMove(bench);
      await watch(bench.source, id, setup);
      const remove = bench.servers.target.faults.add(named('undo-failed'));
      const undo = await bench.source.jobs.undo!(id, never);
      expect(await watch(bench.source, undo, setup)).toMatchObject({ state: 'failed', wireState: 'undo_failed' });
      remove();
      const again = await bench.source.jobs.undo!(id, never);
      expect(await watch(bench.source, again, setup)).toMatchObject({ state: 'succeeded' });
    });
  });
});
