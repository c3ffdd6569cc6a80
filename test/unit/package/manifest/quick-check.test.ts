import { describe, expect, test } from '@jest/globals';
import { isManifest, isPrivatePart } from '../../../../src/package/manifest/quick-check.ts';
import { manifestSchema, privatePartSchema } from '../../../../src/package/manifest/schema.ts';
import type { Json } from '../../../../src/ports/journal.ts';
import { fc } from '../../../support/property.ts';

const file = { path: 'files/a', size: 3, sha256: 'ab'.repeat(32) };
const plain = {
  format: 'migrator-package/1',
  id: 'acme-web',
  version: '1.2.3-rc.1+7',
  createdAt: '2026-11-21T01:02:03Z',
  createdBy: 'migrator-cli 0.1.0',
  private: false,
  source: { product: 'octopus', version: '2025.1', instance: 'prod', url: 'https://octopus.example' },
  scope: { projects: ['Web', 1, null, true], deep: { er: [] } },
  notes: ['one\n\ttwo', ''],
  content: {
    member: 'content.tar.gz.age',
    compression: 'gzip',
    encryption: 'recipients',
    recipients: ['age1x'],
    counts: { files: 2, bytes: 7 },
    files: [file, { ...file, path: 'native/b', size: 4, mediaType: 'application/zip' }],
  },
};
const hidden = {
  format: plain.format,
  id: plain.id,
  version: plain.version,
  createdAt: plain.createdAt,
  createdBy: plain.createdBy,
  private: true,
  source: { product: 'octopus', version: '2025.1', instance: 'prod' },
  notes: [],
  content: {
    counts: plain.content.counts,
    member: 'content.tar.zst.age',
    compression: 'zstd',
    encryption: 'passphrase',
    recipients: [],
  },
};
const carrying = { ...plain, format: 'migrator-package/2' };
const part = { scope: null, url: 'https://octopus.example', notes: ['a'], files: plain.content.files };

/** Values that some rule takes and another refuses. */
const values: readonly Json[] = [
  ...[
    null,
    true,
    false,
    0,
    1,
    -1,
    0.5,
    2 ** 53,
    7,
    '',
    'a',
    'con',
    'x'.repeat(101),
    'x'.repeat(1001),
    'a\nb',
    'a\u2028b',
  ],
  ...[
    '\ud800',
    'none',
    'gzip',
    'zstd',
    'recipients',
    '1.2',
    '1.0.0',
    'AB'.repeat(32),
    'ab'.repeat(32),
    '2026-02-30T00:00:00Z',
  ],
  ...['content.tar', 'content.tar.age', 'migrator-package/1', 'migrator-package/2', 'migrator-package/3'],
  ...[[], {}, [''], ['\u0007'], [file], { files: 2, bytes: 7 }, JSON.parse('{"__proto__":1}') as Json],
];

type Mutable = Record<string, Json>;

/** Replaces, removes or adds something at a place that the numbers pick. */
function mutate(value: Json, [first = 0, ...rest]: readonly number[], how: number, what: Json): void {
  const target = value as Mutable;
  const keys = Object.keys(target);
  const key = keys[first % Math.max(1, keys.length)] ?? 'key';
  const inside = target[key];
  if (rest.length > 0 && typeof inside === 'object' && inside !== null && Object.keys(inside).length > 0) {
    mutate(inside, rest, how, what);
  } else if (how === 0) target[key] = what;
  else if (how === 1 && !Array.isArray(value)) Reflect.deleteProperty(target, key);
  else if (Array.isArray(value)) value.push(what);
  else target[['key', 'url', 'scope', 'mediaType', 'files', 'toString'][first % 6] ?? 'key'] = what;
}

const mutations = fc.array(
  fc.tuple(fc.array(fc.nat(11), { minLength: 1, maxLength: 4 }), fc.nat(2), fc.constantFrom(...values)),
  { minLength: 1, maxLength: 2 },
);

describe('the check without the schema', () => {
  test.each([plain, hidden, carrying, { ...plain, source: { product: '', version: '', instance: '' } }])(
    'takes a manifest',
    (one) => {
      expect(isManifest(one)).toBe(true);
      expect(manifestSchema.parse(one)).toEqual(one);
    },
  );

  test('takes a private part', () => {
    expect(isPrivatePart(part)).toBe(true);
    expect(privatePartSchema.parse(part)).toEqual(part);
  });

  test('agrees with the schema about any changed manifest', () => {
    fc.assert(
      fc.property(fc.constantFrom(plain, hidden, carrying, part), mutations, (original, changes) => {
        const value = structuredClone(original) as Json;
        for (const [place, how, what] of changes) mutate(value, place, how, structuredClone(what));
        expect(isManifest(value)).toBe(manifestSchema.safeParse(value).success);
        expect(isPrivatePart(value)).toBe(privatePartSchema.safeParse(value).success);
      }),
      { numRuns: 1500 },
    );
  });

  test.each(values)('agrees with the schema about %j in any place', (what) => {
    const places = (value: Json, path: readonly string[]): (readonly string[])[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value as Mutable).flatMap(([key, inside]) => [
            [...path, key],
            ...places(inside, [...path, key]),
          ])
        : [];
    for (const original of [plain, hidden, carrying]) {
      for (const place of places(original, [])) {
        const value = structuredClone(original) as unknown as Mutable;
        const last = place.at(-1) ?? '';
        const parent = place.slice(0, -1).reduce((at, key) => at[key] as Mutable, value);
        parent[last] = what;
        expect(isManifest(value)).toBe(manifestSchema.safeParse(value).success);
      }
    }
  });
});
