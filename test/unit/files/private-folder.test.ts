import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makePrivateFolder } from '../../../src/files/private-folder.ts';
import { withTempDir } from '../../support/with-temp-dir.ts';
import { linux, posix, testWith } from '../../support/programs.ts';

describe('a private folder', () => {
  testWith([posix], 'is made for the user alone, with the folders above it, and may already be there', async () => {
    await withTempDir(async (folder) => {
      const deep = join(folder, 'a', 'b', 'c');
      await makePrivateFolder(deep);
      expect((await stat(deep)).mode & 0o777).toBe(0o700);
      await makePrivateFolder(deep);
    });
  });

  test('is USAGE where a file has its name, and LOCAL_IO below a file', async () => {
    await withTempDir(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      await expect(() => makePrivateFolder(join(folder, 'file'))).toThrowCode('USAGE');
      await expect(() => makePrivateFolder(join(folder, 'file', 'below', 'it'))).toThrowCode('LOCAL_IO');
    });
  });

  // Node.js itself never comes back from a recursive call there.
  testWith([linux], 'is LOCAL_IO where no folder can be made', async () => {
    await expect(() => makePrivateFolder('/proc/migrator/below')).toThrowCode('LOCAL_IO');
  });
});
