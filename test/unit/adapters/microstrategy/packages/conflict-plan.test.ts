import { expect, test } from '@jest/globals';
import { conflictRules } from '../../../../../src/adapters/microstrategy/options.ts';
import { outcome } from '../../../../../src/adapters/microstrategy/packages/conflict-plan.ts';

const older = { version: 'A', dateModified: '2022-03-01T00:00:00.000+0000' };
const newer = { version: 'B', dateModified: '2022-03-02T00:00:00.000+0000' };

// By rule: absent on the target, same version, target older, target newer.
const table = {
  use_existing: ['unchanged', 'unchanged', 'keep', 'keep'],
  replace: ['create', 'unchanged', 'overwrite', 'overwrite'],
  keep_both: ['create', 'unchanged', 'create', 'create'],
  use_newer: ['create', 'unchanged', 'overwrite', 'keep'],
  use_older: ['create', 'unchanged', 'keep', 'overwrite'],
  force_replace: ['create', 'overwrite', 'overwrite', 'overwrite'],
  delete: ['unchanged', 'delete', 'delete', 'delete'],
} as const;

test.each(conflictRules.map((rule) => [rule, table[rule]] as const))('%s: %j', (rule, expected) => {
  const planned = [
    outcome(rule, older, undefined),
    outcome(rule, older, { ...older }),
    outcome(rule, newer, older),
    outcome(rule, older, newer),
  ];
  expect(planned.map(({ action }) => action)).toEqual(expected);
});

test.each(['use_newer', 'use_older'] as const)('%s without times says that it cannot tell', (rule) => {
  expect(outcome(rule, { version: 'A', dateModified: undefined }, newer).detail).toContain('not known');
});
