import { describe, expect, test } from '@jest/globals';
import { systemClock, tellingClock, tellingWait } from '../../../src/cli/runtime.ts';
import { recordingReporter } from '../../support/ports.ts';

const { signal } = new AbortController();

describe('waits', () => {
  test('a long sleep says what it waits for, and that it is over', async () => {
    const reporter = recordingReporter();
    await tellingClock(reporter).sleep(2000, signal, 'prod.example');
    expect(reporter.events).toEqual([
      { type: 'wait', what: 'prod.example', milliseconds: 2000 },
      { type: 'wait', what: 'prod.example', over: true },
    ]);
  });

  test('a short sleep, and one that its caller tells, say nothing', async () => {
    const reporter = recordingReporter();
    await tellingClock(reporter).sleep(5, signal, 'prod.example');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 5);
    await expect(() => tellingClock(reporter).sleep(60_000, stop.signal)).toThrowCode('CANCELLED');
    expect(reporter.events).toEqual([]);
  });

  test('work that takes longer than two seconds says what it waits for, and its failure stays its own', async () => {
    const reporter = recordingReporter();
    const late = systemClock.sleep(2300, signal).then(() => Promise.reject(new Error('it failed')));
    await expect(tellingWait('standard input', late, reporter)).rejects.toThrow('it failed');
    expect(reporter.events).toEqual([
      { type: 'wait', what: 'standard input' },
      { type: 'wait', what: 'standard input', over: true },
    ]);
    expect(await tellingWait('nothing', Promise.resolve(1), reporter)).toBe(1);
    expect(reporter.events).toHaveLength(2);
  });
});
