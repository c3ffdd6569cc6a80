import { expect, test } from '@jest/globals';
import { announce, judge, warningsOf } from '../../../../src/core/steps/verdict.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { JobStatus } from '../../../../src/ports/job.ts';
import type { Event } from '../../../../src/ports/reporter.ts';

const status = (state: JobStatus['state'], more: Partial<JobStatus> = {}): JobStatus => ({
  id: 'x',
  kind: 'import',
  state,
  wireState: 'Success',
  messages: [],
  ...more,
});

test.each([
  ['succeeded', 'done'],
  ['partial', 'partial'],
] as const)('a job that %s makes the run %s', (state, verdict) => {
  expect(judge('octopus:prod:x', status(state))).toBe(verdict);
});

test.each(['failed', 'cancelled'] as const)('a job that is %s fails the run', async (state) => {
  await expect(() => judge('octopus:prod:x', status(state))).toThrowCode('JOB_FAILED');
});

test('the error for a failed task that says Success says so, with the error in the log and how to read the log', () => {
  const failed = status('failed', { messages: [{ level: 'error', text: 'no import folder' }] });
  const act = () => judge('octopus:prod:x', failed);
  expect(act).toThrow(MigratorError);
  expect(act).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/although it says Success: no import folder/u),
      hint: expect.stringContaining('migrator job log octopus:prod:x'),
    }),
  );
});

test('the warnings of a report begin with what was left out, also when nobody waited for the job', () => {
  expect(warningsOf(undefined, { omits: ['policies are not exported: quota'] })).toEqual([
    'policies are not exported: quota',
  ]);
});

test('what stays behind is told once in a run, though both halves of it say so', () => {
  const told: Event[] = [];
  const reporter = { report: (event: Event) => void told.push(event) };
  announce({ notes: [], omits: ['packages stay behind: Shop', 'triggers stay behind: Nightly'] }, reporter);
  announce({ notes: [], omits: ['packages stay behind: Shop', 'teams arrive without members: Ops'] }, reporter);
  expect(told).toEqual(
    ['packages stay behind: Shop', 'triggers stay behind: Nightly', 'teams arrive without members: Ops'].map(
      (message) => ({ type: 'warning', message }),
    ),
  );
  const other: Event[] = [];
  announce({ notes: [], omits: ['packages stay behind: Shop'] }, { report: (event) => void other.push(event) });
  expect(other).toHaveLength(1);
});
