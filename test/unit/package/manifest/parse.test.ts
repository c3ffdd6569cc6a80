import { describe, expect, test } from '@jest/globals';
import { manifestJsonSchema, manifestSchema } from '../../../../src/package/index.ts';
import { isoSeconds, toTime } from '../../../../src/package/manifest/rules.ts';
import { packageId, packageVersion } from '../../../../src/package/manifest/schema.ts';

describe('ids and versions', () => {
  test.each(['acme', 'Acme.Web-shop_2', 'a', '0'])('takes the id %j', (id) => {
    expect(packageId.safeParse(id).success).toBe(true);
  });
  test.each(['', '.a', 'a.', '-a', 'a b', 'a/b', 'ä', 'con', 'x'.repeat(101)])('refuses the id %j', (id) => {
    expect(packageId.safeParse(id).success).toBe(false);
  });
  test.each(['0.0.0', '1.2.3', '10.20.30-rc.1', '1.0.0-alpha+build.5', '2026.11.21-120000'])(
    'takes the version %j',
    (text) => {
      expect(packageVersion.safeParse(text).success).toBe(true);
    },
  );
  test.each(['', '1', '1.2', 'v1.2.3', '01.2.3', '1.2.3-', '1.2.3-01', '1.2.3+', '1.2.3 '])(
    'refuses the version %j',
    (text) => {
      expect(packageVersion.safeParse(text).success).toBe(false);
    },
  );
});

test('times are kept to the second, between 1970 and 2242', () => {
  expect(isoSeconds(new Date('2026-11-21T01:02:03.999Z'))).toBe('2026-11-21T01:02:03Z');
  expect(toTime('1970-01-01T00:00:00Z')).toBe(0);
  expect(toTime('2242-03-16T12:56:31Z')).toBe(0o77777777777);
  for (const text of [
    '2242-03-16T12:56:32Z',
    '1969-12-31T23:59:59Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '',
  ]) {
    expect(toTime(text)).toBeUndefined();
  }
});

test('the published schema names every key', () => {
  const schema = manifestJsonSchema();
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  expect(Object.keys(schema['properties'] as object).sort()).toEqual(Object.keys(manifestSchema.shape).sort());
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
});
