import { expect, test } from '@jest/globals';
import { carried } from '../../../../../src/adapters/octopus/snapshots/carried-fields.ts';

const fields = (document: object) => carried(document as Record<string, unknown>, () => undefined);

test.each([
  ['Web Shop', 'web-shop'],
  ['  (Web) Shop & Co. ', 'web-shop-co'],
  ['Größe 2', 'größe-2'],
])('the slug that a server makes of the name %p is not compared', (Name, Slug) => {
  expect(fields({ Name, Slug, Steps: [{ Name, Slug }] })).toEqual({ Steps: [{ Name }] });
});

test('a slug that people chose is compared, of a thing and of its parts', () => {
  const shop = { Name: 'Web Shop', Slug: 'store', Steps: [{ Name: 'Run it', Slug: 'run' }] };
  expect(fields(shop)).toEqual({ Slug: 'store', Steps: [{ Name: 'Run it', Slug: 'run' }] });
  expect(fields({ ...shop, Slug: 'web-shop' })).not.toEqual(fields(shop));
});
