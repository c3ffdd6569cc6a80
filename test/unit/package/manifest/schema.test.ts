import { describe, expect, test } from '@jest/globals';
import { manifestJsonSchema, manifestSchema } from '../../../../src/package/index.ts';
import { packageId, packageVersion } from '../../../../src/package/manifest/schema.ts';

describe('the schema of the manifest', () => {
  test.each(['acme', 'Acme.Web-shop_2', 'a', '0'])('takes the id %j', (id) => {
    expect(packageId.safeParse(id).success).toBe(true);
  });
  test.each(['', '.a', 'a.', '-a', 'a b', 'a/b', 'ä', 'con', 'x'.repeat(101)])('refuses the id %j', (id) => {
    expect(packageId.safeParse(id).success).toBe(false);
  });
  test.each([
    '0.0.0',
    '1.2.3',
    '10.20.30-rc.1',
    '1.0.0-alpha+build.5',
    '2026.11.21-120000',
    '1',
    '1.0',
    '1.0.0.1',
    '01.02.03',
    '2026.11.27.1543-x',
  ])('takes the version %j', (text) => {
    expect(packageVersion.safeParse(text).success).toBe(true);
  });
  test.each(['', '1.', 'v1.2.3', '1.2.3.4.5', '1.2.3-', '1.2.3+', '1.2.3 ', '1..2', '1.2.3-a/b'])(
    'refuses the version %j',
    (text) => {
      expect(packageVersion.safeParse(text).success).toBe(false);
    },
  );
});

test('the published schema names every key', () => {
  const schema = manifestJsonSchema();
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  expect(Object.keys(schema['properties'] as object).sort()).toEqual(Object.keys(manifestSchema.shape).sort());
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
});
