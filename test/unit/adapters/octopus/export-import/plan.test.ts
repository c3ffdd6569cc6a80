import { describe, expect, test } from '@jest/globals';
import { existing, lookup, planOf } from '../../../../../src/adapters/octopus/export-import/plan.ts';

const contents = {
  ...{ unfindable: [], teams: [], logos: [], inGit: [], packages: [], tags: [] },
  projects: ['Web Shop', 'Billing'],
  shared: [
    { kind: 'environment', name: 'Dev' },
    { kind: 'variable-set', name: 'Common' },
    { kind: 'tenant', name: 'Acme' },
    { kind: 'step-template', name: 'Notify' },
  ],
  parts: [
    { kind: 'channel', name: 'Web Shop/Default', of: { kind: 'project', name: 'Web Shop' } },
    { kind: 'channel', name: 'Billing/Default', of: { kind: 'project', name: 'Billing' } },
    { kind: 'set-variable', name: 'Common/Region', of: { kind: 'variable-set', name: 'Common' } },
    { kind: 'set-variable', name: 'Common/Tier', of: { kind: 'variable-set', name: 'Common' } },
  ],
};
const short = (plan: ReturnType<typeof planOf>): string[] =>
  plan.map(({ kind, name, action }) => `${action} ${kind} ${name}`);

describe('the plan of an import', () => {
  test('an empty space gets everything', () => {
    expect(short(planOf(contents, lookup([]), false)).every((line) => line.startsWith('create'))).toBe(true);
    expect(planOf(contents, lookup([]), false)).toHaveLength(10);
  });

  test('what is shared is matched by name in any case, and a set gets only the variables that it lacks', () => {
    const there = [
      { kind: 'environment', name: ' dev' },
      { kind: 'variable-set', name: 'COMMON' },
      { kind: 'set-variable', name: 'Common/Region' },
      { kind: 'tenant', name: 'Acme' },
    ];
    const plan = planOf(contents, lookup(there), false);
    expect(short(plan)).toEqual([
      'create project Web Shop',
      'create project Billing',
      'keep environment Dev',
      'keep variable-set Common',
      'keep tenant Acme',
      'create step-template Notify',
      'create channel Web Shop/Default',
      'create channel Billing/Default',
      'keep set-variable Common/Region',
      'create set-variable Common/Tier',
    ]);
    expect(plan.find(({ kind }) => kind === 'tenant')?.detail).toContain('connected');
  });

  test('of a project that is there nothing is planned but that it stays', () => {
    const isThere = lookup([{ kind: 'project', name: 'Billing' }]);
    expect(existing(contents, isThere)).toEqual(['Billing']);
    const plan = planOf(contents, isThere, true);
    expect(short(plan)).toContain('keep project Billing');
    expect(short(plan).join()).not.toContain('Billing/Default');
    expect(plan.find(({ name }) => name === 'Billing')).toMatchObject({ asked: true });
  });
});
