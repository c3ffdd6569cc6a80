import { expect, test } from '@jest/globals';
import { withJobsAtWork } from '../../../../src/core/report/at-work.ts';
import { RunRecorder } from '../../../../src/core/report/recorder.ts';
import type { WaveItem } from '../../../../src/core/report/report.ts';
import { madeUpWave } from '../../../support/made-up-reports.ts';

const at = '2026-11-28T22:00:00.000Z';
const recorder = new RunRecorder(() => new Date(at));
recorder.report({
  type: 'job',
  handle: 'octopus:lab:Tasks-2',
  status: { id: 'x', kind: 'export', state: 'running', wireState: 'Executing', messages: [] },
});
const recorders = (id: string) => new Map([[id, recorder]]);
const [done] = madeUpWave({ items: 1 }).wave!.items;
const earlier = { handle: 'octopus:lab:Tasks-1', instance: 'lab', kind: '', state: '' };
const running: WaveItem = { ...done!, state: 'running', spans: [], run: { ...done!.run!, jobs: [earlier] } };
const wave = (item: WaveItem) => ({ name: 'spring', items: [item] });

test('an item that is at work has the jobs that were heard of, after those of earlier runs', () => {
  const { items } = withJobsAtWork(wave(running), recorders(running.id));
  expect(items[0]?.spans).toEqual([{ instance: 'lab', what: 'export', startedAt: at, endedAt: undefined }]);
  expect(items[0]?.run?.jobs.map(({ handle }) => handle)).toEqual(['octopus:lab:Tasks-1', 'octopus:lab:Tasks-2']);
});

test('an item that has ended, or that nobody heard of, stays as the ledger has it', () => {
  expect(withJobsAtWork(wave(done!), recorders(done!.id))).toEqual(wave(done!));
  expect(withJobsAtWork(wave(running), recorders('another'))).toEqual(wave(running));
});
