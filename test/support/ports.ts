import { MigratorError } from '../../src/errors.ts';
import type { Facts, Json, Run, RunOutcome, RunRecord } from '../../src/ports/journal.ts';
import type { Event, Reporter } from '../../src/ports/reporter.ts';
import type { Clock } from '../../src/ports/runtime.ts';

/** A clock whose time passes only while somebody sleeps. */
export function manualClock(start = new Date('2026-01-02T03:04:05Z')): Clock & { readonly slept: number[] } {
  let now = start.getTime();
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(now),
    sleep: (milliseconds, signal) => {
      if (signal.aborted) return Promise.reject(new MigratorError('CANCELLED', 'interrupted'));
      slept.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

export function recordingReporter(): Reporter & { readonly events: Event[] } {
  const events: Event[] = [];
  return { events, report: (event) => void events.push(event) };
}

/** A run that is kept in memory and not in the journal on disk. */
export function memoryRun(facts: Facts = {}): Run {
  let record: RunRecord = {
    id: 'run-1',
    key: 'test-1',
    verb: 'test',
    startedAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:05.000Z',
    owner: { pid: 1, host: 'here' },
    outcome: undefined,
    jobs: [],
    facts,
  };
  const kept = new Map<string, Json>();
  return {
    keep: (name, value) => Promise.resolve(void kept.set(name, value)),
    kept: (name) => Promise.resolve(kept.get(name)),
    get record() {
      return record;
    },
    note: (more) => {
      record = { ...record, facts: { ...record.facts, ...more } };
      return Promise.resolve();
    },
    earlier: () => Promise.resolve([]),
    keptOf: () => Promise.resolve(undefined),
    job: (handle) => {
      record = { ...record, jobs: [...record.jobs, handle] };
      return Promise.resolve();
    },
    finish: (outcome: RunOutcome) => {
      record = { ...record, outcome };
      return Promise.resolve();
    },
    leave: (left, fault) => {
      record = { ...record, left, fault };
      return Promise.resolve();
    },
  };
}
