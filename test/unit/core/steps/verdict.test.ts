import { expect, test } from '@jest/globals';
import { judge } from '../../../../src/core/steps/verdict.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { JobStatus } from '../../../../src/ports/job.ts';

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
] as const)('%s is %s', (state, verdict) => {
  expect(judge('octopus:prod:x', status(state))).toBe(verdict);
});

test.each(['failed', 'cancelled'] as const)('%s fails the run', async (state) => {
  await expect(() => judge('octopus:prod:x', status(state))).toThrowCode('JOB_FAILED');
});

test('a task that says Success and failed is told as such, with the log and the way to it', () => {
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
