import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { allow, whatRuns } from '../../../../src/cli/config/allowed.ts';
import { loadConfig } from '../../../../src/cli/config/load.ts';
import { findConfig } from '../../../../src/cli/config/search.ts';
import { isMigratorError, type MigratorError } from '../../../../src/errors.ts';
import { testIO, type TestIO } from '../../../support/test-io.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';
import { noRoot, posix, testWith } from '../../../support/programs.ts';

const tempDir = tempDirs();

async function place(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode: 0o600 });
  }
}

const ioIn = (cwd: string, env: Readonly<Record<string, string>> = {}): TestIO =>
  testIO({ cwd, home: join(cwd, 'home'), platform: 'linux', env });

/** As `config trust` does. */
async function trust(io: TestIO, explicit?: string): Promise<void> {
  const found = (await findConfig(io, explicit, { runs: false }))!;
  await allow(found, (await whatRuns(found)).digest, io);
}

async function failure(folder: string, explicit?: string): Promise<MigratorError> {
  try {
    const io = ioIn(folder);
    if (explicit === undefined) await trust(io).catch(() => undefined);
    await loadConfig(io, explicit);
  } catch (error) {
    if (isMigratorError(error)) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

const yaml = `
instances:
  lab:
    product: octopus
    url: https://octopus.lab.example/base
    apiKey: env:LAB_KEY
    space: Default
  prod: { product: octopus, url: "embedded:./prod" }
defaults: { from: lab, to: prod, packageId: acme, ignoreTenants: true, project: [a, b], retries: 3 }
keys:
  signing: ./keys/migrator.key
  identities: [./keys/identity.txt]
http: { timeout: 2m, retries: 0 }
adapters: [./acme.mjs]
`;

describe('a file with a fault', () => {
  test.each([
    ['.migratorrc.yaml', 'instances:\n  lab: { apiKey: *Summer2026pw }\n'],
    ['.migratorrc.yaml', 'instances:\n  lab: { apiKey: !Summer2026pw x }\n'],
    ['.migratorrc.yaml', 'instances:\n  lab: { apiKey: !<Summer2026pw> x }\n'],
    ['.migratorrc.yaml', 'instances:\n  lab: { apiKey: !e!Summer2026pw x }\n'],
    ['.migratorrc.yaml', '%Summer2026pw\n---\na: 1\n'],
    ['.migratorrc.yaml', 'instances:\n  lab: { apiKey: !!Summer2026pw x }\n'],
    ['.migratorrc.yaml', 'apiKey: "\\Summer2026pw"\n'],
    ['.migratorrc.yaml', 'a: Summer2026pw\n b: x: y\n'],
    ['.migratorrc.yaml', '? &Summer2026pw a\n&Summer2026pw : : x'],
    ['.migratorrc.json', '{ "apiKey": Summer2026pw }'],
    ['.migratorrc.json', '{ "instances": { "lab": { "apiKey": "Summer2026pw", "apiKey": "env:A" } } }'],
    ['.migratorrc.mjs', 'export default { apiKey: my Summer2026pw };'],
    ['.migratorrc.mjs', 'export default { apiKey: Summer2026pw };'],
    ['.migratorrc.cjs', 'module.exports = { apiKey: my Summer2026pw };'],
  ])('%s is refused, and nothing of it is quoted: %j', async (name, content) => {
    const folder = await tempDir();
    await place(folder, { [name]: content });
    const error = await failure(folder);
    expect(error.code).toBe('CONFIG_INVALID');
    for (let told: unknown = error; told instanceof Error; told = told.cause) {
      expect(`${told.message} ${told.stack ?? ''}`).not.toContain('Summer2026pw');
    }
  });
});

describe('where the configuration comes from', () => {
  test('without an rc file, the values are built in and there are no instances', async () => {
    const folder = await tempDir();
    const config = await loadConfig(ioIn(folder), undefined);
    expect(config).toMatchObject({ file: undefined, directory: folder, adapters: [] });
    expect(config.http).toMatchObject({ timeout: 60_000, retries: 5 });
    expect(config.builtIn).toEqual(['http.timeout', 'http.retries']);
    expect(Reflect.get(config.instances, 'constructor')).toBeUndefined();
  });

  test('reads every part of a YAML file', async () => {
    const folder = await tempDir();
    await place(folder, { '.migratorrc': yaml });
    const config = await loadConfig(ioIn(folder), undefined);
    expect(config.file).toBe(join(folder, '.migratorrc'));
    expect(config.directory).toBe(folder);
    expect({ ...config.instances }).toEqual({
      lab: {
        name: 'lab',
        product: 'octopus',
        url: 'https://octopus.lab.example/base',
        settings: { apiKey: 'env:LAB_KEY', space: 'Default' },
      },
      prod: { name: 'prod', product: 'octopus', url: 'embedded:./prod', settings: {} },
    });
    expect({ ...config.defaults }).toEqual({
      from: 'lab',
      to: 'prod',
      packageId: 'acme',
      ignoreTenants: true,
      project: ['a', 'b'],
      retries: 3,
    });
    expect(config.keys).toMatchObject({
      signing: './keys/migrator.key',
      identities: ['./keys/identity.txt'],
      trust: [],
    });
    expect(config.http).toMatchObject({ timeout: 120_000, retries: 0 });
    expect(config.adapters).toEqual(['./acme.mjs']);
  });

  const body = '{ "instances": { "here": { "product": "octopus", "url": "embedded:./x" } } }';
  test.each([
    ['.migratorrc', body],
    ['.migratorrc.json', `\uFEFF${body}`],
    ['.migratorrc.yaml', body],
    ['.migratorrc.yml', body],
    ['.migratorrc.js', `module.exports = ${body};`],
    ['.migratorrc.cjs', `module.exports = ${body};`],
    ['.migratorrc.mjs', `export default ${body};`],
    ['migrator.config.js', `module.exports = ${body};`],
    ['migrator.config.cjs', `module.exports = ${body};`],
    ['migrator.config.mjs', `export default ${body};`],
    ['package.json', `{ "name": "x", "migrator": ${body} }`],
  ])('%s', async (name, content) => {
    const folder = await tempDir();
    await place(folder, { [name]: content, 'deep/er/.keep': '' });
    const env = { MIGRATOR_CONFIG_DIR: join(folder, 'home') };
    await trust(ioIn(folder, env));
    for (const cwd of [folder, join(folder, 'deep', 'er')]) {
      const config = await loadConfig(ioIn(cwd, env), undefined);
      expect(config.file).toBe(join(folder, name));
      expect(config.directory).toBe(folder);
      expect(Object.keys(config.instances)).toEqual(['here']);
    }
    expect((await loadConfig(ioIn('/', env), join(folder, name))).file).toBe(join(folder, name));
  });

  test('the file in the nearest folder is used, even if it is empty; a package.json without the key is skipped', async () => {
    const folder = await tempDir();
    await place(folder, {
      '.migratorrc': yaml,
      'a/package.json': '{ "name": "x" }',
      'a/broken/package.json': '{ not json',
      'b/.migratorrc': '# nothing yet\n',
      'b/c/.keep': '',
    });
    expect((await loadConfig(ioIn(join(folder, 'a', 'broken')), undefined)).file).toBe(join(folder, '.migratorrc'));
    const empty = await loadConfig(ioIn(join(folder, 'b', 'c')), undefined);
    expect(empty.file).toBe(join(folder, 'b', '.migratorrc'));
    expect(Object.keys(empty.instances)).toEqual([]);
  });

  test('--config is used before MIGRATOR_CONFIG, which is used before the search', async () => {
    const folder = await tempDir();
    await place(folder, {
      '.migratorrc': yaml,
      'one.yaml': 'http: { retries: 1 }',
      'two.json': '{"http":{"retries":2}}',
    });
    const io = ioIn(folder, { MIGRATOR_CONFIG: 'two.json' });
    expect((await loadConfig(io, 'one.yaml')).http.retries).toBe(1);
    expect((await loadConfig(io, undefined)).http.retries).toBe(2);
    expect((await loadConfig(ioIn(folder, { MIGRATOR_CONFIG: '' }), undefined)).http.retries).toBe(0);
  });

  test("the user's configuration folder is searched last", async () => {
    const folder = await tempDir();
    await place(folder, {
      'home/.config/migrator/config.yaml': 'http: { retries: 7 }',
      'xdg/migrator/config.json': '{}',
    });
    expect((await loadConfig(ioIn(folder), undefined)).http.retries).toBe(7);
    const xdg = await loadConfig(ioIn(folder, { XDG_CONFIG_HOME: join(folder, 'xdg') }), undefined);
    expect(xdg.file).toBe(join(folder, 'xdg', 'migrator', 'config.json'));
  });

  test.each([
    ['missing.yaml', /does not exist/],
    ['rc.toml', /unknown extension/],
    ['rc.ts', /TypeScript/],
    ['other/package.json', /no "migrator" key/],
  ])('a named file that cannot be used is refused: %s', async (name, message) => {
    const folder = await tempDir();
    await place(folder, { 'rc.toml': '', 'rc.ts': 'export default {}', 'other/package.json': '{}' });
    const error = await failure(folder, name);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toMatch(message);
    expect(error.message).toContain(name);
  });

  testWith([noRoot], 'a file that cannot be read is not passed over', async () => {
    const folder = await tempDir();
    await place(folder, { '.migratorrc': yaml, 'a/.migratorrc': yaml });
    await chmod(join(folder, 'a', '.migratorrc'), 0);
    expect((await failure(join(folder, 'a'))).message).toContain('permission denied');
  });

  /** The IO of another user, who reads a file of this user. */
  const strangerIn = (folder: string) => ({ ...ioIn(folder), uid: process.getuid!() + 1 });

  // A file of root belongs to the system.
  testWith([noRoot], "another user's file is refused, above the working directory and in it", async () => {
    const folder = await tempDir();
    await place(folder, { '.migratorrc': yaml, 'a/.keep': '' });
    for (const cwd of [folder, join(folder, 'a')])
      await expect(() => loadConfig(strangerIn(cwd), undefined)).toThrowCode('CONFIG_UNTRUSTED');
  });

  testWith([posix], "another user's file is taken when it is named", async () => {
    const folder = await tempDir();
    await place(folder, { '.migratorrc': yaml, 'a/.keep': '' });
    const stranger = strangerIn(join(folder, 'a'));
    expect((await loadConfig(stranger, join(folder, '.migratorrc'))).file).toBe(join(folder, '.migratorrc'));
  });

  testWith([posix], 'the mode of the file is kept', async () => {
    const folder = await tempDir();
    await place(folder, { '.migratorrc': yaml });
    await chmod(join(folder, '.migratorrc'), 0o644);
    expect((await loadConfig(ioIn(folder), undefined)).mode).toBe(0o644);
  });

  test('a link to a file in another folder is read', async () => {
    const folder = await tempDir();
    await place(folder, { 'real.yaml': yaml });
    await symlink('real.yaml', join(folder, '.migratorrc'));
    expect((await loadConfig(ioIn(folder), undefined)).http.retries).toBe(0);
  });
});

describe('what is wrong with a configuration', () => {
  test.each([
    ['.migratorrc', 'a: 1\nb: [1,\napiKey: hunter2 }', /line 3, column \d+/],
    ['.migratorrc.yaml', 'a: 1\n\tb: hunter2', /line 2, column 1/],
    ['.migratorrc.json', '{\n  "a": 1,\n  "b": hunter2\n}', /line 3, column 8: expected a value/],
    ['.migratorrc.json', '{ "a": 1, }', /line 1, column 11: expected a key in double quotes/],
    ['package.json', '{\n "migrator": {,} }', /line 2, column 15/],
    ['.migratorrc.mjs', 'export default {', /could not be run/],
    ['.migratorrc.mjs', 'export const a = 1;', /no default export/],
  ])('%s with a syntax error is refused with its place: %j', async (name, content, message) => {
    const folder = await tempDir();
    await place(folder, { [name]: content });
    const error = await failure(folder);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toMatch(message);
    expect(error.message).toContain(join(folder, name));
    expect(`${error.message} ${String(error.hint)} ${JSON.stringify(error.details)}`).not.toContain('hunter2');
  });

  test.each([
    ['instnces: {}', 'instnces is not a known key; did you mean "instances"?'],
    ['http: { time-out: 5 }', 'http.time-out is not a known key; did you mean "timeout"?'],
    ['keys: { trusted: [] }', 'keys.trusted is not a known key; did you mean "trust"?'],
    ['zzz: 1', 'zzz is not a known key'],
    ['$import: other.yaml', 'uses $import, which is not supported'],
    ['instances: { lab: { product: octopus } }', 'instances.lab.url is missing'],
    [
      'instances: { lab: { prodct: octopus, url: "embedded:x" } }',
      'instances.lab.prodct is not a known key; did you mean "product"?',
    ],
    ['instances: { lab: hello }', 'instances.lab must be a group of keys, not text'],
    ['instances: { "a b": { product: x, url: "embedded:x" } }', 'instances["a b"] is not a valid name for an instance'],
    ['instances: { lab: { product: x, url: 5 } }', 'instances.lab.url must be text, not a number'],
    [
      'instances: { lab: { product: x, url: "https://me:hunter2@host" } }',
      'instances.lab.url must not contain a user name',
    ],
    [
      'instances: { lab: { product: x, url: "https://host/?key=hunter2" } }',
      'instances.lab.url must not have a query ("?")',
    ],
    ['instances: { lab: { product: x, url: "ftp://host" } }', 'instances.lab.url must begin with'],
    ['instances: { lab: { product: x, url: "host.example" } }', 'instances.lab.url must be a URL'],
    ['instances: { lab: { product: x, url: "embedded:" } }', 'instances.lab.url must name a folder'],
    ['instances: { lab: { product: x, url: "" } }', 'instances.lab.url must not be empty'],
    ['http: { timeout: soon }', 'http.timeout must be a duration such as 60s'],
    ['http: { timeout: -5 }', 'http.timeout must be a duration such as 60s'],
    ['http: { retries: 1.5 }', 'http.retries must be a whole number'],
    ['http: { retries: 1000 }', 'http.retries must be at most 100'],
    ['http: { retries: -1 }', 'http.retries must be at least 0'],
    ['http: { proxy: "http://me:hunter2@proxy" }', 'http.proxy must not contain a user name'],
    ['keys: { identities: ./one }', 'keys.identities must be a list, not text'],
    ['keys: { recipients: [1] }', 'keys.recipients[0] must be text, not a number'],
    ['defaults: { package-id: x }', 'defaults.package-id is not the name of a flag in camel case'],
    ['defaults: { from: lba }\ninstances: { lab: { product: x, url: "embedded:x" } }', 'did you mean "lab"?'],
    ['defaults: { x: { y: 1 } }', 'defaults.x must be text, a number, true or false, or a list of texts'],
    ['- a\n- b', 'the configuration must be a group of keys, not a list'],
    ['just text', 'the configuration must be a group of keys, not text'],
  ])('is named: %s', async (content, message) => {
    const folder = await tempDir();
    await place(folder, { '.migratorrc': content });
    const error = await failure(folder);
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(message);
    expect(`${error.message} ${JSON.stringify(error.details)}`).not.toContain('hunter2');
  });

  test('all problems are reported at once', async () => {
    const folder = await tempDir();
    await place(folder, { '.migratorrc': 'instnces: {}\nhttp: { retires: 1, timeout: x }\nadapters: no' });
    const error = await failure(folder);
    expect(error.message).toContain('has 4 problems');
    expect((error.details['problems'] as { path: string }[]).map(({ path }) => path).sort()).toEqual([
      'adapters',
      'http.retires',
      'http.timeout',
      'instnces',
    ]);
  });

  test('empty sections are valid, and names cannot reach the prototype', async () => {
    const folder = await tempDir();
    await place(folder, {
      '.migratorrc':
        'instances:\n  constructor: { product: octopus, url: "embedded:x" }\ndefaults:\nkeys:\nhttp:\nadapters:\n',
    });
    const config = await loadConfig(ioIn(folder), undefined);
    expect(Object.keys(config.instances)).toEqual(['constructor']);
    expect(Reflect.get(config.instances, 'toString')).toBeUndefined();
    expect(Reflect.get(config.defaults, 'toString')).toBeUndefined();
  });
});
