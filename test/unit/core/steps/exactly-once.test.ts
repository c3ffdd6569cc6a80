import { describe, expect, test } from '@jest/globals';
import { prepareOnce, isUncertain, startOnce, type RemoteStart } from '../../../../src/core/steps/exactly-once.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import { unsettledHints } from '../../../../src/ports/http.ts';
import { manualClock, memoryRun } from '../../../support/ports.ts';

const signal = new AbortController().signal;
const instance = { name: 'prod', adapter: { product: 'octopus', jobs: {} } as unknown as Adapter };

const lost = new MigratorError('REMOTE_UNREACHABLE', 'reset', {
  hint: unsettledHints.lost,
  details: { ambiguous: true, host: 'octopus.example' },
});

interface Behaviour {
  /** What the call fails with. */
  readonly fails?: MigratorError;
  /** The call reaches the server although it fails. */
  readonly arrives?: boolean;
  readonly look?: () => Promise<string | undefined>;
}

/** A server that remembers how often it was told to start. */
function server({ fails, arrives = fails === undefined, look }: Behaviour = {}) {
  const started: string[] = [];
  const searched: Date[] = [];
  const work: RemoteStart = {
    step: 'import',
    instance,
    start: () => {
      if (arrives) started.push('ServerTasks-1');
      return fails === undefined ? Promise.resolve('ServerTasks-1') : Promise.reject(fails);
    },
    find: (since) => {
      searched.push(since);
      return look?.() ?? Promise.resolve(started[0]);
    },
  };
  return { work, started, searched };
}

describe('startOnce', () => {
  test('journals the intent first, and then the job', async () => {
    const run = memoryRun();
    const { work } = server();
    const job = await startOnce(work, run, manualClock(), signal);
    expect(job).toEqual({ id: 'ServerTasks-1', handle: 'octopus:prod:ServerTasks-1', attached: false });
    expect(run.record.jobs).toEqual(['octopus:prod:ServerTasks-1']);
    expect(run.record.facts['import.intendedAt']).toBe('2026-01-02T03:04:05.000Z');
  });

  test('attaches to the job that an earlier process journaled', async () => {
    const { work, started } = server();
    const job = await startOnce(work, memoryRun({ 'import.job': 'ServerTasks-9' }), manualClock(), signal);
    expect(job).toMatchObject({ id: 'ServerTasks-9', attached: true });
    expect(started).toEqual([]);
  });

  describe('when the answer of the call is lost', () => {
    test('takes the job that the server shows, and sends the call once', async () => {
      const run = memoryRun();
      const clock = manualClock();
      const { work, started, searched } = server({ fails: lost, arrives: true });
      const job = await startOnce(work, run, clock, signal);
      expect(job).toEqual({ id: 'ServerTasks-1', handle: 'octopus:prod:ServerTasks-1', attached: false });
      expect(run.record.jobs).toEqual(['octopus:prod:ServerTasks-1']);
      expect(started).toHaveLength(1);
      // The server is asked once, when the call has had time to arrive.
      expect(searched).toEqual([new Date('2026-01-02T03:04:05.000Z')]);
      expect(clock.slept).toEqual([4_000]);
    });

    test('fails when the server shows no job, and the next run asks again before it starts', async () => {
      const run = memoryRun();
      const failing = server({ fails: lost });
      await expect(startOnce(failing.work, run, manualClock(), signal)).rejects.toMatchObject({
        code: 'REMOTE_UNREACHABLE',
        message: 'reset',
        hint: 'nothing on the server shows that it began; run the same command again',
        details: { ambiguous: false, host: 'octopus.example' },
      });
      expect(failing.searched).toHaveLength(1);
      expect(isUncertain(run.record.facts)).toBe(true);
      // The call was on its way for longer than anybody waited.
      const late = server({ look: () => Promise.resolve('ServerTasks-1') });
      expect(await startOnce(late.work, run, manualClock(), signal)).toMatchObject({
        id: 'ServerTasks-1',
        attached: true,
      });
      expect(late.started).toEqual([]);
    });

    test('keeps the hint of a product', async () => {
      const explained = new MigratorError('REMOTE_UNEXPECTED', 'disk full', {
        hint: 'make room on the server',
        details: { ambiguous: true },
      });
      await expect(
        startOnce(server({ fails: explained }).work, memoryRun(), manualClock(), signal),
      ).rejects.toMatchObject({ hint: 'make room on the server', details: { ambiguous: false } });
    });

    test.each([
      ['the hint of the look', 'look at ServerTasks-1240', 'look at ServerTasks-1240'],
      ['a hint to look at the server', undefined, 'look at the server before you repeat it'],
    ])('stays ambiguous when the server cannot tell, with %s', async (_, hint, expected) => {
      const run = memoryRun();
      const undecided = new MigratorError('CONFLICT', 'two tasks fit', { hint, details: { tasks: 2 } });
      const { work } = server({ fails: lost, look: () => Promise.reject(undecided) });
      await expect(startOnce(work, run, manualClock(), signal)).rejects.toMatchObject({
        code: 'REMOTE_UNREACHABLE',
        message: 'reset; migrator cannot tell whether it began: two tasks fit',
        hint: expected,
        details: { ambiguous: true, tasks: 2, host: 'octopus.example' },
      });
      expect(isUncertain(run.record.facts)).toBe(true);
    });

    test('keeps the intent when the wait for the call is interrupted', async () => {
      const run = memoryRun();
      const { work, searched } = server({ fails: lost });
      const interrupted = startOnce(work, run, manualClock(), AbortSignal.abort());
      await expect(interrupted).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(searched).toEqual([]);
      expect(isUncertain(run.record.facts)).toBe(true);
    });
  });

  test.each(['CANCELLED', 'LOCAL_IO'] as const)(
    'after %s the intent stays, and the server is not asked',
    async (code) => {
      const run = memoryRun();
      const { work, searched } = server({ fails: new MigratorError(code, 'broken off') });
      await expect(() => startOnce(work, run, manualClock(), signal)).toThrowCode(code);
      expect(searched).toEqual([]);
      expect(isUncertain(run.record.facts)).toBe(true);
    },
  );

  test('starts again when the intended call never arrived', async () => {
    const run = memoryRun({ 'import.intendedAt': '2026-01-01T00:00:00.000Z' });
    const { work, started } = server();
    expect(await startOnce(work, run, manualClock(), signal)).toMatchObject({ attached: false });
    expect(started).toHaveLength(1);
  });

  test('a refusal leaves no doubt, so the next run does not look for a job', async () => {
    const run = memoryRun();
    const refusing = server({ fails: new MigratorError('AUTH_REFUSED', 'no') });
    await expect(() => startOnce(refusing.work, run, manualClock(), signal)).toThrowCode('AUTH_REFUSED');
    const { work, searched } = server();
    await startOnce(work, run, manualClock(), signal);
    expect(searched).toEqual([]);
  });

  test('starts nothing when the server cannot tell', async () => {
    const run = memoryRun({ 'import.intendedAt': '2026-01-01T00:00:00.000Z' });
    const { work, started } = server({ look: () => Promise.reject(new MigratorError('CONFLICT', 'cannot tell')) });
    await expect(() => startOnce(work, run, manualClock(), signal)).toThrowCode('CONFLICT');
    expect(started).toEqual([]);
  });
});

test.each([
  ['nothing was intended', {}, false],
  ['a job was started', { 'export.intendedAt': '2026-01-02T03:04:05Z', 'export.job': 'ServerTasks-1' }, false],
  ['the server refused it', { 'export.intendedAt': null }, false],
  ['nobody knows whether a job was started', { 'export.intendedAt': '2026-01-02T03:04:05Z' }, true],
  ['one of two starts is uncertain', { 'a.intendedAt': 'x', 'a.job': 'j', 'b.intendedAt': 'x' }, true],
])('isUncertain is right when %s', (_, facts, expected) => {
  expect(isUncertain(facts)).toBe(expected);
});

describe('what was prepared for a call whose answer was lost, and of which the server showed nothing', () => {
  const intendedAt = '2026-01-02T03:04:05.000Z';
  const prepareAgain = async (found: string | undefined) => {
    const run = memoryRun({
      'import.prepared': { plan: 'old' },
      'import.intendedAt': intendedAt,
      'import.unseen': true,
    });
    const prepared = await prepareOnce('import', 'begun', {
      run,
      prepare: () => Promise.resolve({ plan: 'new' }),
      find: (_, since) => Promise.resolve(since.toISOString() === intendedAt ? found : 'wrong time'),
    });
    return { prepared, facts: run.record.facts };
  };

  test('is prepared again when the server still shows no job', async () => {
    const { prepared, facts } = await prepareAgain(undefined);
    expect(prepared).toEqual({ plan: 'new' });
    expect(facts).toMatchObject({ 'import.unseen': null, 'import.intendedAt': null });
  });

  test('is kept when the job has shown up, and the intent stays, so that the job is found and noted', async () => {
    const { prepared, facts } = await prepareAgain('job-7');
    expect(prepared).toEqual({ plan: 'old' });
    expect(facts).toMatchObject({ 'import.intendedAt': intendedAt });
  });
});
