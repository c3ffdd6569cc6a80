import { describe, expect, test } from '@jest/globals';
import type { Placed } from '../../../../src/core/instance.ts';
import { freshFor, journaled, runKey, settleRun } from '../../../../src/core/steps/journaled.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import type { JobKind, JobState, JobStatus } from '../../../../src/ports/job.ts';
import type { Facts, Journal, RunRecord } from '../../../../src/ports/journal.ts';
import { never } from '../../../support/adapter-tools.ts';
import { memoryRun, recordingReporter } from '../../../support/ports.ts';

const start = new Date('2026-01-02T03:04:05Z');

/** An instance whose jobs are in these states, by their ids. Other jobs are not known to its server. */
function instance(name: string, jobs: Readonly<Record<string, readonly [JobKind, JobState]>>): Placed {
  const status = (id: string): Promise<JobStatus> => {
    const [kind, state] = jobs[id] ?? [];
    if (kind === undefined || state === undefined) throw new MigratorError('NOT_FOUND', `no job ${id}`);
    return Promise.resolve({ id, kind, state, wireState: state, messages: [] });
  };
  return {
    name,
    place: `acme https://${name}.example`,
    adapter: { product: 'acme', jobs: { status } } as unknown as Adapter,
  };
}

/** A journal that holds one unfinished run. `settled` is what became of it. */
function journalOf(record: Partial<RunRecord>) {
  const run = memoryRun(record.facts);
  const kept: RunRecord = { ...run.record, ...record };
  const journal = {
    settled: undefined as string | undefined,
    why: undefined as string | undefined,
    begin: async (_key, _verb, { endOf }) => {
      const end = await endOf?.(kept);
      journal.settled = end?.outcome;
      journal.why = end?.fault?.message;
      return { run, resumed: end === undefined, over: end === undefined ? undefined : kept };
    },
    settle: (_handle, outcome) => {
      journal.settled = outcome;
      return Promise.resolve();
    },
    keep: () => Promise.resolve(),
    kept: () => Promise.resolve(undefined),
    list: () => Promise.resolve([kept]),
  } satisfies Journal & { settled: string | undefined; why: string | undefined };
  return journal;
}

interface Case {
  readonly left?: 'started' | 'failed';
  readonly jobs: Readonly<Record<string, readonly [JobKind, JobState]>>;
  readonly facts?: Facts;
  /** Minutes since the run of the journal. */
  readonly later?: number;
}

async function fate({ left, jobs, facts = {}, later = 0 }: Case) {
  const handles = Object.keys(jobs).map((id) => `acme:lab:${id}`);
  const journal = journalOf({ left, facts, jobs: handles, updatedAt: start.toISOString() });
  const now = () => new Date(start.getTime() + later * 60_000);
  const reporter = recordingReporter();
  const left2 = { journal, reporter, now, fresh: false, mask: (text: string) => text, leftOpen: () => undefined };
  const identity = { verb: 'import', on: [instance('lab', jobs)], what: {} };
  const { resumed } = await journaled(identity, left2, () => Promise.resolve({ outcome: 'done' }), never);
  return { settled: journal.settled, resumed, events: reporter.events };
}

describe('the key of a run', () => {
  const lab = instance('lab', {});
  const key = (what: Record<string, number | readonly number[]>, on = [lab], verb = 'import') =>
    runKey({ verb, on, what });

  test('is the same for the same work, in any order of its parts', () => {
    expect(key({ a: 1, b: [1, 2] })).toBe(key({ b: [1, 2], a: 1 }));
    expect(key({ a: 1, b: [1, 2] })).not.toBe(key({ a: 1, b: [2, 1] }));
    expect(key({ a: 1 })).not.toBe(key({ a: 1 }, [lab], 'partial-export'));
  });

  test('is made of the servers, not of the names that an rc file gives them', () => {
    expect(key({}, [{ ...lab, name: 'other' }])).toBe(key({}));
    expect(key({}, [{ ...lab, place: 'acme https://elsewhere.example' }])).not.toBe(key({}));
  });
});

describe('a run that its last process left', () => {
  test.each<[string, Case, string | undefined]>([
    ['goes on while a job is at work', { left: 'started', jobs: { 1: ['import', 'running'] } }, undefined],
    ['is done when its import has succeeded', { left: 'started', jobs: { 1: ['import', 'succeeded'] } }, 'done'],
    ['has failed when its import has failed', { left: 'started', jobs: { 1: ['import', 'failed'] } }, 'failed'],
    [
      'is partial when one of its moves is',
      { left: 'started', jobs: { 1: ['move', 'succeeded'], 2: ['move', 'partial'] } },
      'partial',
    ],
    [
      'goes on while one of its moves is at work',
      { left: 'started', jobs: { 1: ['move', 'succeeded'], 2: ['move', 'running'] } },
      undefined,
    ],
    [
      'goes on with an export that is fresh',
      {
        left: 'failed',
        jobs: { 1: ['export', 'succeeded'] },
        facts: { 'relay.finishedAt': start.toISOString() },
        later: 15,
      },
      undefined,
    ],
    [
      'is over when its export is old',
      {
        left: 'failed',
        jobs: { 1: ['export', 'succeeded'] },
        facts: { 'relay.finishedAt': start.toISOString() },
        later: 16,
      },
      'done',
    ],
    ['has failed when its export has', { left: 'failed', jobs: { 1: ['export', 'failed'] } }, 'failed'],
    ['is over when it was killed and its export has failed', { jobs: { 1: ['export', 'failed'] } }, 'failed'],
    ['goes on when it was killed and its export goes on', { jobs: { 1: ['export', 'running'] } }, undefined],
    [
      'goes on when it was killed after a second export that succeeded',
      { jobs: { 1: ['export', 'failed'], 2: ['export', 'succeeded'] } },
      undefined,
    ],
    [
      'goes on when it was killed and has begun more than exports, so that the failure is told',
      { jobs: { 1: ['export', 'succeeded'], 2: ['import', 'failed'] } },
      undefined,
    ],
    [
      'goes on when nobody knows whether a job began',
      {
        left: 'failed',
        jobs: { 1: ['export', 'succeeded'] },
        facts: { 'import.intendedAt': start.toISOString() },
        later: 60,
      },
      undefined,
    ],
  ])('%s', async (_, given, end) => {
    expect((await fate(given)).settled).toBe(end);
  });

  test('has failed when its server no longer knows the job', async () => {
    const journal = journalOf({ left: 'started', jobs: ['acme:lab:7'] });
    const ports = {
      journal,
      reporter: recordingReporter(),
      now: () => start,
      fresh: false,
      mask: (text: string) => text,
      leftOpen: () => undefined,
    };
    const identity = { verb: 'import', on: [instance('lab', {})], what: {} };
    await journaled(identity, ports, () => Promise.resolve({ outcome: 'done' }), never);
    expect(journal.settled).toBe('failed');
    expect(journal.why).toBe('the server does not know the job acme:lab:7 any more');
  });

  test('is told to have failed with the words of its job', async () => {
    const journal = journalOf({ left: 'started', jobs: ['acme:lab:7'] });
    const lab = instance('lab', { 7: ['import', 'failed'] });
    const ports = { journal, reporter: recordingReporter(), now: () => start, fresh: false, leftOpen: () => undefined };
    const mask = (text: string) => text.replace('failed', '***');
    await journaled(
      { verb: 'import', on: [lab], what: {} },
      { ...ports, mask },
      () => Promise.resolve({ outcome: 'done' }),
      never,
    );
    expect(journal.why).toBe('the job ended as ***');
  });
});

test.each(['CANCELLED', 'REMOTE_UNREACHABLE', 'LOCAL_IO'] as const)(
  'a run that %s stops stays interrupted, and notes why',
  async (code) => {
    const run = memoryRun();
    const journal = { ...journalOf({}), begin: () => Promise.resolve({ run, resumed: false }) };
    const ports = { journal, reporter: recordingReporter(), now: () => start, fresh: false, leftOpen: () => undefined };
    const identity = { verb: 'import', on: [instance('lab', {})], what: {} };
    const stopped = () => Promise.reject(new MigratorError(code, 'it stops'));
    await expect(journaled(identity, { ...ports, mask: (text) => text }, stopped, never)).rejects.toMatchObject({
      code,
    });
    expect(run.record).toMatchObject({ fault: { code, message: 'it stops' } });
    expect([run.record.left, run.record.outcome]).toEqual([undefined, undefined]);
  },
);

test.each<[string, Partial<RunRecord>, string | undefined]>([
  ['an interrupted run is over when its server no longer knows the job', { jobs: ['acme:lab:gone'] }, 'failed'],
  [
    'a run goes on while its last job is at work, although an earlier one was deleted',
    { left: 'started', jobs: ['acme:lab:gone', 'acme:lab:1'] },
    undefined,
  ],
  ['an interrupted run goes on when its last job has ended', { jobs: ['acme:lab:gone', 'acme:lab:2'] }, undefined],
])('%s', async (_, record, settled) => {
  const journal = journalOf(record);
  const reporter = recordingReporter();
  const on = [instance('lab', { 1: ['import', 'running'], 2: ['import', 'succeeded'] })];
  const ports = {
    journal,
    reporter,
    now: () => start,
    fresh: false,
    mask: (text: string) => text,
    leftOpen: () => undefined,
  };
  await journaled({ verb: 'import', on, what: {} }, ports, () => Promise.resolve({ outcome: 'done' }), never);
  expect(journal.settled).toBe(settled);
  const notice = { type: 'notice', message: 'the server does not know the job acme:lab:gone any more' };
  if (settled === 'failed') expect(reporter.events).toContainEqual(notice);
  else expect(reporter.events).not.toContainEqual(notice);
});

test('an interrupted run goes on at any age, and the age of its export is told', async () => {
  const finishedAt = start.toISOString();
  const { settled, resumed, events } = await fate({
    jobs: { 1: ['export', 'succeeded'], 2: ['import', 'succeeded'] },
    facts: { 'relay.finishedAt': finishedAt },
    later: 24 * 60,
  });
  expect(settled).toBeUndefined();
  expect(resumed).toEqual({ startedAt: '2026-01-02T03:04:05.000Z', exportedAt: finishedAt });
  expect(events).toContainEqual({
    type: 'notice',
    message: expect.stringContaining(`with its export of ${finishedAt}; to start a new run, use --fresh`),
  });
});

test('a finished export is used again for 15 minutes', () => {
  expect(freshFor).toBe(15 * 60_000);
});

describe('a look at a job that has ended', () => {
  const settled = async (record: Partial<RunRecord>, jobs: Case['jobs']) => {
    const journal = journalOf({ ...record, jobs: Object.keys(jobs).map((id) => `acme:lab:${id}`) });
    const handle = `acme:lab:${Object.keys(jobs).at(-1) ?? ''}`;
    const job = { instance: instance('lab', jobs), id: handle.split(':')[2] ?? '', handle };
    await settleRun(job, true, { journal, now: () => start, mask: (text) => text }, never);
    return journal.settled;
  };

  test('ends the run that started it, also an interrupted one', async () => {
    expect(await settled({ left: 'started' }, { 1: ['import', 'succeeded'] })).toBe('done');
    expect(await settled({}, { 1: ['import', 'failed'] })).toBe('failed');
  });

  test('leaves an interrupted move of several projects, because its next project is not begun', async () => {
    expect(await settled({ facts: { 'move:One.job': '1' } }, { 1: ['move', 'succeeded'] })).toBeUndefined();
    expect(await settled({ left: 'started', facts: { 'move:One.job': '1' } }, { 1: ['move', 'succeeded'] })).toBe(
      'done',
    );
  });

  test('leaves a run whose export is fresh, because the package is not fetched yet', async () => {
    expect(
      await settled({ left: 'started', updatedAt: start.toISOString() }, { 1: ['export', 'succeeded'] }),
    ).toBeUndefined();
  });
});

test('an error after a job began has the handles of the jobs, of whatever kind it is', async () => {
  const run = memoryRun();
  const journal = {
    begin: () => Promise.resolve({ run, resumed: false }),
    settle: () => Promise.resolve(),
    keep: () => Promise.resolve(),
    kept: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
  };
  const ports = {
    journal,
    reporter: recordingReporter(),
    now: () => start,
    fresh: false,
    mask: (text: string) => text,
    leftOpen: () => undefined,
  };
  const identity = { verb: 'import', on: [instance('lab', {})], what: {} };
  for (const code of ['AUTH_REFUSED', 'CANCELLED', 'REMOTE_UNEXPECTED'] as const) {
    const work = async () => {
      await run.job('acme:lab:7');
      throw new MigratorError(code, 'no', { details: { status: 401 } });
    };
    await expect(journaled(identity, ports, work, never)).rejects.toMatchObject({
      code,
      details: { status: 401, handle: 'acme:lab:7', jobs: expect.arrayContaining(['acme:lab:7']) },
    });
  }
});
