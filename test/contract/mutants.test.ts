import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { SnapshotItem } from '../../src/ports/snapshot.ts';
import { adapterContract, type ContractBench, type ContractSetup } from '../../src/testing/index.ts';
import { collect } from '../../src/testing/workbench.ts';
import { memorySetup } from './memory-setup.ts';

type Mutation = (adapter: Adapter) => Adapter;

/** Mistakes that adapters often make, each with the case of the contract that must notice it. */
const mutations: readonly (readonly [string, string, Mutation])[] = [
  [
    'accepts an unknown kind',
    'an unknown one is USAGE',
    (adapter) => ({
      ...adapter,
      inventory: {
        kinds: ['project'],
        list: (kind, signal) => adapter.inventory.list(kind === 'project' ? kind : 'project', signal),
      },
    }),
  ],
  [
    'reports success before a job has ended',
    'a wrong password fails the job',
    (adapter) => ({
      ...adapter,
      jobs: {
        ...adapter.jobs,
        status: async (id, signal) => ({ ...(await adapter.jobs.status(id, signal)), state: 'succeeded' }),
      },
    }),
  ],
  [
    'chooses the same version each time',
    'a new version each time',
    (adapter) => ({
      ...adapter,
      exports: {
        ...adapter.exports!,
        prepare: (request, signal) => adapter.exports!.prepare({ packageVersion: '1.0.0-x', ...request }, signal),
      },
    }),
  ],
  [
    'takes any job for the one that it started',
    'one that never began is not',
    (adapter) => ({
      ...adapter,
      exports: {
        ...adapter.exports!,
        find: async (_, __, signal) => {
          for await (const job of adapter.jobs.list({ all: false, limit: 1 }, signal)) return job.id;
          return undefined;
        },
      },
    }),
  ],
  [
    'starts an export without the required password',
    'a secret that is required and missing is USAGE',
    (adapter) => ({
      ...adapter,
      exports: {
        ...adapter.exports!,
        start: (prepared, secrets, destination, signal) =>
          adapter.exports!.start(
            prepared,
            { password: { reveal: () => '' } as never, ...secrets },
            destination,
            signal,
          ),
      },
    }),
  ],
  [
    'replaces a package that it must keep',
    '`keep` keeps the same bytes',
    (adapter) => ({
      ...adapter,
      feed: {
        ...adapter.feed!,
        upload: (file, ref, onConflict, signal) =>
          adapter.feed!.upload(file, ref, onConflict === 'keep' ? 'overwrite' : onConflict, signal),
      },
    }),
  ],
  [
    'changes the server in a dry run',
    'dry run: it changes nothing',
    (adapter) => ({
      ...adapter,
      imports: {
        ...adapter.imports!,
        start: (prepared, secrets, files, signal) =>
          adapter.imports!.start({ ...prepared, dryRun: false }, secrets, files, signal),
      },
    }),
  ],
  [
    'returns a secret',
    'secrets: none is in what the adapters return',
    (adapter) => ({
      ...adapter,
      probe: async (signal) => ({ ...(await adapter.probe(signal)), notes: ['the token is target-token'] }),
    }),
  ],
  [
    'cancels a finished job',
    'a finished job is a CONFLICT',
    (adapter) => ({ ...adapter, jobs: { ...adapter.jobs, cancel: () => Promise.resolve() } }),
  ],
  [
    'bears no migration at all',
    'a limit for migrations at once',
    (adapter) => ({ ...adapter, parallel: () => ({ most: 0, of: 'server', because: 'it says so' }) }),
  ],
  ['lists an item twice', 'each pair of kind and name comes once', onSnapshots((items) => [...items, ...items])],
  [
    'gives an item another mark each time',
    'taking it twice gives the same',
    onSnapshots((items) => items.map((item) => ({ ...item, mark: randomUUID() }))),
  ],
  ['sees no write', 'an import changes the set or the marks', onSnapshots(() => [])],
  [
    'gives no fields',
    'which has fields',
    onSnapshots((items) => items.map((item) => ({ ...item, fields: undefined }))),
  ],
  [
    'puts a secret into a snapshot',
    'snapshot: no secret is in it',
    onSnapshots((items) => items.map((item) => ({ ...item, fields: { token: 'source-token' } }))),
  ],
];

function onSnapshots(change: (items: readonly SnapshotItem[]) => readonly SnapshotItem[]): Mutation {
  return (adapter) => ({
    ...adapter,
    snapshots: {
      ...adapter.snapshots!,
      take: async function* (scope, depth, signal) {
        yield* change(await collect(adapter.snapshots!.take(scope, depth, signal)));
      },
    },
  });
}

function mutated(setup: ContractSetup, mutate: Mutation): ContractSetup {
  return {
    ...setup,
    patienceMs: 200,
    open: async (): Promise<ContractBench> => {
      const bench = await setup.open();
      return { ...bench, source: mutate(bench.source), target: mutate(bench.target) };
    },
  };
}

describe('the contract suite', () => {
  test.each(mutations)('the contract suite notices an adapter that %s', async (_, sentence, mutate) => {
    const cases = adapterContract(mutated(memorySetup, mutate)).filter(({ name }) => name.includes(sentence));
    expect(cases.length).toBeGreaterThan(0);
    const results = await Promise.allSettled(cases.map(({ run }) => run()));
    expect(results.some(({ status }) => status === 'rejected')).toBe(true);
  });
});

test('the contract suite leaves out the cases of facets that are not declared', () => {
  const names = adapterContract({ ...memorySetup, facets: ['feed'] }).map(({ name }) => name);
  expect(names.some((name) => name.startsWith('feed:'))).toBe(true);
  expect(names.some((name) => /^(import|export|push|cancel|dry run|jobs):/.test(name))).toBe(false);
});
