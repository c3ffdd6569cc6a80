import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeCanonical, encodeCanonical } from '../../../src/package/canonical-json.ts';
import type { Json } from '../../../src/ports/journal.ts';

const read = (text: string) => decodeCanonical(Buffer.from(text), 'it', 8);

test('sorts keys and ends in a line feed', () => {
  expect(Buffer.from(encodeCanonical({ b: [1, 'é', null], a: { d: true, c: -0.5 } })).toString()).toBe(
    '{"a":{"c":-0.5,"d":true},"b":[1,"é",null]}\n',
  );
});

test('any JSON comes back', () => {
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
])('refuses %j', async (text) => {
  await expect(() => read(text)).toThrowCode('PACKAGE_MALFORMED');
});

test('counts nesting outside strings only', async () => {
  expect(read('[[[[[[[["[[[[]]"]]]]]]]]\n')).toEqual([[[[[[[['[[[[]]']]]]]]]]);
  expect(read('"\\"[[[[[[[[[[["\n')).toBe('"[[[[[[[[[[[');
  await expect(() => read('[[[[[[[[[]]]]]]]]]\n')).toThrowCode('PACKAGE_MALFORMED');
  await expect(() => read('{"a":'.repeat(200_000))).toThrowCode('PACKAGE_MALFORMED');
});
