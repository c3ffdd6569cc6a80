import assert from 'node:assert/strict';
import {
  collect,
  failsWith,
  finalStates,
  isPlainData,
  need,
  never,
  startExport,
  watch,
  type ContractBench,
  type Step,
} from './workbench.ts';

const unknown = 'ServerTasks-999999999';
const levels = ['trace', 'verbose', 'info', 'warning', 'error', 'fatal'];

/** Jobs as such, looked at by means of an export. */
export const jobCases: Readonly<Record<string, Step>> = {
  'jobs: an unknown id is NOT_FOUND': async ({ source }) => {
    await failsWith('NOT_FOUND', () => source.jobs.status(unknown, never));
    await failsWith('NOT_FOUND', () => collect(source.jobs.log(unknown, never)));
  },

  'jobs: the log is whole, oldest first, and may be read again': async (bench, setup) => {
    const { id } = await startExport(bench);
    await watch(bench.source, id, setup);
    const lines = await collect(bench.source.jobs.log(id, never));
    assert.ok(lines.length > 0, 'a finished job has a log');
    for (const { level, depth } of lines) assert.ok(levels.includes(level) && Number.isInteger(depth) && depth >= 0);
    assert.deepEqual(await collect(bench.source.jobs.log(id, never)), lines);
    isPlainData(lines);
  },

  'jobs: the list is newest first and keeps to its limit': async (bench, setup) => {
    const first = await startExport(bench);
    await watch(bench.source, first.id, setup);
    const second = await startExport(bench);
    await watch(bench.source, second.id, setup);
    const jobs = await collect(bench.source.jobs.list({ all: false, limit: 10 }, never));
    const queued = jobs.map(({ queuedAt }) => Date.parse(queuedAt ?? ''));
    assert.deepEqual(
      queued,
      [...queued].sort((one, other) => other - one),
    );
    assert.equal(jobs.filter(({ kind }) => kind === 'export').length, 2);
    assert.equal((await collect(bench.source.jobs.list({ all: true, limit: 1 }, never))).length, 1);
    for (const { id } of jobs) await bench.source.jobs.status(id, never);
  },
};

function cancelOf({ source }: ContractBench): (id: string) => Promise<void> {
  return async (id) => need(source.jobs.cancel?.(id, never), 'jobs.cancel');
}

export const cancelCases: Readonly<Record<string, Step>> = {
  'cancel: a job under way ends': async (bench, setup) => {
    const { id } = await startExport(bench);
    await cancelOf(bench)(id);
    const { state } = await watch(bench.source, id, setup);
    assert.ok(finalStates.includes(state));
    assert.notEqual(state, 'succeeded');
  },

  'cancel: a finished job is a CONFLICT, an unknown one NOT_FOUND': async (bench, setup) => {
    const cancel = cancelOf(bench);
    const { id } = await startExport(bench);
    await watch(bench.source, id, setup);
    await failsWith('CONFLICT', () => cancel(id));
    await failsWith('NOT_FOUND', () => cancel(unknown));
  },
};
