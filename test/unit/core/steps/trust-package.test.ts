import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { trustPackage, type SealedSource } from '../../../../src/core/steps/trust-package.ts';
import { defaultLimits } from '../../../../src/package/index.ts';
import type { ByteSource } from '../../../../src/ports/bytes.ts';
import { MemorySource } from '../../../support/memory-bytes.ts';
import { countedSource, packageFolderIn } from '../../../support/package-folder.ts';
import { carried, files, keys, never, sealed, trust } from '../../../support/packages.ts';
import { recordingReporter } from '../../../support/ports.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

const sourceOf = (bytes: ByteSource, state: string, mask: SealedSource['mask'] = () => undefined): SealedSource => ({
  name: 'a.tar',
  bytes,
  trust,
  keys: () => Promise.resolve(keys),
  limits: defaultLimits,
  mask,
  folder: packageFolderIn(state),
});

describe('a trusted package', () => {
  test.each([false, true])(
    'has its files on the disk, however often they are read (private: %s)',
    async (isPrivate) => {
      await withTempDir(async (state) => {
        const source = countedSource(new MemorySource(await sealed({ privateManifest: isPrivate })));
        const trusted = await trustPackage(sourceOf(source, state), recordingReporter(), never);
        // It was verified, and opened once.
        expect(source.streams()).toBe(2);
        expect(trusted.files.map(({ path, size }) => ({ path, size }))).toEqual(
          files.map(({ path, bytes }) => ({ path, size: bytes.length })),
        );
        for (const [index, file] of trusted.files.entries()) {
          for (let time = 0; time < 3; time += 1) {
            const chunks: Uint8Array[] = [];
            for await (const chunk of file.open(never)) chunks.push(chunk);
            expect(Buffer.concat(chunks).equals(files[index]!.bytes)).toBe(true);
          }
        }
        expect(source.streams()).toBe(2);
      });
    },
  );

  test.each([false, true])(
    'has the secrets that it carries, masked and not on the disk (private: %s)',
    async (privateManifest) => {
      await withTempDir(async (state) => {
        const masked: string[] = [];
        const bytes = new MemorySource(await sealed({ secrets: carried, privateManifest, compression: 'none' }));
        const source = sourceOf(bytes, state, (secret) => masked.push(secret.reveal()));
        const trusted = await trustPackage(source, recordingReporter(), never);
        expect(trusted.carried['password']?.reveal()).toBe('golden password');
        expect(masked).toEqual(['golden password']);
        expect(trusted.files.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
        const names = await readdir(state, { recursive: true, withFileTypes: true });
        const onDisk = names.filter((entry) => entry.isFile());
        expect(onDisk).toHaveLength(files.length);
        for (const { parentPath, name } of onDisk)
          expect(await readFile(join(parentPath, name), 'latin1')).not.toContain('golden password');
      });
    },
  );

  test('has the options of its export, also when the manifest is private', async () => {
    await withTempDir(async (state) => {
      const scope = { projects: [], options: { overwrite: true } };
      for (const privateManifest of [false, true]) {
        const bytes = new MemorySource(await sealed({ scope, privateManifest }));
        const { exportedWith } = await trustPackage(sourceOf(bytes, state), recordingReporter(), never);
        expect(exportedWith).toEqual({ overwrite: true });
      }
    });
  });
});

test('a package whose content changes after it was verified is refused', async () => {
  await withTempDir(async (state) => {
    const bytes = await sealed();
    const source = new MemorySource(bytes);
    const changing: ByteSource = {
      size: source.size,
      read: (position, length) => source.read(position, length),
      // The first pass sees the signed content, the second another one.
      stream: (start, end, reuseAfter) => {
        const changed = Uint8Array.from(bytes);
        if (passes > 0) changed[start + 300] = (changed[start + 300] ?? 0) ^ 1;
        if (end - start > 3000) passes += 1;
        return new MemorySource(changed).stream(start, end, reuseAfter);
      },
    };
    let passes = 0;
    await expect(() => trustPackage(sourceOf(changing, state), recordingReporter(), never)).toThrowCode(
      'PACKAGE_MALFORMED',
    );
    expect(passes).toBe(2);
  });
});

test('a package that no key opens is PACKAGE_LOCKED', async () => {
  await withTempDir(async (state) => {
    const source = {
      ...sourceOf(new MemorySource(await sealed()), state),
      keys: () => Promise.resolve({ identities: [] }),
    };
    await expect(() => trustPackage(source, recordingReporter(), never)).toThrowCode('PACKAGE_LOCKED');
  });
});
