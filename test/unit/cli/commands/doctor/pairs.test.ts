import { expect, test } from '@jest/globals';
import { describePairs } from '../../../../../src/cli/commands/doctor/pairs.ts';

test('pairs of which the same is to be said share a line', () => {
  const pair = (from: string, to: string, way?: string) => ({
    from,
    to,
    product: 'octopus',
    versions: ['1', '1'] as const,
    way,
    obstacles: way === undefined ? ['prod cannot import'] : [],
  });
  expect(describePairs([pair('lab', 'prod', 'by Move'), pair('lab', 'next', 'by Move'), pair('next', 'prod')])).toEqual(
    [
      { moves: true, text: 'lab → prod, lab → next: both 1; projects move by Move' },
      { moves: false, text: 'next → prod: both 1; nothing moves (prod cannot import)' },
    ],
  );
});
