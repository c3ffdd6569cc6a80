import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makePrivateFolder } from '../../../src/files/private-folder.ts';
import { withTempDir } from '../../support/with-temp-dir.ts';
import { linux, posix, testWith } from '../../support/programs.ts';

describe('a private folder', () => {
  testWith([posix], 'is made with those above it, for the user alone, and may be there already', async () => {
    await withTempDir(async (folder) => {
      const deep = join(folder, 'a', 'b', 'c');
      await makePrivateFolder(deep);
      expect((await stat(deep)).mode & 0o777).toBe(0o700);
      await makePrivateFolder(deep);
    });
  });

  test('is refused with the reason where a file is in the way', async () => {
    await withTempDir(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      await expect(() => makePrivateFolder(join(folder, 'file'))).toThrowCode('LOCAL_IO');
      await expect(() => makePrivateFolder(join(folder, 'file', 'below', 'it'))).toThrowCode('LOCAL_IO');
    });
  });

  // Node.js itself never comes back from a recursive call there.
  testWith([linux], 'is refused where nothing can be made', async () => {
    await expect(() => makePrivateFolder('/proc/migrator/below')).toThrowCode('LOCAL_IO');
  });
});
