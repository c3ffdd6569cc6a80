import { expect, test } from '@jest/globals';
import { partialReason } from '../../../../src/core/steps/partial-reason.ts';

const difference = { kind: 'project', name: 'a', difference: 'differs' } as const;

test.each([
  [
    'the differences of --verify',
    { verified: { differences: [difference, difference] }, warnings: ['w'] },
    '2 differences',
  ],
  ['the one difference of an undo', { differences: [difference] }, '1 difference'],
  ['the first warning', { warnings: ['lab is still in maintenance mode', 'w'] }, 'lab is still in maintenance mode'],
  ['that nobody gave a reason', {}, 'it is not known that all was done; the server gives no reason'],
])('a run that is partial tells %s', (_, part, expected) => {
  expect(partialReason(part)).toBe(expected);
});
