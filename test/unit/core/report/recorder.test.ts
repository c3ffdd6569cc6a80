import { expect, test } from '@jest/globals';
import { RunRecorder } from '../../../../src/core/report/recorder.ts';
import type { Event } from '../../../../src/ports/reporter.ts';
import type { JobState } from '../../../../src/ports/job.ts';

const job = (handle: string, state: JobState): Event => ({
  type: 'job',
  handle,
  status: { id: 'x', kind: 'import', state, wireState: state, messages: [] },
});

test('the recorder knows when this machine first saw a job and when it first saw its end, and passes all events on', () => {
  let second = 0;
  const passed: Event[] = [];
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, 0, (second += 1)));
  const recorder = new RunRecorder(now, { report: (event) => passed.push(event) });
  const events: readonly Event[] = [
    job('octopus:prod:A-1', 'queued'),
    { type: 'warning', message: 'careful' },
    job('octopus:prod:A-1', 'running'),
    job('octopus:lab:A-2', 'running'),
    { type: 'warning', message: 'careful' },
    job('octopus:prod:A-1', 'succeeded'),
    job('octopus:prod:A-1', 'succeeded'),
  ];
  for (const event of events) recorder.report(event);
  expect(passed).toEqual(events);
  expect(recorder.warnings).toEqual(['careful']);
  const at = (seconds: number) => `2026-01-01T00:00:0${seconds}.000Z`;
  expect(recorder.jobs).toEqual([
    {
      handle: 'octopus:prod:A-1',
      instance: 'prod',
      kind: 'import',
      state: 'succeeded',
      startedAt: at(1),
      endedAt: at(4),
    },
    {
      handle: 'octopus:lab:A-2',
      instance: 'lab',
      kind: 'import',
      state: 'running',
      startedAt: at(3),
      endedAt: undefined,
    },
  ]);
  expect(recorder.spans).toEqual([
    { instance: 'prod', what: 'import', startedAt: at(1), endedAt: at(4) },
    { instance: 'lab', what: 'import', startedAt: at(3), endedAt: undefined },
  ]);
});
