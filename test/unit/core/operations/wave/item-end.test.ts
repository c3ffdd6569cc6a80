import { expect, test } from '@jest/globals';
import { endOfReport } from '../../../../../src/core/operations/wave/item-end.ts';

const report = { outcome: 'done', jobs: [], warnings: [] } as const;
const result = (kind: string) =>
  ({ basis: 'seen', counts: {}, items: [{ kind, name: 'Invoices', action: 'created' }] }) as never;

test('an item has arrived as the projects that the target showed, and not as the path that somebody typed', () => {
  expect(endOfReport({ ...report, result: result('project') })).toMatchObject({ arrived: ['Invoices'] });
  expect(endOfReport({ ...report, result: result('asset') })).not.toHaveProperty('arrived');
});
