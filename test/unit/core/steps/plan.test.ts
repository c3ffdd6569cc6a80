import { expect, test } from '@jest/globals';
import { planImport } from '../../../../src/core/steps/plan.ts';

const target = [
  { kind: 'project', id: 'Projects-1', name: 'Web Shop' },
  { kind: 'environment', id: 'Environments-1', name: 'Billing' },
];

test.each([
  ['absent', 'Billing', false, 'create'],
  ['absent, overwriting', 'Billing', true, 'create'],
  ['present', 'Web Shop', false, 'keep'],
  ['present, overwriting', 'Web Shop', true, 'overwrite'],
  ['present in other case', 'web shop ', false, 'keep'],
])('%s', (_, name, overwrite, action) => {
  expect(planImport([{ kind: 'project', name }], target, overwrite)).toEqual([
    { kind: 'project', name, action, ...(action === 'overwrite' ? { asked: true } : {}) },
  ]);
});
