import { expect, test } from '@jest/globals';
import { match } from '../../../../src/adapters/octopus/names.ts';

const items = [
  { Id: 'Projects-1', Name: 'Web Shop' },
  { Id: 'Projects-2', Name: 'web shop ' },
  { Id: 'Projects-3', Name: 'Billing' },
  { Id: 'Projects-4', Name: 'Projects-3' },
];

test('an exact name or id wins', () => {
  expect(match(items, 'Web Shop')).toEqual({ found: items[0] });
  expect(match(items, 'Projects-2')).toEqual({ found: items[1] });
});

test('one loose match is taken with a note', () => {
  expect(match(items, ' billing')).toMatchObject({ found: items[2], note: expect.stringContaining('Billing') });
});

test('several candidates are none', () => {
  expect(match(items, 'WEB SHOP')).toMatchObject({ found: undefined, candidates: [items[0], items[1]] });
  expect(match(items, 'Projects-3')).toMatchObject({ found: undefined, candidates: [items[2], items[3]] });
});

test('the nearest names are offered', () => {
  expect(match(items, 'Biling')).toMatchObject({ found: undefined, nearest: ['Billing'] });
  expect(match(items, 'something else')).toMatchObject({ found: undefined, nearest: [] });
});
