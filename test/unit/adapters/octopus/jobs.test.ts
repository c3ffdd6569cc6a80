import { describe, expect, test } from '@jest/globals';
import { jobId, parseJobId } from '../../../../src/adapters/octopus/job-id.ts';
import { never } from '../../../support/adapter-tools.ts';
import { all, withOctopus } from '../../../support/octopus-client.ts';
import { fixture, type Exchange } from '../../../support/scripted-server.ts';

const id = 'ServerTasks-1234/Acme.Move@1.0.0-run7';
const status = async (name: string) =>
  withOctopus(['root', ...(await overview(name))], ({ octopus }) => octopus.jobs.status(id, never));

/** The exchanges of a fixture, for a look that asks for a task and its running steps at once. */
async function overview(name: string): Promise<Exchange[]> {
  const [task, ...others] = await fixture(name);
  const rest = others.filter(({ request }) => request.query?.['verbose'] !== 'false');
  const short = others.find((exchange) => !rest.includes(exchange));
  const hasDetails = task!.response.status !== 404 && name !== 'task-raw-only';
  const steps = short?.response.json ?? { ActivityLogs: [] };
  const look: Exchange = {
    request: {
      method: 'GET',
      path: '/api/tasks/ServerTasks-1234/details',
      query: { verbose: 'false', tail: '10' },
    },
    response: hasDetails
      ? { json: { ...steps, Task: task!.response.json } }
      : { status: 404, json: { ErrorMessage: 'no' } },
  };
  // A server without such an address is asked for the task alone.
  return hasDetails ? [look, ...rest] : [look, task!, ...rest];
}

describe('a finished task', () => {
  test.each([
    ['task-success', 'succeeded', 'export', []],
    ['task-old-server', 'succeeded', 'export', []],
    ['task-success-warnings', 'partial', 'export', ['Missing dependency ActionTemplates-9']],
    [
      'task-success-errors',
      'failed',
      'import',
      [
        "Could not find a part of the path 'D:\\Work\\20221109\\import'.",
        'The transaction will be rolled back',
        'at Octopus.Migrator\n at Import',
        'Failed: Import',
      ],
    ],
    [
      'task-success-flagged',
      'failed',
      'dry-run',
      ['the server flags warnings or errors for this task, but its log shows none'],
    ],
    [
      'task-failed',
      'failed',
      'export',
      [
        'Failed to perform the space-partial-export migration.',
        'The system cannot find the file specified',
        'Failed: Partial export',
      ],
    ],
    ['task-timed-out', 'failed', 'export', ['The task timed out.', 'Failed: Partial export']],
    ['task-canceled', 'cancelled', 'export', []],
    [
      'task-raw-only',
      'failed',
      'import',
      ['== Failed: Project import ==', 'Could not find the import folder', 'at Octopus.Migrator.Import'],
    ],
  ])('%s is %s', async (script, state, kind, texts) => {
    const result = await status(script);
    expect(result).toMatchObject({ id, state, kind, finishedAt: '2026-01-02T03:05:00.000+00:00' });
    expect(result.messages.map(({ text }) => text)).toEqual(texts);
  });
});

describe('a task under way', () => {
  test('shows its fraction and its innermost step', async () => {
    expect(await status('task-executing')).toMatchObject({
      state: 'running',
      wireState: 'Executing',
      fraction: 0.41,
      activity: '412 of 1000 documents',
    });
  });

  test('Cancelling is not an end', async () => {
    expect(await status('task-cancelling')).toMatchObject({ state: 'cancelling' });
  });

  test('an unknown word is running, never success', async () => {
    expect(await status('task-unknown-state')).toMatchObject({ state: 'running', wireState: 'Pondering' });
  });

  test('says why it waits', async () => {
    expect(await status('task-queued-stopped')).toMatchObject({
      state: 'queued',
      activity: expect.stringContaining('Spaces-2 is stopped'),
    });
    expect(await status('task-queued-behind')).toMatchObject({ activity: 'waits behind 2 other tasks' });
  });

  test('is asked once for why it waits, so that each further look is one request', async () => {
    const [look, ...why] = await overview('task-queued-stopped');
    const script = ['root', { ...look!, times: 3 }, ...why];
    await withOctopus(script, async ({ octopus }) => {
      for (let look = 1; look <= 3; look += 1)
        expect((await octopus.jobs.status(id, never)).activity).toContain('Spaces-2 is stopped');
    });
  });
});

test('an unknown task is NOT_FOUND', async () => {
  await expect(() => status('task-unknown')).toThrowCode('NOT_FOUND');
  await withOctopus([], ({ octopus }) =>
    expect(() => octopus.jobs.status('../../users', never)).toThrowCode('NOT_FOUND'),
  );
});

test('the log is the tree, oldest first, with its depths', async () => {
  const lines = await withOctopus(['root', 'task-success'], ({ octopus }) => all(octopus.jobs.log(id, never)));
  expect(lines.map(({ depth, level, text }) => `${depth} ${level} ${text}`)).toEqual([
    '0 info Success: Partial export',
    '1 info Exporting 2 projects',
    '1 verbose Created package C:\\Octopus\\Work\\Acme.Move.1.0.0-run7.zip',
    '1 info Success: Zip',
    '2 info Done',
  ]);
});

describe('cancel', () => {
  const cancel = (script: string) =>
    withOctopus(['root', script], async ({ octopus }) => octopus.jobs.cancel!(id, never));

  test('asks the server', async () => {
    await expect(cancel('task-cancel')).resolves.toBeUndefined();
  });

  test.each(['task-cancel-finished', 'task-cancel-too-late'])('%s is CONFLICT', async (script) => {
    await expect(() => cancel(script)).toThrowCode('CONFLICT');
  });
});

describe('list', () => {
  test('has the migrations of both kinds, newest first', async () => {
    const jobs = await withOctopus(['root', 'job-list'], ({ octopus }) =>
      all(octopus.jobs.list({ all: false, limit: 2 }, never)),
    );
    expect(jobs.map(({ id: task, kind }) => [task, kind])).toEqual([
      ['ServerTasks-12', 'export'],
      ['ServerTasks-11', 'dry-run'],
    ]);
  });

  test('has all tasks with `all`', async () => {
    const jobs = await withOctopus(['root', 'job-list-all'], ({ octopus }) =>
      all(octopus.jobs.list({ all: true, limit: 10 }, never)),
    );
    expect(jobs.map(({ kind }) => kind)).toEqual(['other', 'export']);
  });
});

describe('the id of a job', () => {
  test.each(['Octopus-Export-20261128-152230 (1)', 'a/b@c 100%', 'Acme.Move', 'a%zz'])(
    'has no blanks, and gives the package %j back',
    (id) => {
      const made = jobId('ServerTasks-1', { id, version: '1.0.0+a' }, 'import');
      expect(made).not.toMatch(/\s/u);
      expect(parseJobId(made)).toEqual({
        task: 'ServerTasks-1',
        package: { id, version: '1.0.0+a' },
        projects: 'import',
      });
    },
  );
});
