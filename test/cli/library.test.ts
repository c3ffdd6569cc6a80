import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { extract } from 'tar';
import { posix, run, testWith } from '../support/programs.ts';

// Unpacks the published tarball where an installation puts it. Its dependencies are linked and not downloaded. The
// continuous integration installs the same tarball with dependencies from the registry.
const root = fileURLToPath(new URL('../..', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

interface Manifest {
  readonly version: string;
  readonly man: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

describe('the published package', () => {
  let folder: string;
  let installed: string;
  let manifest: Manifest;
  let files: readonly string[];

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'migrator-test-')));
    installed = join(folder, 'node_modules', 'migrator-cli');
    await mkdir(installed, { recursive: true });
    // As `prepack` does, without building again.
    run(process.execPath, [join(root, 'scripts', 'generate-docs.mjs')], { cwd: root });
    const packed = run(npm, ['pack', '--ignore-scripts', '--json', '--silent', '--pack-destination', folder], {
      cwd: root,
    });
    const [tarball] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
    files = tarball.files.map(({ path }) => path);
    await extract({ file: join(folder, tarball.filename), cwd: installed, strip: 1 });
    manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
    for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
      const link = join(folder, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(await realpath(join(root, 'node_modules', name)), link, 'junction');
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  });

  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  test('the package has the program, its declarations and its documents, and nothing else', () => {
    const outside = files.filter(
      (path) =>
        !/^(bin\/migrator\.mjs|dist\/.+\.(js|d\.ts)|examples\/custom-adapter\/[a-z.]+\.mjs|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(
          path,
        ),
    );
    expect(outside.filter((path) => !/^(dist\/docs\/man\/.+\.1|docs\/.+\.md)$/.test(path))).toEqual([]);
    expect(files.filter((path) => path.startsWith('docs/decisions/'))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        'bin/migrator.mjs',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/testing/index.d.ts',
        'LICENSE',
      ]),
    );
  });

  test('the binary of the package runs', () => {
    const binary = join(installed, manifest.bin['migrator']!);
    expect(run(process.execPath, [binary, '--version'], { cwd: folder })).toBe(`${manifest.version}\n`);
    expect(run(process.execPath, [binary, 'config', 'schema', 'list'], { cwd: folder })).toContain('partial-export');
  });

  test('every man page that is made is declared, and is in the package', async () => {
    const made = (await readdir(join(root, 'dist', 'docs', 'man'))).map((name) => `./dist/docs/man/${name}`);
    expect([...manifest.man].sort()).toEqual(made.sort());
    expect(files).toEqual(expect.arrayContaining(manifest.man.map((path) => path.slice(2))));
    expect(manifest.scripts['prepack']).toBe('npm run docs');
    expect(manifest.scripts['docs']).toContain('scripts/generate-docs.mjs');
  });

  testWith([posix, 'man'], 'a global installation has man pages, topics and pages of its own', async () => {
    const prefix = join(folder, 'prefix');
    const bare = join(folder, 'bare');
    await cp(installed, bare, { recursive: true });
    await writeFile(join(bare, 'package.json'), JSON.stringify({ ...manifest, dependencies: {}, scripts: {} }));
    const packed = run(npm, ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: bare });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    const quiet = ['--offline', '--no-audit', '--no-fund', '--silent'];
    run(npm, ['install', '-g', '--prefix', prefix, ...quiet, join(folder, filename)], { cwd: folder });
    const pages = join(prefix, 'share', 'man');
    const page = (name: string) =>
      run('man', ['-M', pages, '-P', 'cat', name], { cwd: folder }).replace(/.\u0008/gu, '');
    expect(page('migrator')).toContain('migrator-partial-export(1)');
    expect(page('migrator-job-wait')).toMatch(/migrator-job-wait - wait until/u);
    const modules = join(prefix, 'lib', 'node_modules', 'migrator-cli', 'node_modules');
    await symlink(await realpath(join(root, 'node_modules')), modules, 'junction');
    const migrator = (...args: string[]) => run(join(prefix, 'bin', 'migrator'), args, { cwd: folder });
    expect(migrator('help', 'exit-codes')).toContain('130   interrupted');
    expect(migrator('help', 'snaplogic')).toMatch(/^SnapLogic\n/u);
    expect(migrator('version')).toContain(`migrator ${manifest.version}\nNode.js ${process.versions.node}\n`);
  });

  test('the library can be imported, and it starts an embedded instance', async () => {
    const script = `
import assert from 'node:assert/strict';
import { errorCodes, isMigratorError, MigratorError, partialExport, seal, Secret, startEmulator } from 'migrator-cli';
import { adapterContract, memoryModule } from 'migrator-cli/testing';
for (const door of [seal, partialExport, adapterContract, memoryModule]) assert.equal(typeof door, 'function');
assert.ok(isMigratorError(new MigratorError('USAGE', 'x')) && errorCodes.includes('USAGE'));
assert.equal(String(new Secret('x')), '***');
const emulator = await startEmulator('octopus', { directory: 'instance', sample: false });
const answer = await fetch(emulator.url + '/api');
assert.equal(answer.status, 200);
await emulator.close();
console.log('works');
`;
    await writeFile(join(folder, 'consumer.mjs'), script);
    expect(run(process.execPath, ['consumer.mjs'], { cwd: folder })).toBe('works\n');
  });

  test('the types of the library resolve in a strict TypeScript project', async () => {
    await writeFile(
      join(folder, 'consumer.ts'),
      `import { MigratorError, seal, startEmulator, type Adapter, type AdapterModule, type ErrorCode, type SealInput } from 'migrator-cli';
import { adapterContract, type ContractSetup } from 'migrator-cli/testing';

export const code: ErrorCode = new MigratorError('USAGE', 'no file is named').code;
export const instance = startEmulator('octopus', { directory: './instance' });
export const sealing: (input: SealInput, ...rest: Parameters<typeof seal> extends [unknown, ...infer Rest] ? Rest : never) => unknown = seal;
export const product = (module: AdapterModule, ...args: Parameters<AdapterModule['create']>): Adapter => module.create(...args);
export const cases = (setup: ContractSetup): number => adapterContract(setup).length;
// A type that does not resolve would be any, and the lines below would have no error.
// @ts-expect-error not a code
export const wrong: ErrorCode = 'NO_SUCH_CODE';
// @ts-expect-error an adapter without its probe
export const half: Adapter = { product: 'x' };
// @ts-expect-error not an input
export const empty: SealInput = {};
// @ts-expect-error not a setup
export const setup: ContractSetup = {};
`,
    );
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      module: 'nodenext',
      target: 'es2023',
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }),
    );
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(run(process.execPath, [tsc, '-p', '.'], { cwd: folder })).toBe('');
  });
});
