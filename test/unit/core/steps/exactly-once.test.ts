import { describe, expect, test } from '@jest/globals';
import { isUncertain, startOnce, type RemoteStart } from '../../../../src/core/steps/exactly-once.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import { manualClock, memoryRun } from '../../../support/ports.ts';

const signal = new AbortController().signal;
const instance = { name: 'prod', adapter: { product: 'octopus' } as Adapter };

/** A server that records each start. */
function server(behaviour: { loseAnswer?: boolean; refuse?: MigratorError } = {}) {
  const started: string[] = [];
  const searched: Date[] = [];
  const work: RemoteStart = {
    step: 'import',
    instance,
    start: () => {
      if (behaviour.refuse !== undefined) return Promise.reject(behaviour.refuse);
      started.push('ServerTasks-1');
      return behaviour.loseAnswer === true
        ? Promise.reject(new MigratorError('REMOTE_UNREACHABLE', 'reset', { details: { ambiguous: true } }))
        : Promise.resolve('ServerTasks-1');
    },
    find: (since) => {
      searched.push(since);
      return Promise.resolve(started[0]);
    },
  };
  return { work, started, searched };
}

describe('startOnce', () => {
  test('journals the intent, then the job', async () => {
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

  test('finds the job of a start whose answer was lost, and does not start a second one', async () => {
    const run = memoryRun();
    const { work, started, searched } = server({ loseAnswer: true });
    await expect(() => startOnce(work, run, manualClock(), signal)).toThrowCode('REMOTE_UNREACHABLE');
    const job = await startOnce(work, run, manualClock(), signal);
    expect(job).toMatchObject({ id: 'ServerTasks-1', attached: true });
    expect(started).toHaveLength(1);
    expect(searched).toEqual([new Date('2026-01-02T03:04:05.000Z')]);
  });

  test('starts again when the first start did not arrive', async () => {
    const run = memoryRun({ 'import.intendedAt': '2026-01-01T00:00:00.000Z' });
    const { work, started } = server();
    expect(await startOnce(work, run, manualClock(), signal)).toMatchObject({ attached: false });
    expect(started).toHaveLength(1);
  });

  test('does not search for a job after a clear refusal', async () => {
    const run = memoryRun();
    const refusing = server({ refuse: new MigratorError('AUTH_REFUSED', 'no') });
    await expect(() => startOnce(refusing.work, run, manualClock(), signal)).toThrowCode('AUTH_REFUSED');
    const { work, searched } = server();
    await startOnce(work, run, manualClock(), signal);
    expect(searched).toEqual([]);
  });

  test('starts nothing when the server cannot say whether a job exists', async () => {
    const run = memoryRun({ 'import.intendedAt': '2026-01-01T00:00:00.000Z' });
    const { work, started } = server();
    const undecided = { ...work, find: () => Promise.reject(new MigratorError('CONFLICT', 'cannot tell')) };
    await expect(() => startOnce(undecided, run, manualClock(), signal)).toThrowCode('CONFLICT');
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
