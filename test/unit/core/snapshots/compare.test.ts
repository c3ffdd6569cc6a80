import { describe, expect, test } from '@jest/globals';
import { compare } from '../../../../src/core/snapshots/compare.ts';
import { held } from '../../../../src/core/snapshots/snapshot-lookup.ts';
import type { Json } from '../../../../src/ports/journal.ts';
import type { SnapshotItem } from '../../../../src/ports/snapshot.ts';
import { fc } from '../../../support/property.ts';

const item = (name: string, fields: Readonly<Record<string, Json>> = {}, id?: string): SnapshotItem => ({
  kind: 'pipeline',
  name,
  fields,
  ...(id === undefined ? {} : { id }),
});

describe('two sides', () => {
  test('that hold the same are equal, in any order of things and of members', () => {
    const from = held([item('a', { x: { y: 1, z: [1, 2] } }), item('b', { secret: true })]);
    const to = held([item('b', { secret: true }), item('a', { x: { z: [1, 2], y: 1 } })]);
    expect(compare(from, to)).toMatchObject({ equal: 2, differences: [] });
  });

  test.each<[string, Readonly<Record<string, Json>>, Readonly<Record<string, Json>>, string[]]>([
    ['a value', { x: 1 }, { x: 2 }, ['x']],
    ['the order of a list', { x: [1, 2] }, { x: [2, 1] }, ['x']],
    ['a list that is longer', { x: [1] }, { x: [1, 2] }, ['x']],
    ['a list instead of an object', { x: [] }, { x: {} }, ['x']],
    ['a secret that is missing', { password: true }, {}, ['password']],
    ['a field that is new', {}, { y: null }, ['y']],
    ['a member that is missing', { x: { a: 1, b: null } }, { x: { a: 1 } }, ['x']],
    ['nothing instead of an object', { x: null, z: 1 }, { x: {}, z: 2 }, ['x', 'z']],
  ])('differ by %s', (_, one, other, fields) => {
    expect(compare(held([item('a', one)]), held([item('a', other)]))).toMatchObject({
      equal: 0,
      differences: [{ kind: 'pipeline', name: 'a', difference: 'differs', fields }],
    });
  });

  test('differ by what only one of them has', () => {
    expect(compare(held([item('a'), item('b')]), held([item('b'), item('c')]))).toMatchObject({
      equal: 1,
      differences: [
        { kind: 'pipeline', name: 'a', difference: 'only-from' },
        { kind: 'pipeline', name: 'c', difference: 'only-to' },
      ],
    });
  });

  test('are matched by the id before the name, and by the name where no id fits', () => {
    const from = held([item('Sales', { v: 1 }, 'A1'), item('Cost', { v: 1 }, 'A2')]);
    const to = held([item('Sales 2024', { v: 1 }, 'A1'), item('Cost', { v: 1 }, 'B7')]);
    expect(compare(from, to)).toMatchObject({ equal: 2, differences: [] });
  });
});

test('a planted change of any one field of any one thing is found', () => {
  const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
  const things = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,6}$/u),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/u), json),
    {
      minKeys: 1,
      maxKeys: 6,
    },
  );
  fc.assert(
    fc.property(things, fc.nat(), (all, seed) => {
      const entries = Object.entries(all);
      const from = held(entries.map(([name, fields]) => item(name, fields)));
      const [victim = ''] = entries[seed % entries.length] ?? [];
      const planted = entries.map(([name, fields]) =>
        item(name, name === victim ? { ...fields, planted: seed } : fields),
      );
      expect(compare(from, held(structuredClone(from.items)))).toMatchObject({
        equal: entries.length,
        differences: [],
      });
      expect(compare(from, held(planted)).differences).toEqual([
        { kind: 'pipeline', name: victim, difference: 'differs', fields: ['planted'] },
      ]);
    }),
  );
});
