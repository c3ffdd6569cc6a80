import { expect, test } from '@jest/globals';
import type { Placed } from '../../../../src/core/instance.ts';
import { showJob, waitForJob } from '../../../../src/core/operations/job-wait.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import type { JobStatus } from '../../../../src/ports/job.ts';
import type { Journal, RunFault, RunOutcome, RunRecord } from '../../../../src/ports/journal.ts';
import { never } from '../../../support/adapter-tools.ts';
import { memoryRun, recordingReporter } from '../../../support/ports.ts';

const handle = 'acme:lab:1';

/** A job that its server has ended, and of which one call of migrator is left. Its run had this outcome. */
function setUp(
  outcome: RunOutcome | undefined,
  { dryRun = false, fault }: { readonly dryRun?: boolean; readonly fault?: RunFault } = {},
) {
  const seen = { advanced: 0, settled: undefined as string | undefined };
  const status = (id: string): Promise<JobStatus> => {
    // The server has the job of a dry run no more.
    if (dryRun) return Promise.reject(new MigratorError('NOT_FOUND', `no job ${id}`));
    return Promise.resolve({
      id,
      kind: 'move',
      state: 'succeeded',
      wireState: 'Completed',
      messages: [],
      ...(seen.advanced === 0 ? { attended: true } : {}),
    });
  };
  const advance = () => Promise.resolve(void (seen.advanced += 1));
  const mode = () => Promise.resolve('normal');
  const adapter = { product: 'acme', jobs: { status, advance }, mode } as unknown as Adapter;
  const instance: Placed = { name: 'lab', place: 'acme https://lab.example', adapter };
  const record: RunRecord = {
    ...memoryRun({}).record,
    outcome,
    left: 'started',
    jobs: [handle],
    fault,
    about: { projects: [], dryRun },
  };
  const journal: Journal = {
    begin: () => Promise.reject(new Error('no run is begun')),
    settle: (_, end) => Promise.resolve(void (seen.settled = end)),
    keep: () => Promise.resolve(),
    kept: () => Promise.resolve(undefined),
    list: () => Promise.resolve([record]),
  };
  const now = () => new Date();
  const reporter = recordingReporter();
  const journaling = { journal, reporter, now, fresh: false, mask: (text: string) => text, leftOpen: () => undefined };
  const clock = { now, sleep: () => Promise.resolve() };
  const job = { instance, id: '1', handle };
  const waiting = { wait: true, timeout: undefined, pollInterval: undefined };
  const open = () => Promise.resolve(instance);
  return {
    seen,
    show: () => showJob(job, journaling, never),
    wait: () => waitForJob(job, waiting, { clock, reporter, journaling, open }, never),
  };
}

test('a wait makes the call that is left of a job, and none when the run was done', async () => {
  const unfinished = setUp(undefined);
  await unfinished.wait();
  expect(unfinished.seen).toEqual({ advanced: 1, settled: 'done' });
  const done = setUp('done');
  expect((await done.wait()).status.state).toBe('succeeded');
  expect(done.seen.advanced).toBe(0);
});

test('a look at a job of which a call is left does not end its run', async () => {
  const { seen, show } = setUp(undefined);
  expect((await show()).state).toBe('succeeded');
  expect(seen.settled).toBeUndefined();
});

test('a dry run that was done, and whose job migrator deleted, ended with success', async () => {
  const { wait, show } = setUp('done', { dryRun: true });
  const ended = {
    state: 'succeeded',
    messages: [{ level: 'info', text: expect.stringContaining('ended with success') }],
  };
  expect(await wait()).toMatchObject({ outcome: 'done', status: ended });
  expect(await show()).toMatchObject(ended);
  await expect(setUp('failed', { dryRun: true }).wait()).rejects.toMatchObject({ code: 'JOB_FAILED' });
});

test('a wait for a run that was partial tells why', async () => {
  const partial = setUp('partial', { fault: { message: '3 differences' } });
  expect(await partial.wait()).toMatchObject({ outcome: 'partial', reason: '3 differences' });
});
