import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createContext } from '../../../../src/cli/context.ts';
import { parsePackageArgument, parsePackageRef } from '../../../../src/cli/packages/package-argument.ts';
import type { Instance } from '../../../../src/core/instance.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

/** These functions read only one property of an instance. */
const instance = (unversioned = false) => ({ name: 'lab', adapter: { feed: { unversioned } } }) as unknown as Instance;

describe('parsePackageRef', () => {
  test('reads an id and a version', () => {
    expect(parsePackageRef('Acme.Move@1.0.0-a.1', instance())).toEqual({ id: 'Acme.Move', version: '1.0.0-a.1' });
  });

  test.each(['', '-', 'Acme.Move', '@1.0.0', 'Acme@', 'a@b@c', 'a b@1', 'dir/Acme@1.0.0', 'dir\\Acme@1.0.0'])(
    'refuses "%s" with USAGE',
    async (text) => {
      await expect(() => parsePackageRef(text, instance())).toThrowCode('USAGE');
    },
  );
});

describe('parsePackageRef for a product without package versions', () => {
  test('reads an id alone, but not a file name', async () => {
    expect(parsePackageRef('35958BEB7C56491C9A43F7661501E177', instance(true))).toEqual({
      id: '35958BEB7C56491C9A43F7661501E177',
      version: '',
    });
    await expect(() => parsePackageRef('shop.mmp', instance(true))).toThrowCode('USAGE');
    await expect(() => parsePackageRef('a/b', instance(true))).toThrowCode('USAGE');
  });
});

describe('parsePackageArgument', () => {
  test('prefers a file to a package of that name, and never takes a path or standard input for a package', async () => {
    await withTempDir(async (cwd) => {
      const context = createContext(testIO({ cwd }), []);
      expect(await parsePackageArgument('Acme@1.0.0', instance(), context)).toEqual({ id: 'Acme', version: '1.0.0' });
      await writeFile(join(cwd, 'Acme@1.0.0'), '');
      expect(await parsePackageArgument('Acme@1.0.0', instance(), context)).toBeUndefined();
      for (const text of ['-', 'shop.tar', './Acme@2.0.0', '/tmp/Acme@2.0.0']) {
        expect(await parsePackageArgument(text, instance(), context)).toBeUndefined();
      }
    });
  });
});
