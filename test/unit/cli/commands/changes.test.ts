import { describe, expect, test } from '@jest/globals';
import { describeChanges } from '../../../../src/cli/commands/changes.ts';
import { type Result, resultOf } from '../../../../src/core/snapshots/result.ts';
import { held } from '../../../../src/core/snapshots/snapshot-lookup.ts';
import type { PlanItem, PlannedAction } from '../../../../src/ports/plan.ts';

const items = (action: PlannedAction, kind: string, count: number): readonly PlanItem[] =>
  Array.from({ length: count }, (_, at) => ({ action, kind, name: `${kind}-${action}-${at + 1}` }));

const told = (...args: Parameters<typeof describeChanges>): readonly string[] =>
  (describeChanges(...args) ?? '').split('\n');

describe('what a plan changes, told to a person', () => {
  const plan = [
    ...items('create', 'device', 300),
    ...items('unchanged', 'device', 40),
    ...items('overwrite', 'device', 60),
    ...items('delete', 'link', 2),
    ...items('keep', 'link', 1),
  ];

  test('the counts come first, by kind and action, with a line for all', () => {
    expect(told(plan, undefined).slice(0, 4)).toEqual([
      'planned  overwrite  delete  keep  create  unchanged',
      'device   60                       300     40',
      'link                2       1             ',
      'all      60         2       1     300     40',
    ]);
  });

  test('all that is overwritten or deleted is named, then what stays, and many new things are only counted', () => {
    const [head, ...rows] = told(plan, undefined).slice(4);
    expect(head).toBe('action     kind    name');
    expect(rows.filter((row) => row.startsWith('overwrite '))).toHaveLength(60);
    expect(rows.slice(60, 63).map((row) => row.split(/ {2,}/u))).toEqual([
      ['delete', 'link', 'link-delete-1'],
      ['delete', 'link', 'link-delete-2'],
      ['keep', 'link', 'link-keep-1'],
    ]);
    expect(rows.slice(63)).toEqual([
      'create: 300 names not shown; see them with --names',
      'unchanged: 40 names not shown; see them with --names',
    ]);
  });

  test('--names names everything', () => {
    const rows = told(plan, undefined, { all: true });
    expect(rows.filter((row) => row.startsWith('create '))).toHaveLength(300);
    expect(rows.filter((row) => row.startsWith('unchanged '))).toHaveLength(40);
  });

  test('a few new things are named without a flag', () => {
    expect(told([{ action: 'create', kind: 'project', name: 'Web Shop' }], undefined)).toEqual([
      'planned  create',
      'project  1',
      'action  kind     name',
      'create  project  Web Shop',
    ]);
  });

  test('an empty plan tells nothing', () => {
    expect(describeChanges([], undefined)).toBeUndefined();
  });

  test('text from a server cannot send control sequences to the terminal', () => {
    const hostile = [{ action: 'overwrite', kind: 'k\u001b[2J', name: 'a\u001b[2Jb', detail: '\u001b[1m' }] as const;
    expect(describeChanges(hostile, undefined)).not.toContain('\u001b');
  });

  test('at 40 columns the same counts are a list, and no line is wider than its longest word needs', () => {
    const narrow = told(plan, undefined, { columns: 40 });
    expect(narrow.slice(0, 7)).toEqual([
      'device',
      '  overwrite: 60',
      '  create: 300',
      '  unchanged: 40',
      'link',
      '  delete: 2',
      '  keep: 1',
    ]);
    expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(70);
  });
});

describe('what a run changed, told to a person', () => {
  const plan = [...items('create', 'device', 2), ...items('overwrite', 'device', 1)];
  const ran = (after: readonly string[]): Result =>
    resultOf({
      before: held([{ kind: 'device', name: 'device-overwrite-1', mark: '1' }]),
      after: held([
        { kind: 'device', name: 'device-overwrite-1', mark: '2' },
        ...after.map((name) => ({ kind: 'device', name, mark: '1' })),
      ]),
      plan,
      whole: true,
      claims: [],
    });

  test('done and planned stand beside each other in the table of the plan', () => {
    expect(told(plan, ran(['device-create-1', 'device-create-2']))).toEqual([
      'done/planned  overwrite  create',
      'device        1/1        2/2',
      'result       kind    name',
      'overwritten  device  device-overwrite-1',
      'created      device  device-create-1',
      'created      device  device-create-2',
    ]);
  });

  test('the line for all has no planned count where no plan speaks of a part of it', () => {
    const byName = [{ kind: 'project', name: 'Web Shop', action: 'create' }] as const;
    const after = held([
      { kind: 'project', name: 'Web Shop' },
      { kind: 'tenant', name: 'Berlin' },
    ]);
    const result = resultOf({ before: held([]), after, plan: byName, whole: false, claims: [] });
    expect(told(byName, result).slice(0, 4)).toEqual([
      'done/planned  create',
      'project       1/1',
      'tenant        1',
      'all           2',
    ]);
  });

  test('what did not arrive comes first', () => {
    const text = told(plan, ran(['device-create-1']));
    expect(text.slice(0, 2)).toEqual([
      'done/planned  not seen  overwrite  create',
      'device        1         1/1        1/2',
    ]);
    expect(text[3]).toMatch(/^not-seen +device +device-create-2: it is not on the target$/u);
  });

  test('a job that is over tells the names that its run did not show', () => {
    const many = Array.from({ length: 30 }, (_, at) => `link-${at}`);
    const result = resultOf({
      before: held([]),
      after: held(many.map((name) => ({ kind: 'link', name, mark: '1' }))),
      plan: items('create', 'link', 30),
      whole: true,
      claims: [],
    });
    const rows = told([], result, { job: 'octopus:lab:ServerTasks-7' });
    expect(rows.at(-1)).toBe(
      'created: 30 names not shown; see them with migrator job wait octopus:lab:ServerTasks-7 --names',
    );
  });
});
