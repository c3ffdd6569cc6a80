import { describe, expect, test } from '@jest/globals';
import { held } from '../../../../src/core/snapshots/snapshot-lookup.ts';
import { claimedResult, combined, resultOf, type Result } from '../../../../src/core/snapshots/result.ts';
import type { JobItem } from '../../../../src/ports/job.ts';
import type { PlanItem } from '../../../../src/ports/plan.ts';
import type { SnapshotItem } from '../../../../src/ports/snapshot.ts';

/** Items from words: `pipeline:Load@2` is a pipeline with the mark 2. */
const items = (text: string): readonly SnapshotItem[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((word) => {
      const [, kind = '', name = '', mark] = /^(\w+):(\w+)(?:@(\w+))?$/u.exec(word) ?? [];
      return { kind, name, ...(mark === undefined ? {} : { mark }) };
    });

const one = (action: PlanItem['action'], more: Partial<PlanItem> = {}): readonly PlanItem[] => [
  { kind: 'pipeline', name: 'Load', action, ...more },
];

const read = (before: string, after: string, plan: readonly PlanItem[], claims: readonly JobItem[] = []): Result =>
  resultOf({ before: held(items(before)), after: held(items(after)), plan, whole: true, claims });

/** The actions that were counted, and whether all is well. */
const verdict = ({ counts, complete, changed }: Result) => [
  ...Object.entries(counts).flatMap(([action, count]) => (count === 0 ? [] : [`${String(count)} ${action}`])),
  complete ? 'complete' : 'not complete',
  changed === true ? 'changed' : 'not changed',
];

describe('what was planned, and what the target shows', () => {
  test.each<[string, string, readonly PlanItem[], string[]]>([
    ['', 'pipeline:Load@1', one('create'), ['1 created', 'complete', 'changed']],
    ['', '', one('create'), ['1 not-seen', 'not complete', 'not changed']],
    ['pipeline:Load@1', 'pipeline:Load@1', one('create'), ['1 not-seen', 'not complete', 'not changed']],
    ['pipeline:Load@1', 'pipeline:Load@2', one('create'), ['1 overwritten', 'complete', 'changed']],
    ['pipeline:Load@1', 'pipeline:Load@2', one('overwrite'), ['1 overwritten', 'complete', 'changed']],
    ['pipeline:Load@1', 'pipeline:Load@1', one('overwrite'), ['1 not-seen', 'not complete', 'not changed']],
    ['pipeline:Load', 'pipeline:Load', one('overwrite'), ['1 overwritten', 'complete', 'changed']],
    ['pipeline:Load@1', '', one('overwrite'), ['1 not-seen', 'not complete', 'not changed']],
    ['pipeline:Load@1', 'pipeline:Load@1', one('unchanged'), ['1 unchanged', 'complete', 'not changed']],
    ['pipeline:Load@1', 'pipeline:Load@2', one('unchanged'), ['1 overwritten', 'complete', 'changed']],
    ['pipeline:Load@1', '', one('unchanged'), ['1 not-seen', 'not complete', 'not changed']],
    ['pipeline:Load@1', 'pipeline:Load@1', one('keep'), ['1 skipped', 'not complete', 'not changed']],
    ['pipeline:Load@1', 'pipeline:Load@1', one('keep', { asked: true }), ['1 skipped', 'complete', 'not changed']],
    ['pipeline:Load@1', 'pipeline:Load@2', one('keep'), ['1 merged', 'not complete', 'changed']],
    ['pipeline:Load@1', 'pipeline:Load@2', one('keep', { asked: true }), ['1 merged', 'complete', 'changed']],
    ['', '', one('unchanged'), ['1 unchanged', 'complete', 'not changed']],
    ['', '', one('keep', { asked: true }), ['1 skipped', 'complete', 'not changed']],
    ['pipeline:Load@1', '', one('delete'), ['1 deleted', 'complete', 'changed']],
    ['pipeline:Load@1', 'pipeline:Load@1', one('delete'), ['1 not-seen', 'not complete', 'not changed']],
    ['pipeline:Load@1', '', one('beside'), ['1 deleted', 'not complete', 'changed']],
    ['pipeline:Load@1', 'pipeline:Load@1', one('beside'), ['complete', 'not changed']],
  ])('"%s", then "%s", with %j', (before, after, plan, expected) => {
    expect(verdict(read(before, after, plan))).toEqual(expected);
  });

  test('a second copy of what was planned is a fault, a thing of another kind is not', () => {
    expect(verdict(read('', 'pipeline:Load pipeline:Load_2', one('create')))).toEqual([
      '2 created',
      'not complete',
      'changed',
    ]);
    expect(verdict(read('', 'pipeline:Load account:Mail', one('create')))).toEqual([
      '2 created',
      'complete',
      'changed',
    ]);
  });

  test('a second one of its kind is no fault when the plan does not name all', () => {
    const after = held(items('pipeline:Load pipeline:Shared'));
    const result = resultOf({ before: held([]), after, plan: one('create'), whole: false, claims: [] });
    expect(verdict(result)).toEqual(['2 created', 'complete', 'changed']);
  });

  test('a thing that vanishes without a plan is a fault', () => {
    expect(verdict(read('account:Mail', 'pipeline:Load', one('create')))).toEqual([
      '1 created',
      '1 deleted',
      'not complete',
      'changed',
    ]);
  });

  test('what the server calls failed is failed, with its reason', () => {
    const claims: readonly JobItem[] = [{ kind: 'pipeline', name: 'Load', action: 'failed', reason: 'too large' }];
    const result = read('', '', one('create'), claims);
    expect(verdict(result)).toEqual(['1 failed', 'not complete', 'not changed']);
    expect(result.items).toEqual([{ kind: 'pipeline', name: 'Load', action: 'failed', reason: 'too large' }]);
  });

  test('an id goes before a name, and a name is found in another case when only one fits', () => {
    const before = held([]);
    const after = held([
      { kind: 'report', name: 'Sales', id: 'A1' },
      { kind: 'project', name: 'web shop' },
    ]);
    const plan: readonly PlanItem[] = [
      { kind: 'report', name: 'Sales', id: 'B2', action: 'create' },
      { kind: 'project', name: 'Web Shop', action: 'create' },
    ];
    const { items: seen } = resultOf({ before, after, plan, whole: true, claims: [] });
    expect(seen.map(({ name, action }) => [name, action])).toEqual([
      ['Sales', 'not-seen'],
      ['Web Shop', 'created'],
    ]);
  });
});

describe('a server whose word is all there is', () => {
  test('is quoted as claims', () => {
    const result = claimedResult([
      { kind: 'pipeline', name: 'Load', action: 'created' },
      { kind: 'pipeline', name: 'Send', action: 'failed' },
    ]);
    expect(result).toMatchObject({
      basis: 'claimed',
      changed: true,
      complete: false,
      counts: { created: 1, failed: 1 },
    });
    expect(claimedResult([])).toMatchObject({ basis: 'claimed', complete: true });
    expect(claimedResult([]).changed).toBeUndefined();
  });

  test('calls created what was planned to be created, when the server says only that it is done', () => {
    const done = { kind: 'pipeline', name: 'Load', action: 'done' } as const;
    expect(claimedResult([done], one('create')).counts).toMatchObject({ created: 1, overwritten: 0 });
    expect(claimedResult([done], one('overwrite')).counts).toMatchObject({ created: 0, overwritten: 1 });
  });
});

test('the results of several projects are added up, and one that is not complete spoils all', () => {
  const good = read('', 'pipeline:Load', one('create'));
  const bad = read('', '', one('create'));
  expect(combined([])).toBeUndefined();
  expect(combined([good])).toBe(good);
  expect(combined([good, bad])).toMatchObject({
    complete: false,
    changed: true,
    counts: { created: 1, 'not-seen': 1 },
  });
});
