import { describe, expect, test } from '@jest/globals';
import { folded } from '../../../../../src/cli/commands/demo/folded.ts';
import { describeChanges, describeItems } from '../../../../../src/cli/commands/changes.ts';
import { lines } from '../../../../../src/cli/terminal/table.ts';

const names = ['Web Shop', 'Billing', 'Search', 'Invoicing', 'Identity'];

describe('folded output of the steps', () => {
  test('a long table of results keeps its first rows and tells how many more there are', () => {
    const items = names.map((name) => ({ action: 'created' as const, kind: 'project', name }));
    const text = lines('imported', describeItems(items), 'on the target: 5 created', 'left on prod: a package', '');
    expect(folded(text)).toBe(
      [
        'imported',
        'result   kind     name',
        'created  project  Web Shop',
        'created  project  Billing',
        'created  project  Search',
        '… and 2 more',
        'on the target: 5 created',
        'left on prod: a package',
        '',
      ].join('\n'),
    );
  });

  test('a plan at the end of the text is folded too', () => {
    const plan = names.map((name) => ({ action: 'create' as const, kind: 'project', name }));
    expect(
      folded(describeChanges(plan, undefined) ?? '')
        .split('\n')
        .slice(-2),
    ).toEqual(['create  project  Search', '… and 2 more']);
  });

  test('a table stays whole when only one row would go, and so do other tables', () => {
    const items = names.slice(0, 4).map((name) => ({ action: 'created' as const, kind: 'project', name }));
    const text = lines(describeItems(items), 'ok    lab: octopus', ...names.map((name) => `ok    prod:  ${name}`));
    expect(folded(text)).toBe(text);
  });
});
