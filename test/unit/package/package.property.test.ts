import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { run } from '../../../src/cli/run.ts';
import { PathSet } from '../../../src/portable-path.ts';
import { entriesOf, files, opened, plain, sealed, type File, type Opening } from '../../support/packages.ts';
import { fc } from '../../support/property.ts';
import { testIO } from '../../support/test-io.ts';
import { runs } from '../../support/sample.ts';
import { withTempDir } from '../../support/with-temp-dir.ts';

const segment = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9_. -]{0,20}[A-Za-z0-9_-]$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
);
const path = fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => segments.join('/'));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc.record({ size: fc.nat(300_000), byte: fc.nat(255) }).map(({ size, byte }) => new Uint8Array(size).fill(byte)),
);

/** Whatever paths come out of the generator, those that may stand side by side. */
const tree = fc.array(fc.record({ path, bytes }), { maxLength: 12 }).map((all) => {
  const paths = new PathSet();
  return all.filter(
    (file) => file.path !== 'private.json' && file.path !== 'secrets.json' && paths.add(file.path) === undefined,
  );
});

/** Strict: a package that opens, and any failure but a refusal, fails the test. */
async function expectRefused(bytes: Uint8Array, opening: Opening): Promise<void> {
  const outcome = await opened(bytes, opening).then(
    () => 'the package was accepted',
    (error: unknown) => error,
  );
  expect(outcome).toMatchObject({ code: expect.stringMatching(/^PACKAGE_(MALFORMED|UNTRUSTED)$/) as unknown });
}

test('the helper above fails for a package that nobody has changed', async () => {
  await expect(expectRefused(await sealed(), {})).rejects.toThrow('the package was accepted');
});

describe('properties', () => {
  test('any folder on a disk is the same after sealing and opening, to the byte', async () => {
    await fc.assert(
      fc.asyncProperty(tree, (from: File[]) =>
        withTempDir(async (folder) => {
          const migrator = async (...args: string[]) => {
            const env = { MIGRATOR_CONFIG_DIR: join(folder, 'config'), MIGRATOR_STATE_DIR: join(folder, 'state') };
            const io = testIO({ cwd: folder, home: folder, env });
            expect({ exitCode: await run([...args, '--progress', 'none', '--json'], io), err: io.err }).toMatchObject({
              exitCode: 0,
            });
          };
          await mkdir(join(folder, 'in'));
          for (const { path, bytes } of from) {
            await mkdir(dirname(join(folder, 'in', path)), { recursive: true });
            await writeFile(join(folder, 'in', path), bytes);
          }
          await migrator('package', 'seal', 'in', '-o', 'p.tar');
          await migrator('package', 'open', 'p.tar', '-o', 'out');
          const found = await readdir(join(folder, 'out'), { recursive: true, withFileTypes: true });
          const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
          const read = await Promise.all(
            files.map(async (path) => ({
              path: relative(join(folder, 'out'), path).replaceAll(sep, '/'),
              bytes: await readFile(path),
            })),
          );
          const byPath = (some: readonly File[]) => new Map(plain(some).map(({ path, hex }) => [path, hex]));
          expect(byPath(read)).toEqual(byPath(from));
        }),
      ),
      { numRuns: runs(25) },
    );
  });

  test('any set of files comes out as it went in', async () => {
    const form = fc.record({
      compression: fc.constantFrom('auto' as const, 'gzip' as const, 'none' as const),
      isEncrypted: fc.boolean(),
      isPrivate: fc.boolean(),
      chunkSize: fc.constantFrom(1, 511, 65_552, 1024 * 1024),
    });
    await fc.assert(
      fc.asyncProperty(tree, form, async (from: File[], { compression, isEncrypted, isPrivate, chunkSize }) => {
        const total = from.reduce((sum, file) => sum + file.bytes.length, 0);
        const package_ = await sealed({
          entries: entriesOf(from),
          compression,
          privateManifest: isPrivate && isEncrypted,
          ...(isEncrypted ? {} : { encryption: undefined }),
        });
        const pieces = total > 20_000 ? Math.max(chunkSize, 511) : chunkSize;
        expect(plain(await opened(package_, { chunkSize: pieces }))).toEqual(plain(from));
      }),
      { numRuns: runs(60) },
    );
  });

  describe.each<[string, () => Promise<Uint8Array>, Opening]>([
    ['signed and encrypted', () => sealed(), {}],
    [
      'neither signed nor encrypted',
      () => sealed({ signer: undefined, encryption: undefined }),
      { trust: { trusted: [], allowUnsigned: true } },
    ],
  ])('a package that is %s', (_, make, opening) => {
    test('is refused when any byte is changed', async () => {
      const good = await make();
      expect(plain(await opened(good, opening))).toEqual(plain(files));
      await fc.assert(
        fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (position, change) => {
          const bad = Uint8Array.from(good);
          bad[position]! ^= change;
          await expectRefused(bad, opening);
        }),
        { numRuns: runs(400) },
      );
    });

    test('is refused when it is cut or extended', async () => {
      const good = await make();
      await fc.assert(
        fc.asyncProperty(fc.nat(good.length - 1), (length) => expectRefused(good.subarray(0, length), opening)),
        { numRuns: runs(150) },
      );
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2000 }), (more) =>
          expectRefused(Buffer.concat([good, more]), opening),
        ),
        { numRuns: runs(50) },
      );
    });
  });

  test('a package is refused when any part of it is moved, repeated, left out, put in or exchanged', async () => {
    const [good, other] = [await sealed(), await sealed({ id: 'other' }, 'other')];
    const range = fc
      .tuple(fc.nat(good.length), fc.nat(2048))
      .map(([start, length]) => [start, start + length] as const);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1, 512), range, range, async (unit, from, to) => {
        const [start, end, at, until] = [...from, ...to].map((position) => position - (position % unit)) as [
          number,
          number,
          number,
          number,
        ];
        const piece = good.subarray(start, end);
        const without = Buffer.concat([good.subarray(0, start), good.subarray(end)]);
        const changed = [
          without,
          Buffer.concat([good.subarray(0, at), piece, good.subarray(at)]),
          Buffer.concat([without.subarray(0, at), piece, without.subarray(at)]),
          Buffer.concat([good.subarray(0, at), piece, good.subarray(until)]),
          Buffer.concat([good.subarray(0, start), other.subarray(start, end), good.subarray(end)]),
        ];
        for (const bad of changed) if (!bad.equals(good)) await expectRefused(bad, {});
      }),
      { numRuns: runs(200) },
    );
  });

  test('any bytes at all are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), (noise) => expectRefused(noise, {})),
      {
        numRuns: runs(100),
      },
    );
  });
});
