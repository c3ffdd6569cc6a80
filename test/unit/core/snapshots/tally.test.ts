import { describe, expect, test } from '@jest/globals';
import { type Result, resultOf } from '../../../../src/core/snapshots/result.ts';
import { held } from '../../../../src/core/snapshots/snapshot-lookup.ts';
import { tally } from '../../../../src/core/snapshots/tally.ts';
import type { PlanItem, PlannedAction } from '../../../../src/ports/plan.ts';

const item = (action: PlannedAction, name: string, kind = 'device'): PlanItem => ({ kind, name, action });

/** `core-1@1` is the device core-1 with the mark of change 1. */
const holding = (...names: readonly string[]) =>
  held(
    names.map((text) => {
      const [name = '', mark] = text.split('@');
      return { kind: 'device', name, mark };
    }),
  );

const read = (plan: readonly PlanItem[], before: readonly string[], after: readonly string[], whole = true): Result =>
  resultOf({ before: holding(...before), after: holding(...after), plan, whole, claims: [] });

describe('counts of a plan and of its result', () => {
  const plan = [
    item('create', 'a'),
    item('create', 'b'),
    item('overwrite', 'c'),
    item('unchanged', 'd'),
    item('beside', 'e'),
    item('create', 'x', 'link'),
  ];

  test('a plan is counted by kind and action, with nothing done', () => {
    expect(tally(plan, undefined)).toEqual([
      { kind: 'device', action: 'overwrite', planned: 1 },
      { kind: 'device', action: 'create', planned: 2 },
      { kind: 'device', action: 'unchanged', planned: 1 },
      { kind: 'device', action: 'beside', planned: 1 },
      { kind: 'link', action: 'create', planned: 1 },
    ]);
  });

  test('the result of a run has the same rows, with what was done beside what was planned', () => {
    const result = read(plan.slice(0, 5), ['c@1', 'd@1', 'e@1'], ['a@1', 'c@2', 'd@1', 'e@1']);
    expect(tally(plan.slice(0, 5), result)).toEqual([
      { kind: 'device', action: 'not-seen', done: 1 },
      { kind: 'device', action: 'overwrite', planned: 1, done: 1 },
      { kind: 'device', action: 'create', planned: 2, done: 1 },
      { kind: 'device', action: 'unchanged', planned: 1, done: 1 },
      { kind: 'device', action: 'beside', planned: 1, done: 1 },
    ]);
  });

  test('what was to be kept and is equal is kept: it is no other action than the planned one', () => {
    const keeping = [item('keep', 'a'), item('keep', 'b'), item('unchanged', 'c')];
    const equal: Result = { ...read([], [], []), unchanged: { device: 3 } };
    expect(tally(keeping, equal)).toEqual([
      { kind: 'device', action: 'keep', planned: 2, done: 2 },
      { kind: 'device', action: 'unchanged', planned: 1, done: 1 },
    ]);
    const skipped: Result = { ...equal, items: [{ kind: 'device', name: 'a', action: 'skipped' }] };
    expect(tally(keeping, { ...skipped, unchanged: { device: 2 } })).toEqual(tally(keeping, equal));
    expect(tally([item('unchanged', 'c')], { ...equal, unchanged: { device: 2 } })).toEqual([
      { kind: 'device', action: 'unchanged', planned: 1, done: 2 },
    ]);
  });

  test('what the target alone had and lost is not counted as staying', () => {
    const counts = tally([item('beside', 'e')], read([item('beside', 'e')], ['e@1'], []));
    expect(counts).toEqual([
      { kind: 'device', action: 'delete', planned: 0, done: 1 },
      { kind: 'device', action: 'beside', planned: 1, done: 0 },
    ]);
  });

  test('a kind of which the plan does not speak has no planned count', () => {
    const byName = [item('create', 'Web Shop', 'project')];
    const result = resultOf({
      before: held([]),
      after: held([
        { kind: 'project', name: 'Web Shop' },
        { kind: 'tenant', name: 'Berlin' },
      ]),
      plan: byName,
      whole: false,
      claims: [],
    });
    expect(tally(byName, result)).toEqual([
      { kind: 'project', action: 'create', planned: 1, done: 1 },
      { kind: 'tenant', action: 'create', done: 1 },
    ]);
  });

  test('a server that claims nothing of single things leaves open what was done', () => {
    const claimed: Result = { ...read([], [], []), basis: 'claimed', changed: undefined };
    expect(tally([item('create', 'a')], claimed)).toEqual([{ kind: 'device', action: 'create', planned: 1 }]);
  });
});
