import { expect, test } from '@jest/globals';
import { announcePlan, planImport, spelling } from '../../../../src/core/steps/plan.ts';
import { recordingReporter } from '../../../support/ports.ts';

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
])('%s', (_, name, overwrites, action) => {
  expect(planImport([{ kind: 'project', name }], target, { overwrites })).toEqual([
    { kind: 'project', name, action, ...(action === 'overwrite' ? { asked: true } : {}) },
  ]);
});

test('what is kept is asked for when skipping is wanted', () => {
  const wanted = ['Web Shop', 'Billing'].map((name) => ({ kind: 'project', name }));
  expect(planImport(wanted, target, { overwrites: false, skips: true })).toEqual([
    { kind: 'project', name: 'Web Shop', action: 'keep', asked: true },
    { kind: 'project', name: 'Billing', action: 'create' },
  ]);
});

test('names that look the same are shown with their code points, and others as they are', () => {
  const spelled = spelling(['Caf\u00e9', 'Cafe\u0301', 'Z\u00fcrich']);
  expect(spelled('Caf\u00e9')).toBe('Caf\u00e9, U+00E9');
  expect(spelled('Cafe\u0301')).toBe('Cafe\u0301, U+0301');
  expect(spelled('Z\u00fcrich')).toBe('Z\u00fcrich');
});

test('a long plan is announced in one line for each action', () => {
  const many = (kind: string, action: 'create' | 'keep', count: number) =>
    Array.from({ length: count }, (_, at) => ({ kind, name: `${kind} ${at}`, action }));
  const reporter = recordingReporter();
  announcePlan(
    [...many('project', 'create', 1), ...many('tenant', 'create', 20), ...many('tenant', 'keep', 2)],
    'prod',
    reporter,
  );
  expect(reporter.events).toEqual([
    { type: 'notice', message: 'on prod, keep: 2 tenants' },
    { type: 'notice', message: 'on prod, create: 1 project, 20 tenants' },
  ]);
});
