import { expect, test } from '@jest/globals';
import { matchByName } from '../../../../src/adapters/shared/match-by-name.ts';

const items = [
  { id: 'Projects-1', name: 'Web Shop' },
  { id: 'Projects-2', name: 'web shop ' },
  { id: 'Projects-3', name: 'Billing' },
  { id: 'Projects-4', name: 'Projects-3' },
];

test('an exact name or id wins', () => {
  expect(matchByName(items, 'Web Shop')).toEqual({ found: items[0] });
  expect(matchByName(items, 'Projects-2')).toEqual({ found: items[1] });
});

test('a name that differs in case or blanks is taken with a note', () => {
  expect(matchByName(items, ' billing')).toEqual({ found: items[2], note: 'took "Billing" for " billing"' });
});

test('an id in another case is taken without a note', () => {
  expect(matchByName(items, 'PROJECTS-4')).toEqual({ found: items[3] });
});

test('nothing is taken when several items fit', () => {
  expect(matchByName(items, 'WEB SHOP')).toMatchObject({ found: undefined, candidates: [items[0], items[1]] });
  expect(matchByName(items, 'Projects-3')).toMatchObject({ found: undefined, candidates: [items[2], items[3]] });
});

test('names that are like the wanted one are offered', () => {
  expect(matchByName(items, 'Biling')).toMatchObject({ found: undefined, nearest: ['Billing'] });
  expect(matchByName(items, 'bill')).toMatchObject({ found: undefined, nearest: ['Billing'] });
  expect(matchByName(items, 'the billing project')).toMatchObject({ found: undefined, nearest: ['Billing'] });
  expect(matchByName(items, 'something else')).toMatchObject({ found: undefined, nearest: [] });
});
