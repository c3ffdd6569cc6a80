import { describe, expect, test } from '@jest/globals';
import { type ReportHead, runReport, waveReport } from '../../../../src/core/report/make.ts';
import type { RunFacts } from '../../../../src/core/report/report.ts';
import { madeUpRun, madeUpWave } from '../../../support/made-up-reports.ts';

const { run: facts, ...rest } = madeUpRun();
const head: ReportHead = Object.fromEntries(
  Object.entries(rest).filter(([name]) => !['tiles', 'warnings', 'next', 'document'].includes(name)),
) as unknown as ReportHead;
const steps = (more: Partial<ReportHead>, also: Partial<RunFacts> = {}, resumable = false, waitingFor?: string) =>
  runReport({ ...head, error: undefined, ...more }, { facts: { ...facts!, ...also }, resumable, waitingFor }).next;
const none = {
  left: [],
  changes: [],
  comparison: undefined,
  tiles: { ...facts!.tiles, counts: { ...facts!.tiles.counts, failed: 0 } },
};

describe('what a report says to do next', () => {
  test('is nothing when all is well', () => expect(steps({ outcome: 'done' }, none)).toEqual([]));

  test('of a failure begins with the hint of its error', () => {
    const error = { code: 'CONFLICT', message: 'x', hint: 'do this' };
    expect(steps({ outcome: 'failed', error }, none)).toEqual([{ text: 'do this' }]);
  });

  test('of an interruption says how to wait for the job, and that the same command goes on', () => {
    expect(steps({ outcome: 'interrupted' }, none, true)).toEqual([
      { text: expect.stringContaining('wait'), command: 'migrator job wait octopus:prod:ServerTasks-7' },
      { text: expect.stringContaining('run the same command again') },
    ]);
  });

  test('of a job that waits for a person names the approval', () => {
    expect(steps({ outcome: 'done' }, none, false, 'an approval')).toEqual([
      { text: expect.stringContaining('an approval'), command: 'migrator job approve octopus:prod:ServerTasks-7' },
    ]);
  });

  test('of a dry run is the same command without --dry-run', () => {
    expect(steps({ outcome: 'done', dryRun: true }, none)).toEqual([{ text: expect.stringContaining('--dry-run') }]);
  });

  test('of a run that is done in part names the rows, the differences and what is left', () => {
    expect(steps({ outcome: 'partial' }).map(({ text }) => text)).toEqual([
      expect.stringContaining('failed or was not seen'),
      expect.stringContaining('skipped or merged'),
      expect.stringContaining('differences'),
      expect.stringContaining('left on lab'),
    ]);
  });
});

describe('the report of a wave', () => {
  test('sums the counts of its items, and says what to do with those that have not ended', () => {
    const report = madeUpWave({ items: 100 });
    const runs = report.wave!.items.flatMap((item) => item.run ?? []);
    expect(runs.length).toBeGreaterThan(80);
    const created = runs.reduce((sum, { tiles }) => sum + tiles.counts.created, 0);
    expect(report.tiles).toMatchObject({ basis: 'seen', counts: { created, failed: 4 } });
    expect(report.next.map(({ text }) => text.split(' ')[0])).toEqual(['repair', 'run', 'look']);
  });

  test('counts nothing when nothing has started', () => {
    expect(waveReport(head, { name: 'x', items: [] })).toMatchObject({ tiles: { basis: 'none' }, warnings: [] });
  });
});
