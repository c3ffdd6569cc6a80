import { expect, test } from '@jest/globals';
import { fact } from '../../src/core/steps/exactly-once.ts';
import type { ClosingJournal } from '../../src/journal/run-journal.ts';

const again = { fresh: false };

/** A place for records, new and empty. Each journal that it opens is that of another process. */
export type JournalPlace = (options?: { readonly keep?: number }) => ClosingJournal;

/** What a run in a journal does, whatever keeps its records. */
export function journalCases(place: () => Promise<JournalPlace>): void {
  test('keeps its results when it is over, and drops what only a run needs that goes on', async () => {
    const openJournal = await place();
    const journal = openJournal();
    const { run } = await journal.begin('import|prod|a', 'import', again);
    await run.note({ 'import.job': 'a' });
    await run.keep('import', { before: [] });
    await run.keep('import.result', { items: ['all'] });
    await run.finish('done');
    const [record] = await journal.list();
    expect(await journal.kept(record!, 'import')).toBeUndefined();
    expect(await journal.kept(record!, 'import.result')).toEqual({ items: ['all'] });
    await journal.close();
  });

  test('keeps its jobs and facts, and is listed newest first', async () => {
    const openJournal = await place();
    const journal = openJournal();
    const first = await journal.begin('export|lab|a', 'partial-export', again);
    expect(first.resumed).toBe(false);
    await first.run.note({ 'export.job': 'a', 'export.prepared': ['a'] });
    await first.run.job('octopus:lab:1');
    await first.run.job('octopus:lab:1');
    await first.run.note({ 'export.job': 'b' });
    await first.run.finish('done');
    const second = await journal.begin('export|lab|b', 'partial-export', again);
    const records = await journal.list();
    expect(records.map(({ key }) => key)).toEqual(['export|lab|b', 'export|lab|a']);
    expect(records[1]).toMatchObject({
      verb: 'partial-export',
      outcome: 'done',
      jobs: ['octopus:lab:1'],
      facts: { 'export.job': 'b', 'export.prepared': ['a'] },
      owner: { pid: process.pid, host: 'test-host' },
    });
    expect(second.run.record.outcome).toBeUndefined();
    await journal.close();
  });

  test('notes that are made at the same time are all kept', async () => {
    const openJournal = await place();
    const journal = openJournal();
    const { run } = await journal.begin('k', 'import', again);
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => run.note(fact(name, 'job', name))));
    expect((await journal.list())[0]?.facts).toEqual({ 'a.job': 'a', 'b.job': 'b', 'c.job': 'c', 'd.job': 'd' });
    await run.finish('done');
  });

  test('is resumed when its process died or detached, but not when it ended or a new run is wanted', async () => {
    const openJournal = await place();
    const left = openJournal();
    const { run } = await left.begin('k', 'import', again);
    await run.note({ 'upload.foundBefore': true });
    await run.job('octopus:prod:7');
    await left.close();

    const journal = openJournal();
    const taken = await journal.begin('k', 'import', again);
    expect(taken.resumed).toBe(true);
    expect(taken.run.record).toMatchObject({
      id: run.record.id,
      jobs: ['octopus:prod:7'],
      facts: { 'upload.foundBefore': true },
    });
    await taken.run.finish('detached');

    const watched = await journal.begin('k', 'import', again);
    expect(watched.resumed).toBe(true);
    expect(watched.run.record.outcome).toBeUndefined();
    await watched.run.finish('detached');

    const fresh = await journal.begin('k', 'import', { fresh: true });
    expect(fresh.resumed).toBe(false);
    await fresh.run.finish('failed');
    const after = await journal.begin('k', 'import', again);
    expect(after.resumed).toBe(false);
    await after.run.finish('done');
  });

  test('only the newest run of a key counts, so an old unfinished run is not resumed', async () => {
    const openJournal = await place();
    const journal = openJournal();
    for (const [fresh, outcome] of [
      [false, 'detached'],
      [true, 'done'],
    ] as const) {
      const { run } = await journal.begin('k', 'import', { fresh });
      await run.finish(outcome);
    }
    const next = await journal.begin('k', 'import', again);
    expect(next.resumed).toBe(false);
    await next.run.finish('done');
  });

  test('that is over by the word of its jobs is finished, and a new one begins', async () => {
    const openJournal = await place();
    const first = openJournal();
    const { run } = await first.begin('k', 'import', { ...again, places: { prod: 'octopus https://a.example' } });
    await run.job('octopus:prod:7');
    await run.leave('started');
    await first.close();
    const journal = openJournal();
    const goesOn = await journal.begin('k', 'import', { ...again, endOf: () => Promise.resolve(undefined) });
    expect(goesOn).toMatchObject({ resumed: true, run: { record: { left: undefined } } });
    await goesOn.run.leave('started');
    await journal.close();
    const next = await journal.begin('k', 'import', {
      ...again,
      endOf: ({ left, places }) => {
        expect([left, places]).toEqual(['started', { prod: 'octopus https://a.example' }]);
        return Promise.resolve({ outcome: 'partial', fault: { message: 'two things are missing' } });
      },
    });
    expect(next).toMatchObject({ resumed: false, over: { id: run.record.id } });
    expect((await journal.list()).map(({ outcome, fault }) => [outcome, fault?.message])).toEqual([
      [undefined, undefined],
      ['partial', 'two things are missing'],
    ]);
    await next.run.finish('done');
  });

  test('is settled by the handle of its job, unless a process at work has it', async () => {
    const openJournal = await place();
    const journal = openJournal();
    const { run } = await journal.begin('k', 'import', again);
    await run.job('octopus:prod:7');
    await journal.settle('octopus:prod:7', 'done');
    expect((await journal.list())[0]?.outcome).toBeUndefined();
    await journal.close();
    await journal.settle('octopus:prod:8', 'done');
    expect((await journal.list())[0]?.outcome).toBeUndefined();
    await journal.settle('octopus:prod:7', 'failed');
    expect((await journal.list())[0]?.outcome).toBe('failed');
  });

  test('finished runs are pruned, unfinished ones are not', async () => {
    const openJournal = await place();
    const journal = openJournal({ keep: 3 });
    const open = await journal.begin('open', 'import', again);
    await open.run.finish('detached');
    for (let index = 0; index < 6; index += 1) {
      const { run } = await journal.begin(`k${String(index)}`, 'import', again);
      await run.finish('done');
    }
    expect((await journal.list()).map(({ key }) => key)).toEqual(['k5', 'k4', 'k3', 'open']);
  });
}
