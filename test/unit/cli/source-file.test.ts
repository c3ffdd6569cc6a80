import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createContext } from '../../../src/cli/context.ts';
import { parsePackageArgument, parsePackageRef } from '../../../src/cli/source-file.ts';
import { testIO } from '../../support/test-io.ts';
import { withTempDir } from '../../support/with-temp-dir.ts';

describe('parsePackageRef', () => {
  test('reads an id and a version', () => {
    expect(parsePackageRef('Acme.Move@1.0.0-a.1')).toEqual({ id: 'Acme.Move', version: '1.0.0-a.1' });
  });

  test.each(['', '-', 'Acme.Move', '@1.0.0', 'Acme@', 'a@b@c', 'a b@1', 'dir/Acme@1.0.0', 'dir\\Acme@1.0.0'])(
    '"%s" is USAGE',
    async (text) => {
      await expect(() => parsePackageRef(text)).toThrowCode('USAGE');
    },
  );
});

describe('parsePackageArgument', () => {
  test('a file of that name wins over a package; a path and standard input never are packages', async () => {
    await withTempDir(async (cwd) => {
      const context = createContext(testIO({ cwd }), []);
      expect(await parsePackageArgument('Acme@1.0.0', context)).toEqual({ id: 'Acme', version: '1.0.0' });
      await writeFile(join(cwd, 'Acme@1.0.0'), '');
      expect(await parsePackageArgument('Acme@1.0.0', context)).toBeUndefined();
      for (const text of ['-', 'shop.tar', './Acme@2.0.0', '/tmp/Acme@2.0.0']) {
        expect(await parsePackageArgument(text, context)).toBeUndefined();
      }
    });
  });
});
