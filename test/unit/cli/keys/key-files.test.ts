import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  keyPlaces,
  readPublicKey,
  readSecretKey,
  writePublicKey,
  writeSecretKey,
} from '../../../../src/cli/keys/key-files.ts';
import { Secret } from '../../../../src/secret.ts';
import { testIO, type TestIO } from '../../../support/test-io.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';
import { posix, testWith } from '../../../support/programs.ts';

const tempDir = tempDirs();

async function home(): Promise<TestIO> {
  const folder = await tempDir();
  return testIO({ cwd: folder, env: { MIGRATOR_CONFIG_DIR: join(folder, 'config') } });
}

const ignore = (): void => undefined;

describe('key files', () => {
  test('a secret key is private, complete, and never replaced', async () => {
    const io = await home();
    const { signing, folder } = keyPlaces(io);
    await writeSecretKey(signing, new Secret('untrusted comment: x\nRWRT\n'));
    expect((await readSecretKey(signing, io, ignore)).reveal()).toBe('untrusted comment: x\nRWRT\n');
    if (process.platform !== 'win32') {
      expect((await stat(signing)).mode & 0o777).toBe(0o600);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
    }
    await expect(() => writeSecretKey(signing, new Secret('other'))).toThrowCode('CONFLICT');
    expect(await readFile(signing, 'utf8')).toContain('RWRT');
    expect(await readdir(folder)).toEqual(['migrator.key']);
  });

  test('two processes that create keys at the same time do not lose a key', async () => {
    const io = await home();
    const { identity } = keyPlaces(io);
    const results = await Promise.allSettled(['a', 'b', 'c'].map((text) => writeSecretKey(identity, new Secret(text))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = ['a', 'b', 'c'][results.findIndex(({ status }) => status === 'fulfilled')];
    expect(await readFile(identity, 'utf8')).toBe(winner);
  });

  testWith([posix], 'a secret key that others can read is warned about, a public one is not', async () => {
    const io = await home();
    const { signing, signingPublic } = keyPlaces(io);
    await writeSecretKey(signing, new Secret('s'));
    await writePublicKey(signingPublic, 'p');
    const warnings: string[] = [];
    await readSecretKey(signing, io, (message) => warnings.push(message));
    expect(warnings).toEqual([]);
    await chmod(signing, 0o644);
    await readSecretKey(signing, io, (message) => warnings.push(message));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(signing);
    expect(await readPublicKey(signingPublic)).toBe('p');
  });

  test('a missing key is NOT_FOUND; a folder and a file that is too large are USAGE', async () => {
    const io = await home();
    const { signing, folder } = keyPlaces(io);
    await expect(() => readSecretKey(signing, io, ignore)).toThrowCode('NOT_FOUND');
    await mkdir(folder, { recursive: true });
    await expect(() => readPublicKey(folder)).toThrowCode('USAGE');
    await writeFile(signing, Buffer.alloc(70_000));
    await expect(() => readSecretKey(signing, io, ignore)).toThrowCode('USAGE');
  });
});
