import { describe, expect, test } from '@jest/globals';
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
  force_replace: ['create', 'unchanged', 'overwrite', 'overwrite'],
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

describe('an object with an equal version', () => {
  const here = { ...older, folderId: 'F1', folder: 'Public Objects/Reports' };
  const moved = { ...older, folderId: 'F2', folder: 'Public Objects/Old Reports' };

  test.each(['replace', 'use_older'] as const)('moves by %s when only its folder differs', (rule) => {
    const planned = outcome(rule, here, moved);
    expect(planned.action).toBe('overwrite');
    expect(planned.detail).toContain('moves to the folder Public Objects/Reports');
  });

  test('stays when the folder has another id and the same path', () => {
    expect(outcome('replace', here, { ...here, folderId: 'F3' }).action).toBe('unchanged');
  });

  test('stays when only one end tells the folder', () => {
    expect(outcome('replace', here, older).action).toBe('unchanged');
  });

  test('is kept in its folder by use_existing', () => {
    expect(outcome('use_existing', here, moved)).toEqual({ action: 'keep', detail: 'use_existing' });
  });

  test('is overwritten by force_replace when its description differs', () => {
    expect(outcome('force_replace', here, { ...here, description: 'by hand' }).action).toBe('overwrite');
  });
});
