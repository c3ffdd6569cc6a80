import { expect, test } from '@jest/globals';
import { fc } from '../../support/property.ts';
import { decodeCanonical, encodeCanonical } from '../../../src/package/canonical-json.ts';
import type { Json } from '../../../src/ports/journal.ts';

const read = (text: string) => decodeCanonical(Buffer.from(text), 'it', 8);

test('sorts keys and ends in a line feed', () => {
  expect(Buffer.from(encodeCanonical({ b: [1, 'é', null], a: { d: true, c: -0.5 } })).toString()).toBe(
    '{"a":{"c":-0.5,"d":true},"b":[1,"é",null]}\n',
  );
});

test('sorts keys that look like numbers as texts, although objects keep them in another order', () => {
  expect(Buffer.from(encodeCanonical([{ a: { 10: 1, 9: 2 } }])).toString()).toBe('[{"a":{"10":1,"9":2}}]\n');
  expect(read('{"10":1,"9":2,"a":3}\n')).toEqual({ 10: 1, 9: 2, a: 3 });
});

test('a value has the same bytes in whatever order its keys were set', () => {
  const reversed = (value: Json): Json => {
    if (Array.isArray(value)) return (value as readonly Json[]).map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value as Record<string, Json>)
        .map(([key, inside]) => [key, reversed(inside)] as const)
        .reverse(),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6, noUnicodeString: false }), (value) => {
      const normal = JSON.parse(JSON.stringify(value)) as Json;
      expect(encodeCanonical(reversed(normal))).toEqual(encodeCanonical(normal));
    }),
  );
});

test('decoding gives back any JSON that was encoded', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6, noUnicodeString: false }), (value) => {
      const normal = JSON.parse(JSON.stringify(value)) as Json;
      expect(decodeCanonical(encodeCanonical(normal), 'it', 8)).toEqual(normal);
    }),
  );
});

test.each([
  '{"a":1,"a":1}\n',
  '{"b":1,"a":2}\n',
  '[{"a":1},{"b":1,"a":2}]\n',
  '{"9":1,"10":2}\n',
  '{"a":1} \n',
  '{"a":1}',
  '{"a":1}\n\n',
  '{"a":1e0}\n',
  '{"a":-0}\n',
  '{"a":"\\u0062"}\n',
  '{"a":"\\/"}\n',
  '{"a":12345678901234567890}\n',
  '\ufeff{}\n',
  '{}\n{}\n',
  'nul\n',
  '',
])('refuses %j, which is not canonical', async (text) => {
  await expect(() => read(text)).toThrowCode('PACKAGE_MALFORMED');
});

test('counts brackets outside of strings only as nesting', async () => {
  expect(read('[[[[[[[["[[[[]]"]]]]]]]]\n')).toEqual([[[[[[[['[[[[]]']]]]]]]]);
  expect(read('"\\"[[[[[[[[[[["\n')).toBe('"[[[[[[[[[[[');
  await expect(() => read('[[[[[[[[[]]]]]]]]]\n')).toThrowCode('PACKAGE_MALFORMED');
  await expect(() => read('{"a":'.repeat(200_000))).toThrowCode('PACKAGE_MALFORMED');
});
