import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { adapterModules } from '../../src/adapters/index.ts';
import {
  startEmulator,
  type EmulatorOptions,
  type FaultSpec,
  type RunningEmulator,
} from '../../src/emulators/index.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import { Secret } from '../../src/secret.ts';
import { deliver } from '../../src/testing/import-cases.ts';
import type { ContractBench, ContractSetup } from '../../src/testing/index.ts';
import {
  collect,
  failsWith,
  need,
  never,
  projectNames,
  read,
  startExport,
  watch,
} from '../../src/testing/workbench.ts';
import { adapterTools } from '../support/adapter-tools.ts';
import { keyOf } from '../support/octopus-api.ts';
import { all, sample } from '../support/sample.ts';
import { startingOnce } from '../support/start-once.ts';
import { describeAdapter } from './adapter.contract.ts';

const strangerKey = 'API-STRANGERSTRANGERSTRANGER00';
const password = 'planted migration password';

interface OctopusBench extends ContractBench {
  readonly source: Adapter;
  readonly servers: { readonly source: RunningEmulator; readonly target: RunningEmulator };
}

type Editions = Readonly<Record<'source' | 'target', Partial<EmulatorOptions>>>;

/** By the Migration API, unless the servers and the way are told. */
async function open(editions: Editions = { source: {}, target: {} }, via = 'migration-api'): Promise<OctopusBench> {
  const directory = await mkdtemp(join(tmpdir(), 'migrator-contract-'));
  const start = (name: string, sample: 'source' | 'target') =>
    startEmulator('octopus', { directory: join(directory, name), sample, pace: 5, ...editions[sample] });
  const servers = { source: await start('source', 'source'), target: await start('target', 'target') };
  const module = await adapterModules.octopus();
  const tools = adapterTools();
  const adapter = (server: RunningEmulator, apiKey: string) =>
    module
      .create({ name: 'bench', url: server.url, settings: {}, secrets: { apiKey: new Secret(apiKey) } }, tools)
      .ways!.of(via);
  const bench = {
    source: adapter(servers.source, keyOf(servers.source)),
    target: adapter(servers.target, keyOf(servers.target)),
    stranger: adapter(servers.source, strangerKey),
    exportOptions: {},
    importOptions: {},
    secrets: { password: new Secret(password) },
    parcel: {
      ref: { id: 'Acme.Parcel', version: '1.0.0-a' },
      bytes: Buffer.from('PK one content'),
      otherBytes: Buffer.from('PK another content'),
    },
    planted: [keyOf(servers.source), keyOf(servers.target), strangerKey, password],
    lines: tools.lines,
    servers,
    close: async () => {
      await servers.source.close();
      await servers.target.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  const there = new Set(await projectNames(bench.target));
  const projects = (await projectNames(bench.source)).filter((name) => !there.has(name)).slice(0, 2);
  return { ...bench, projects };
}

const setup: ContractSetup = {
  facets: ['exports', 'push', 'imports', 'dry-run', 'feed', 'cancel', 'snapshots'],
  open: () => open(),
  pauseMs: 10,
};

const secondWay: ContractSetup = {
  facets: ['exports', 'imports', 'cancel', 'snapshots'],
  open: () => open({ source: {}, target: { version: '2025.3.1', flavor: 'linux' } }, 'export-import'),
  exportsLookAlike: true,
  pauseMs: 10,
};
/** What the ways do not share, without the content of the source: deployment targets and tag sets stay behind. */
const own = /facets|^(?:export|import|secrets):|an import created/;
const ofSecondWay = (name: string): boolean => (all ? !name.includes('holds the content') : own.test(name));

async function onBench(run: (bench: OctopusBench) => Promise<void>): Promise<void> {
  const bench = await open();
  try {
    await run(bench);
  } finally {
    await bench.close();
  }
}

const route = (fault: Omit<Extract<FaultSpec, { type: 'route' }>, 'type'>): FaultSpec => ({ type: 'route', ...fault });
const named = (name: string): FaultSpec => ({ type: 'named', name, values: {} });

describeAdapter('octopus by Export/Import', secondWay, undefined, ofSecondWay);

describeAdapter('octopus', setup, () => {
  describe('an answer that is lost', () => {
    test.each(['before', 'after'] as const)(
      'a reset %s the server processes an export never leads to two tasks',
      async (reset) => {
        await onBench(async (bench) => {
          bench.servers.source.faults.add(
            route({ method: 'POST', path: '/api/migrations/partialexport', reset, times: 1 }),
          );
          const started = startExport({ ...bench, source: startingOnce(bench.source) });
          if (reset === 'before') {
            await expect(started).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE', details: { ambiguous: false } });
          } else {
            expect((await watch(bench.source, (await started).id, setup)).state).toBe('succeeded');
          }
          const jobs = await collect(bench.source.jobs.list({ all: false, limit: 10 }, never));
          expect(jobs).toHaveLength(reset === 'before' ? 0 : 1);
        });
      },
    );

    test('an upload whose answer is lost leaves the package in the feed', async () => {
      await onBench(async (bench) => {
        bench.servers.target.faults.add(
          route({ method: 'POST', path: '/api/*packages/raw*', reset: 'after', times: 1 }),
        );
        const { ref } = await deliver(bench, setup);
        expect(await need(bench.target.feed, 'feed').stat(ref, never)).toBeDefined();
      });
    });
  });

  describe('a fault at any single read', () => {
    const reads = { method: 'GET', path: '*', times: 1 };
    const faults = [
      ['503 with Retry-After', { status: 503, retryAfter: 1 }],
      ['429', { status: 429 }],
      ['a reset', { reset: 'before' }],
      ['a lost answer', { reset: 'after' }],
      ['an answer that is cut off', { cut: 7 }],
    ] as const;
    test.each(sample(faults, 2))('an export survives %s at any single read', async (_, fault) => {
      await onBench(async (bench) => {
        for (const skip of sample([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3)) {
          const remove = bench.servers.source.faults.add(route({ ...reads, ...fault, skip }));
          const { id } = await startExport(bench);
          expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'succeeded' });
          await need(bench.source.exports, 'exports').fetch(id, undefined, never);
          remove();
        }
      });
    });

    test('a web page instead of an answer is reported as a web page', async () => {
      await onBench(async (bench) => {
        bench.servers.source.faults.add(route({ ...reads, html: true, status: 200, times: 1 }));
        const { message } = await failsWith('REMOTE_UNEXPECTED', () => startExport(bench));
        expect(message).toContain('web page');
      });
    });
  });

  test('a download that was cut off continues', async () => {
    await onBench(async (bench) => {
      bench.servers.source.faults.add(route({ method: 'GET', path: '/api/*/raw', cut: 100, times: 2 }));
      const { ref, files } = await deliver(bench, setup);
      const stored = await need(bench.target.feed, 'feed').stat(ref, never);
      expect(stored?.size).toBe((await read(files[0]!)).length);
    });
  });

  test('a task that says Success with errors in its log is a failure', async () => {
    await onBench(async (bench) => {
      const { ref } = await deliver(bench, setup);
      bench.servers.target.faults.add(named('success-with-errors'));
      const imports = need(bench.target.imports, 'imports');
      const prepared = await imports.prepare({ source: ref, dryRun: false, options: {} }, never);
      const status = await watch(bench.target, await imports.start(prepared, bench.secrets, [], never), setup);
      expect(status).toMatchObject({ state: 'failed', wireState: 'Success' });
    });
  });

  test('an upload that arrives truncated is refused', async () => {
    await onBench(async (bench) => {
      bench.servers.target.faults.add(named('truncated-package'));
      await expect(deliver(bench, setup)).toThrowCode('REMOTE_UNEXPECTED');
    });
  });

  test('a failed push is reported as a failed job with its reason', async () => {
    await onBench(async (bench) => {
      bench.servers.source.faults.add(named('push-fails'));
      const exports = need(bench.source.exports, 'exports');
      const prepared = await exports.prepare({ projects: bench.projects, options: {} }, never);
      const destination = await bench.target.feed!.destination!(never);
      const status = await watch(bench.source, await exports.start(prepared, bench.secrets, destination, never), setup);
      expect(status.state).toBe('failed');
      expect(status.messages.length).toBeGreaterThan(0);
    });
  });

  test('a job in a stopped queue has the state queued', async () => {
    await onBench(async (bench) => {
      const thaw = bench.servers.source.faults.add(named('stuck-queue'));
      const { id } = await startExport(bench);
      expect(await bench.source.jobs.status(id, never)).toMatchObject({ state: 'queued', wireState: 'Queued' });
      thaw();
      expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'succeeded' });
    });
  });

  test('a task that timed out is a failure', async () => {
    await onBench(async (bench) => {
      bench.servers.source.faults.add(named('task-times-out'));
      const { id } = await startExport(bench);
      expect(await watch(bench.source, id, setup)).toMatchObject({ state: 'failed', wireState: 'TimedOut' });
    });
  });
});
