import { describe, expect, test } from '@jest/globals';
import { matchByName, severalFit } from '../../../../src/adapters/shared/match-by-name.ts';

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

describe('names of the same characters in other code points', () => {
  const composed = { id: 'Projects-7', name: 'Caf\u00e9' };
  const decomposed = { id: 'Projects-8', name: 'Cafe\u0301' };

  test('are one name when only one item has it', () => {
    expect(matchByName([composed], decomposed.name)).toEqual({ found: composed });
    expect(matchByName([decomposed], composed.name)).toEqual({ found: decomposed });
    expect(matchByName([decomposed], 'CAF\u00c9')).toMatchObject({ found: decomposed, note: expect.any(String) });
  });

  test('are told apart when they are written exactly, and listed with their code points when not', () => {
    expect(matchByName([composed, decomposed], decomposed.name)).toEqual({ found: decomposed });
    const unclear = matchByName([composed, decomposed], 'CAF\u00c9');
    expect(unclear).toMatchObject({ found: undefined, candidates: [composed, decomposed] });
    const { hint } = severalFit('project', ['CAF\u00c9'], [composed, decomposed]);
    expect(hint).toContain('Projects-7 (Caf\u00e9, U+00E9)');
    expect(hint).toContain('U+0301');
  });
});

test('twins that differ in blanks are listed in quotes', () => {
  const { hint } = severalFit('project', ['BILLING'], [items[2]!, { id: 'Projects-9', name: 'Billing ' }]);
  expect(hint).toContain('Projects-3 (Billing), Projects-9 ("Billing ")');
});

test('a name with the escapes of a URL is explained', () => {
  expect(matchByName([items[0]!], 'Web%20Shop')).toMatchObject({ nearest: [expect.stringMatching(/^Web Shop \(%20/)] });
  expect(matchByName(items, '100%')).toMatchObject({ found: undefined });
});
