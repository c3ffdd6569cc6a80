import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { allow, checkAllowed, forget, whatRuns } from '../../../../src/cli/config/allowed.ts';
import { loadConfig } from '../../../../src/cli/config/load.ts';
import { findConfig } from '../../../../src/cli/config/search.ts';
import { testIO, type TestIO } from '../../../support/test-io.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await tempDir();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text, { mode: 0o600 });
  }
  return folder;
}

const ioIn = (cwd: string, env: Readonly<Record<string, string>> = {}): TestIO =>
  testIO({ cwd, home: join(cwd, 'home'), env });

const ran = (folder: string): boolean => Reflect.get(globalThis, folder) === true;
const marks = (folder: string): string => `globalThis[${JSON.stringify(folder)}] = true; export default {};`;

async function trust(io: TestIO, explicit?: string): Promise<string> {
  const found = (await findConfig(io, explicit, { runs: false }))!;
  const { digest } = await whatRuns(found);
  await allow(found, digest, io);
  return digest;
}

describe('a configuration that is code', () => {
  test('does not run before it is allowed, and runs after that', async () => {
    const folder = await folderWith({ '.migratorrc.mjs': '' });
    await writeFile(join(folder, '.migratorrc.mjs'), marks(folder));
    await expect(() => loadConfig(ioIn(folder), undefined)).toThrowCode('CONFIG_UNTRUSTED');
    await expect(() => loadConfig(ioIn(folder), '.migratorrc.mjs')).toThrowCode('CONFIG_UNTRUSTED');
    expect(ran(folder)).toBe(false);
    await trust(ioIn(folder));
    expect(ran(folder)).toBe(false);
    await loadConfig(ioIn(folder), undefined);
    expect(ran(folder)).toBe(true);
  });

  test('must be allowed again when a module that it loads has changed, however far away', async () => {
    const folder = await folderWith({
      '.migratorrc.mjs': "import { a } from './lib/a.mjs';\nexport default a;",
      'lib/a.mjs': "export { default as a } from 'deep';",
      'node_modules/deep/package.json': '{ "main": "index.js", "dependencies": { "deeper": "1" } }',
      'node_modules/deep/index.js': 'module.exports = {};',
      'node_modules/deeper/package.json': '{}',
      'node_modules/deeper/data.bin': 'x',
    });
    const io = ioIn(folder);
    for (const file of ['.migratorrc.mjs', 'lib/a.mjs', 'node_modules/deep/index.js', 'node_modules/deeper/data.bin']) {
      await trust(io);
      const found = (await findConfig(io, undefined, { runs: false }))!;
      await checkAllowed(found, 'it', io);
      await appendFile(join(folder, file), '\n');
      await expect(() => checkAllowed(found, 'it', io)).toThrowCode('CONFIG_UNTRUSTED');
    }
  });

  test('can lose its permission', async () => {
    const folder = await folderWith({ '.migratorrc.mjs': 'export default {};' });
    const io = ioIn(folder);
    await trust(io);
    const found = (await findConfig(io, undefined, { runs: false }))!;
    expect(await forget(found, io)).toBe(true);
    expect(await forget(found, io)).toBe(false);
    await expect(() => loadConfig(io, undefined)).toThrowCode('CONFIG_UNTRUSTED');
  });

  test('is allowed by its digest when it is named, on any machine', async () => {
    const files = { 'rc.mjs': "import './x.cjs'; export default {};", 'x.cjs': '' };
    const [one, two] = [await folderWith(files), await folderWith(files)];
    const found = await findConfig(ioIn(one), 'rc.mjs', { runs: false });
    const { digest, modules } = await whatRuns(found!);
    expect(modules.map(({ name }) => name)).toEqual(['rc.mjs', 'x.cjs']);
    const io = ioIn(two, { MIGRATOR_TRUST_CONFIG: digest });
    expect((await loadConfig(io, 'rc.mjs')).file).toBe(join(two, 'rc.mjs'));
    await expect(() =>
      loadConfig(ioIn(two, { MIGRATOR_TRUST_CONFIG: digest.replace(/./u, 'g') }), 'rc.mjs'),
    ).toThrowCode('CONFIG_UNTRUSTED');
    const searched = await folderWith({ '.migratorrc.mjs': files['rc.mjs'], 'x.cjs': '' });
    const other = (await whatRuns((await findConfig(ioIn(searched), undefined, { runs: false }))!)).digest;
    await expect(() => loadConfig(ioIn(searched, { MIGRATOR_TRUST_CONFIG: other }), undefined)).toThrowCode(
      'CONFIG_UNTRUSTED',
    );
  });

  test("needs no permission in the user's own configuration folder", async () => {
    const folder = await folderWith({ 'home/.config/migrator/config.mjs': 'export default { http: { retries: 4 } };' });
    expect((await loadConfig({ ...ioIn(folder), platform: 'linux' }, undefined)).http.retries).toBe(4);
  });
});

describe('a configuration of data', () => {
  test('is read without permission, and its commands and adapters are not run', async () => {
    const folder = await folderWith({
      '.migratorrc.yaml': 'adapters: [./a.mjs]\nkeys: { passphrase: "command:cat pass" }\n',
      'a.mjs': 'export default {};',
    });
    const io = ioIn(folder);
    const config = await loadConfig(io, undefined);
    await expect(() => config.allowCode('the adapter')).toThrowCode('CONFIG_UNTRUSTED');
    await trust(io);
    await (await loadConfig(io, undefined)).allowCode('the adapter');
    const runs = await whatRuns((await findConfig(io, undefined, { runs: false }))!);
    expect(runs).toMatchObject({ modules: [{ name: 'a.mjs' }], commands: ['cat pass'] });
    await appendFile(join(folder, 'a.mjs'), '//');
    await expect(async () => (await loadConfig(io, undefined)).allowCode('the adapter')).toThrowCode(
      'CONFIG_UNTRUSTED',
    );
  });

  test('keeps its permission when only its comments change', async () => {
    const folder = await folderWith({ '.migratorrc.yaml': 'keys: { passphrase: "command:cat pass" }\n' });
    const io = ioIn(folder);
    await trust(io);
    await appendFile(join(folder, '.migratorrc.yaml'), '# a comment\n');
    await (await loadConfig(io, undefined)).allowCode('the command');
    await appendFile(join(folder, '.migratorrc.yaml'), 'http: { retries: 1 }\n');
    await expect(async () => (await loadConfig(io, undefined)).allowCode('the command')).toThrowCode(
      'CONFIG_UNTRUSTED',
    );
  });
});
