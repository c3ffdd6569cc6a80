import { expect, test } from '@jest/globals';
import { JobsLeft } from '../../../../src/cli/reporters/jobs-left.ts';

test('a job that needs calls of migrator is not said to continue on its server', () => {
  const left = new JobsLeft();
  left.follow('octopus:prod:1', { state: 'running' });
  left.follow('microstrategy:dev:2@prod', { state: 'running', attended: true });
  left.follow('snaplogic:dev:3', { state: 'succeeded', attended: true });
  left.follow('octopus:prod:4', { state: 'succeeded' });
  const ours =
    'needs calls of migrator to go on, such as the import; to make them without a question: migrator job wait';
  expect(left.words()).toEqual([
    expect.stringContaining('continues on the server; wait for it with: migrator job wait octopus:prod:1'),
    expect.stringContaining(`${ours} microstrategy:dev:2@prod`),
    expect.stringContaining(`${ours} snaplogic:dev:3`),
  ]);
});

test('a job on an embedded instance stops with the process, and one that waits for a person does not', () => {
  const left = new JobsLeft();
  left.embedded.add('here');
  left.follow('octopus:here:1', { state: 'running' });
  left.follow('octopus:here:2', { state: 'waiting' });
  expect(left.endangered()).toEqual(['octopus:here:1']);
});
