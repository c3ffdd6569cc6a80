import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { withTempDir } from '../support/with-temp-dir.ts';

/** The tests below `units` that lie in the wrong place, each with the reason. */
async function faultsOf(units: string, src: string): Promise<readonly string[]> {
  const tests = (await namesIn(units)).filter((name) => name.endsWith('.test.ts'));
  const sources = await namesIn(src);
  const folders = new Set(sources.map((name) => posix.dirname(name)));
  const files = new Set(sources);
  return tests.flatMap((name) => {
    const folder = posix.dirname(name);
    const subject = posix.basename(name, '.test.ts');
    if (files.has(posix.join(folder, `${subject}.ts`))) return [];
    if (!folders.has(folder)) return [`${name}: src/${folder} does not exist`];
    if (folders.has(posix.join(folder, subject))) return [`${name}: belongs into the folder ${subject}`];
    const above = ancestorsOf(folder).find((ancestor) => files.has(posix.join(ancestor, `${subject}.ts`)));
    return above === undefined ? [] : [`${name}: lies deeper than src/${posix.join(above, subject)}.ts`];
  });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((name) => name.split(sep).join('/'))
    .sort();
}

function ancestorsOf(folder: string): readonly string[] {
  return folder === '.' ? [] : [posix.dirname(folder), ...ancestorsOf(posix.dirname(folder))];
}

test('each unit test has the path of the file that it tests, or lies in the folder that it tests', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  expect(await faultsOf(join(root, 'test', 'unit'), join(root, 'src'))).toEqual([]);
});

describe('the rule for the place of a unit test', () => {
  const faults = (names: readonly string[]) =>
    withTempDir(async (folder) => {
      for (const name of ['src/main.ts', 'src/a/a.ts', 'src/a/b/deep.ts', 'src/a/c/c.ts', ...names]) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), '');
      }
      return faultsOf(join(folder, 'unit'), join(folder, 'src'));
    });

  test('the rule accepts a test of a file and a test of a folder', async () => {
    const names = ['unit/main.test.ts', 'unit/a/a.test.ts', 'unit/a/b/deep.test.ts', 'unit/a/all-is-well.test.ts'];
    expect(await faults(names)).toEqual([]);
  });

  test.each([
    ['of a folder that does not exist', 'd/a.test.ts', 'src/d does not exist'],
    ['that lies beside the folder that it tests', 'a/b.test.ts', 'belongs into the folder b'],
    ['of a file in the folder above', 'a/b/a.test.ts', 'lies deeper than src/a/a.ts'],
    ['of a file further up', 'a/b/main.test.ts', 'lies deeper than src/main.ts'],
  ])('the rule refuses a test %s', async (_, name, fault) => {
    expect(await faults([`unit/${name}`])).toEqual([`${name}: ${fault}`]);
  });
});
