import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { keyPlaces } from '../../../../src/cli/keys/key-files.ts';
import { addTrusted, listTrusted, nameOfFile, removeTrusted } from '../../../../src/cli/keys/trusted-keys.ts';
import { systemRandom } from '../../../../src/cli/runtime.ts';
import { generateSigningKey, printPublicKey } from '../../../../src/package/index.ts';
import { testIO, type TestIO } from '../../../support/test-io.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();
const [one, two] = [generateSigningKey(systemRandom).publicKey, generateSigningKey(systemRandom).publicKey];

async function home(): Promise<TestIO> {
  const folder = await tempDir();
  return testIO({ cwd: folder, env: { MIGRATOR_CONFIG_DIR: join(folder, 'config') } });
}

describe('trusted keys', () => {
  test('are listed by name', async () => {
    const io = await home();
    expect(await listTrusted(io)).toEqual([]);
    const { path } = await addTrusted(io, 'colleague', one);
    await addTrusted(io, 'anna.b', two);
    await writeFile(join(keyPlaces(io).trusted, 'README'), 'not a key');
    expect(await listTrusted(io)).toEqual([
      { name: 'anna.b', path: join(keyPlaces(io).trusted, 'anna.b.pub'), text: printPublicKey(two) },
      { name: 'colleague', path, text: printPublicKey(one) },
    ]);
  });

  test('trusting the same key under the same name again changes nothing', async () => {
    const io = await home();
    const first = await addTrusted(io, 'anna', one);
    expect(first.isNew).toBe(true);
    expect(await addTrusted(io, 'anna', one)).toEqual({ path: first.path, isNew: false });
  });

  test('a name belongs to one key, in any case of letters, and a key has one name', async () => {
    const io = await home();
    await addTrusted(io, 'anna', one);
    await expect(() => addTrusted(io, 'anna', two)).toThrowCode('CONFLICT');
    await expect(() => addTrusted(io, 'Anna', two)).toThrowCode('CONFLICT');
    await expect(() => addTrusted(io, 'anne', one)).toThrowCode('CONFLICT');
    expect(await listTrusted(io)).toHaveLength(1);
  });

  test('a key that was trusted without a name gets one, unless the name is taken', async () => {
    const io = await home();
    await addTrusted(io, one.keyId, one);
    await addTrusted(io, 'anna', two);
    await expect(() => addTrusted(io, 'anna', one)).toThrowCode('CONFLICT');
    expect(await addTrusted(io, 'ben', one)).toMatchObject({ isNew: false });
    expect((await listTrusted(io)).map(({ name }) => name)).toEqual(['anna', 'ben']);
  });

  test.each(['', '../evil', 'a/b', '.hidden', 'a b', 'x'.repeat(101), two.keyId])(
    'the name %j is USAGE',
    async (name) => {
      await expect(async () => addTrusted(await home(), name, one)).toThrowCode('USAGE');
    },
  );

  test('are removed by name, by key id in any case, and by the key; a wrong name gets the nearest one', async () => {
    const io = await home();
    for (const wanted of ['anna', one.keyId, one.keyId.toLowerCase(), one.toString()]) {
      await addTrusted(io, 'anna', one);
      expect(await removeTrusted(io, wanted)).toMatchObject([{ name: 'anna', keyId: one.keyId }]);
      expect(await listTrusted(io)).toEqual([]);
    }
    await addTrusted(io, 'anna', one);
    await expect(() => removeTrusted(io, 'ana')).toThrowCode('NOT_FOUND');
    await expect(removeTrusted(io, 'ana')).rejects.toMatchObject({ hint: 'did you mean "anna"?' });
    expect(await listTrusted(io)).toHaveLength(1);
  });

  test.each([
    ['./keys/anna.pub', 'anna'],
    ['file:anna.pub', 'anna'],
    ['migrator.pub', undefined],
    ['minisign.pub', undefined],
    [`${two.keyId}.pub`, undefined],
    ['a b.pub', undefined],
    ['anna.txt', undefined],
    [one.toString(), undefined],
  ])('the file %s gives its key the name %s', (path, name) => expect(nameOfFile(path)).toBe(name));
});
