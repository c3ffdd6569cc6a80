import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { codeOf } from '../../../../src/cli/config/modules.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

test.each([
  "import './x.mjs';",
  "import a from './x.mjs'",
  "import{a}from'./x.mjs'",
  "import a,\n  { b } from './x.mjs'",
  "export * from './x.mjs'",
  "await import('./x.mjs')",
  'await import(`./x.mjs`)',
  "require('./x.mjs')",
  "import a from './x.mjs' with { type: 'json' }",
])('what a module loads is found: %s', async (text) => {
  await withTempDir(async (folder) => {
    await writeFile(join(folder, 'a.mjs'), text);
    await writeFile(join(folder, 'x.mjs'), '');
    const { files, computed } = await codeOf(['./a.mjs'], folder);
    expect(files.map(({ name }) => name)).toEqual(['a.mjs', 'x.mjs']);
    expect(computed).toEqual([]);
  });
});

test('a module that loads others by a computed name is told', async () => {
  await withTempDir(async (folder) => {
    await writeFile(join(folder, 'a.mjs'), "import('./' + name); import('./a.mjs')");
    expect((await codeOf(['./a.mjs'], folder)).computed).toEqual(['a.mjs']);
  });
});

test('the running program is left out, but another copy of it is not', async () => {
  await withTempDir(async (folder) => {
    const own = fileURLToPath(new URL('../../../../', import.meta.url));
    await mkdir(join(folder, 'node_modules/copy'), { recursive: true });
    await symlink(own, join(folder, 'node_modules/migrator-cli'), 'junction');
    await writeFile(join(folder, 'node_modules/copy/package.json'), '{"name":"migrator-cli"}');
    await writeFile(join(folder, 'a.mjs'), "import 'migrator-cli/testing'; import 'copy'");
    const { files } = await codeOf(['./a.mjs'], folder);
    expect(files.map(({ name }) => name)).toEqual(['a.mjs', 'node_modules/copy/package.json']);
  });
});
