import { describe, expect, test } from '@jest/globals';
import { partialExport } from '../../../../src/core/operations/partial-export.ts';
import type { PackageOutput } from '../../../../src/core/steps/seal-artifact.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import { Secret } from '../../../../src/secret.ts';
import { river } from '../../../support/moving-adapter.ts';
import { manualClock, memoryRun, recordingReporter } from '../../../support/ports.ts';

const ref = { id: 'acme', version: '1.0.0' };
const unasked = () => Promise.reject(new Error('nobody asked for it'));

/** A server that exports to its feed, with a secret. */
function spring(started: string[] = []): Adapter {
  return {
    ...river().adapter,
    feed: {
      list: async function* () {
        // The feed is empty.
      },
      stat: () => Promise.resolve(undefined),
      upload: unasked,
      download: unasked,
      parseFileName: () => ref,
      delete: () => Promise.resolve('absent'),
      destination: () => Promise.resolve({ url: 'https://prod.example', secret: new Secret('key') }),
    },
    exports: {
      pushes: true,
      requiredSecrets: ['password'],
      prepare: () =>
        Promise.resolve({ package: ref, isNew: true, projects: [{ id: '1', name: 'Shop' }], settled: {}, notes: [] }),
      start: (_, { password }) => {
        started.push(password?.reveal() ?? '');
        return Promise.resolve('out-1');
      },
      find: () => Promise.resolve(undefined),
      fetch: unasked,
    },
  };
}

test('an export for which nobody waits tells the package that its job will leave, with its removal', async () => {
  const adapter: Adapter = {
    ...river().adapter,
    feed: {
      list: async function* () {
        // The feed is empty.
      },
      stat: () => Promise.resolve(undefined),
      upload: unasked,
      download: unasked,
      parseFileName: () => ref,
      delete: () => Promise.resolve('absent'),
    },
    exports: {
      pushes: true,
      requiredSecrets: [],
      prepare: () =>
        Promise.resolve({
          package: ref,
          isNew: true,
          projects: [{ id: '1', name: 'Shop' }],
          settled: {},
          notes: [],
        }),
      start: () => Promise.resolve('out-1'),
      find: () => Promise.resolve(undefined),
      fetch: unasked,
    },
  };
  const ports = {
    source: { name: 'lab', adapter },
    target: undefined,
    output: undefined,
    secrets: {},
    own: () => Promise.resolve({}),
    madeFor: () => Promise.resolve(undefined),
    clock: manualClock(),
    random: { bytes: (length: number) => new Uint8Array(length) },
    reporter: recordingReporter(),
    run: memoryRun(),
  };
  const request = { projects: ['Shop'], packageId: undefined, packageVersion: undefined, options: {} };
  const waiting = { wait: false, timeout: undefined, pollInterval: 1 };
  const report = await partialExport({ request, resume: undefined, ...waiting }, ports, new AbortController().signal);
  const remove = expect.stringMatching(/^migrator package delete acme.*1\.0\.0 --from lab$/);
  expect(report).toMatchObject({ outcome: 'started', left: [{ instance: 'lab', remove }] });
});

describe('a job that is no export is not resumed as one', () => {
  test.each([
    ['import', 'is an import, not an export'],
    ['dry-run', 'is a dry run, not an export'],
    ['move', 'is a move, not an export'],
    ['undo', 'is an undo, not an export'],
    ['other', 'is another task of the server, not an export'],
  ] as const)('%s: nothing is advanced, waited for, fetched or written', async (kind, words) => {
    const { asked, looks, adapter } = river();
    looks.push({ kind, state: 'running' });
    const ports = {
      source: { name: 'lab', adapter: { ...adapter, exports: spring().exports! } },
      target: undefined,
      output: undefined,
      raw: unasked,
      secrets: {},
      own: unasked,
      madeFor: () => Promise.resolve(undefined),
      clock: manualClock(),
      random: { bytes: (length: number) => new Uint8Array(length) },
      reporter: recordingReporter(),
      run: memoryRun(),
    };
    const request = { projects: [], packageId: undefined, packageVersion: undefined, options: {} };
    const waiting = { wait: true, timeout: undefined, pollInterval: 1 };
    const resumed = partialExport({ request, resume: 'x-1', ...waiting }, ports, new AbortController().signal);
    await expect(resumed).rejects.toMatchObject({ code: 'USAGE', message: `river:lab:x-1 ${words}` });
    expect(asked).toEqual(['look x-1']);
  });
});

describe('what an export leaves is told', () => {
  const full = new MigratorError('LOCAL_IO', 'no space is left on the disk');
  const output = {
    settings: {},
    name: () => 'a.tar',
    create: () => Promise.reject(full),
    spool: unasked,
  } as unknown as PackageOutput;

  function sealing(resume: string | undefined) {
    const adapter = spring();
    const done = (id: string) => ({ id, kind: 'export', state: 'succeeded', wireState: 'x', messages: [] }) as const;
    const jobs = { ...adapter.jobs, status: (id: string) => Promise.resolve(done(id)) };
    const artifact = { package: ref, files: [], notes: [], leaves: 'the folder x on its disk' };
    const ports = {
      source: {
        name: 'lab',
        adapter: { ...adapter, jobs, exports: { ...adapter.exports!, fetch: () => Promise.resolve(artifact) } },
      },
      target: undefined,
      output,
      secrets: { password: new Secret('x') },
      own: unasked,
      madeFor: () => Promise.resolve(undefined),
      clock: manualClock(),
      random: { bytes: (length: number) => new Uint8Array(length) },
      reporter: recordingReporter(),
      run: memoryRun(),
    };
    const projects = resume === undefined ? ['Shop'] : [];
    const request = { projects, packageId: undefined, packageVersion: undefined, options: {} };
    const waiting = { wait: true, timeout: undefined, pollInterval: 1 };
    return partialExport({ request, resume, ...waiting }, ports, new AbortController().signal);
  }
  const inFeed = expect.objectContaining({ instance: 'lab', remove: 'migrator package delete acme@1.0.0 --from lab' });

  test('when the package cannot be written', async () => {
    await expect(sealing(undefined)).rejects.toMatchObject({ code: 'LOCAL_IO', details: { left: [inFeed] } });
  });

  test('when another run started it, as far as its files show', async () => {
    const folder = { instance: 'lab', what: 'the folder x on its disk' };
    await expect(sealing('out-1')).rejects.toMatchObject({ code: 'LOCAL_IO', details: { left: [inFeed, folder] } });
  });
});

describe('the secrets of an export that the user does not give', () => {
  const own = () => Promise.resolve({ password: new Secret('made here') });
  const sealed = (encryption: object | undefined) =>
    ({ settings: { encryption }, name: () => 'a.tar', create: unasked, spool: unasked }) as unknown as PackageOutput;

  function exported({ output, to, raw }: { output?: PackageOutput; to?: Adapter; raw?: true }) {
    const started: string[] = [];
    const reporter = recordingReporter();
    const run = memoryRun();
    const ports = {
      source: { name: 'lab', adapter: spring(started) },
      target: to && { name: 'prod', adapter: to },
      output,
      ...(raw === undefined ? {} : { raw: unasked }),
      secrets: {},
      own,
      madeFor: () => Promise.resolve(undefined),
      clock: manualClock(),
      random: { bytes: (length: number) => new Uint8Array(length) },
      reporter,
      run,
    };
    const request = { projects: ['Shop'], packageId: undefined, packageVersion: undefined, options: {} };
    const waiting = { wait: false, timeout: undefined, pollInterval: 1 };
    const done = partialExport({ request, resume: undefined, ...waiting }, ports, new AbortController().signal);
    return { done, started, run, told: () => JSON.stringify(reporter.events) };
  }

  test('go to the server, and the run notes their names and no value', async () => {
    const { done, started, run, told } = exported({ output: sealed({}), to: spring() });
    expect(await done).toMatchObject({ outcome: 'started' });
    expect(started).toEqual(['made here']);
    expect(run.record.facts).toMatchObject({ 'export.carries': ['password'] });
    expect(JSON.stringify(run.record)).not.toContain('made here');
    expect(told()).toContain('only this machine can resume it');
    expect(told()).toContain('the package in the feed of prod does not: import the file');
    expect(told()).not.toContain('made here');
  });

  test.each([
    ['a package that is not encrypted', { output: sealed(undefined) }, '--unencrypted is given'],
    ['a plain file', { raw: true }, 'a plain file carries none'],
    ['a feed alone', { to: spring() }, 'the feed of prod carries none'],
  ] as const)('are asked for when the export makes %s, and nothing starts', async (_, how, why) => {
    const { done, started, run } = exported(how);
    await expect(done).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(why) });
    expect({ started, facts: run.record.facts }).toEqual({ started: [], facts: {} });
  });
});
