import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandLine, type Ended } from '../../../support/command-line.ts';
import { posix, testWith } from '../../../support/programs.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

/** Runs a line in a folder with one file, and with folders of its own for keys and state. */
async function checked(file: string, content: string | Uint8Array, ...more: string[]): Promise<Ended> {
  const folder = await tempDir();
  await writeFile(join(folder, file), content, { mode: 0o600 });
  return lineIn(folder, ...(more.length > 0 ? more : ['config', 'check']));
}

async function lineIn(folder: string, ...args: string[]): Promise<Ended> {
  const own = await mkdtemp(join(folder, '.own-'));
  const env = { MIGRATOR_CONFIG_DIR: join(own, 'config'), MIGRATOR_STATE_DIR: join(own, 'state') };
  return commandLine(args, { cwd: folder, env });
}

/** A fault that is designed: its file is named, a hint leads out, and it is no bug. */
function expectRefused({ code, stdout, stderr }: Ended, message: RegExp, file = 'migratorrc'): void {
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(file);
  expect(stderr).toMatch(/\nmigrator: hint: \S/u);
  expect(stderr).not.toMatch(/\n {4}at |\bbug\b/u);
}

const bomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...[1, 2, 3, 4, 5, 6, 7].map(
    (n) =>
      `a${n}: &a${n} [${Array(10)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
  ),
].join('\n');

describe('a file that is no configuration is refused in a sentence', () => {
  test.each<[string, string, string | Uint8Array, RegExp]>([
    [
      'two documents',
      'yaml',
      'instances: {}\n---\nhttp: {}\n',
      /more than one YAML document.* line 2\n.*without "---"/u,
    ],
    [
      'two documents with an end sign',
      'yaml',
      'instances: {}\n...\nfoo: 1\n',
      /more than one YAML document.* line 3\n.*without "\.\.\."/u,
    ],
    ['a tab', 'yaml', 'instances:\n\tlab: 1\n', /line 2, column 1: tab .*\n.*indent with spaces/u],
    ['a key twice', 'yaml', 'http: {}\nhttp: {}\n', /line 2, column 1: duplicated mapping key/u],
    ['a cycle', 'yaml', 'instances: &x\n  lab: { more: *x }\n', /holds instances\.lab\.more, which refers to a group/u],
    ['an alias bomb', 'yaml', bomb, /more than 20000 values, counted through all aliases/u],
    ['deep nesting', 'yaml', '['.repeat(20_000), /nested too deeply|more than 40 levels|not valid YAML/u],
    ['a NUL byte', 'yaml', 'http: {}\n\0\n', /NUL byte at line 2/u],
    ['Latin-1', 'yaml', Buffer.from('http: {}\n# \xfc\n', 'latin1'), /bytes at line 2 that are not UTF-8/u],
    ['UTF-16', 'yaml', Buffer.from('\ufeffhttp: {}\n', 'utf16le'), /is written in UTF-16/u],
    ['a tag', 'yaml', 'http: !!js/function "x"\n', /unknown tag/u],
    [
      'a date',
      'yaml',
      'defaults: { packageId: 2026-01-01 }',
      /packageId must be text.*, not a date \(put it in quotes\)/u,
    ],
    ['binary data', 'yaml', 'instances: !!binary aGVsbG8=\n', /instances must be a group of keys, not binary data/u],
    ['a list', 'yaml', '- a\n', /must be a group of keys, not a list/u],
    ['a text', 'yaml', 'hello\n', /must be a group of keys, not text/u],
    [
      'the key __proto__',
      'yaml',
      'instances: { __proto__: { product: enms, url: "embedded:x" } }',
      /__proto__.*cannot be the name/u,
    ],
    ['JSON with comments', 'json', '{\n  // lab\n  "http": {} }', /line 2, column 3.*\n.*JSON has no comments/u],
    ['JSON with more behind it', 'json', '{} x', /line 1, column 4: expected the end/u],
    ['a huge file', 'yaml', `# ${'a'.repeat(1024 * 1024)}`, /larger than 1 MiB/u],
  ])('%s', async (_, extension, content, message) => {
    expectRefused(await checked(`.migratorrc.${extension}`, content), message);
  });

  test('a folder in the place of the file', async () => {
    const folder = await tempDir();
    await mkdir(join(folder, '.migratorrc.yaml'));
    for (const args of [[], ['--config', '.migratorrc.yaml']])
      expectRefused(await lineIn(folder, 'config', 'check', ...args), /is a folder, not a file/u);
  });

  testWith([posix], 'a link that leads nowhere, or back to itself', async () => {
    const folder = await tempDir();
    await symlink('nothing', join(folder, '.migratorrc.yaml'));
    expectRefused(await lineIn(folder, 'config', 'check'), /is a link to a file that does not exist/u);
    const other = await tempDir();
    await symlink('.migratorrc.yaml', join(other, '.migratorrc.yaml'));
    for (const args of [[], ['--config', '.migratorrc.yaml']])
      expectRefused(await lineIn(other, 'config', 'check', ...args), /is a link that leads back to itself/u);
  });

  test('a named file that does not exist, with the nearest name beside it', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'night.yaml'), '');
    expectRefused(
      await lineIn(folder, 'config', 'check', '--config', 'nigth.yaml'),
      /did you mean "night\.yaml"\?/u,
      'nigth',
    );
  });

  test.each([
    ['throw new Error("no luck")', /could not be run: no luck/u],
    ['throw null', /it threw something that is not an error/u],
    ['export default () => ({})', /exports a function/u],
    ['export default null', /exports null/u],
    ['export default Promise.reject(new Error("later"))', /could not be run: later/u],
    ['export default { get http() { throw new Error("getter") } }', /cannot be read: getter/u],
    ['export default { instances: new Map() }', /instances must be a group of keys, not a Map/u],
    ['const a = {}; a.http = a; export default a', /holds http, which refers to a group/u],
    ['import x from "./absent.mjs"; export default x', /could not be run: Cannot find module/u],
  ])('a module: %s', async (text, message) => {
    const folder = await tempDir();
    const home = join(folder, '.config', 'migrator');
    await mkdir(home, { recursive: true });
    // Code in the user's own folder needs no permission.
    await writeFile(join(home, 'config.mjs'), text, { mode: 0o600 });
    const ended = await commandLine(['config', 'check'], { cwd: folder, env: { MIGRATOR_CONFIG_DIR: home } });
    expectRefused(ended, message, 'config.mjs');
  });
});

describe('what plain YAML has is read', () => {
  test.each([
    ['an alias', 'instances:\n  lab: &x { product: octopus, url: "embedded:./lab" }\n  prod: *x\n'],
    [
      'a merge key',
      'instances:\n  lab: &x\n    product: octopus\n    url: embedded:./lab\n  prod:\n    <<: *x\n    url: embedded:./prod\n',
    ],
    [
      'a byte order mark and line ends of Windows',
      '\ufeffinstances:\r\n  lab: { product: octopus, url: "embedded:./a" }\r\n  prod: { product: octopus, url: "embedded:./b" }\r\n',
    ],
  ])('%s', async (_, text) => {
    const { code, stdout } = await checked('.migratorrc.yaml', text, 'config', 'check', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ instances: ['lab', 'prod'] });
    expect(code).toBe(0);
  });
});

test('all faults of a file are told at once: keys, products, settings, references and defaults, with their lines', async () => {
  const text = `instances:
  lab:
    product: Octopus
    url: htp://lab
  prod:
    product: octopus
    url: https://prod.example
    api_key: env:PROD_KEY
    Space: Default
    sample: source
  lake:
    product: snaplogic
    url: us
    user: me
    password: "env:"
    org: 7
  dev:
    product: enms
    url: https://dev.example
    via: wep
    password: \${DEV_PASSWORD}
http:
  timeOut: 5s
  retries: "3"
  keyPassphrase: ENV:KEY
defaults:
  from: prd
  packagId: x
  dryRun: maybe
Adapter: []
`;
  const { code, stderr } = await checked('.migratorrc.yaml', text);
  expect(code).toBe(2);
  for (const line of [
    'line 4: instances.lab.url must begin with https://, http:// or embedded:; did you mean "http://"?',
    'line 3: instances.lab.product has no adapter; there are: octopus, enms, microstrategy, snaplogic, folder, s3; did you mean "octopus"?',
    'line 8: instances.prod.api_key is not a known key; did you mean "apiKey"?',
    'line 9: instances.prod.Space is not a known key; did you mean "space"?',
    'line 10: instances.prod.sample is for embedded instances only',
    'line 14: instances.lake.user is not a known key; did you mean "username"?',
    'line 15: instances.lake.password names nothing after "env:"',
    'line 16: instances.lake.org must be text, not a number (put it in quotes)',
    'line 20: instances.dev.via must be web or rest; did you mean "web"?',
    'line 21: instances.dev.password is not filled in by migrator: write env:NAME or command:…',
    'line 23: http.timeOut is not a known key; did you mean "timeout"?',
    'line 24: http.retries must be a number, not text',
    'line 25: http.keyPassphrase looks like a reference: write env: in small letters and without spaces',
    'line 27: defaults.from is not the name of an instance in this file, which has: lab, prod, lake, dev; did you mean "prod"?',
    'line 28: defaults.packagId is not a flag that can have a default; did you mean "packageId"?',
    'line 30: Adapter is not a known key; did you mean "adapters"?',
  ])
    expect(stderr).toContain(`\n  - ${line}\n`);
  expect(stderr).toContain('has 17 problems');
});

test('what stands under a misspelt word is checked in the same round, and each fault is told once', async () => {
  const text = `instances:
  lab:
    product: Octopus
    url: embeded:./lab
    api_key: \${LAB_KEY}
    spaces: 7
    sample: source
  dev:
    prodct: enms
    url: https://dev.example
    vai: wep
  lake: { product: Snaplogic, url: us }
http:
  retry: three
key:
  signng: 7
default:
  too: dev
  form: prd
  dry_run: maybe
  patience: 5 parsecs
  time_out: soon
`;
  const { code, stderr } = await checked('.migratorrc.yaml', text);
  expect(code).toBe(2);
  const lines = stderr.split('\n').filter((line) => line.startsWith('  - '));
  expect(lines.sort()).toEqual(
    [
      'line 3: instances.lab.product has no adapter; there are: octopus, enms, microstrategy, snaplogic, folder, s3; did you mean "octopus"?',
      'line 4: instances.lab.url must begin with https://, http:// or embedded:; did you mean "embedded:"?',
      'line 5: instances.lab.api_key is not a known key; did you mean "apiKey"?',
      'line 5: instances.lab.api_key is not filled in by migrator: write env:NAME or command:…',
      'line 6: instances.lab.spaces is not a known key; did you mean "space"?',
      'line 6: instances.lab.spaces must be text, not a number (put it in quotes)',
      'line 9: instances.dev.prodct is not a known key; did you mean "product"?',
      'line 11: instances.dev.vai is not a known key; did you mean "via"?',
      'line 11: instances.dev.vai must be web or rest; did you mean "web"?',
      'instances.lake.product has no adapter; there are: octopus, enms, microstrategy, snaplogic, folder, s3; did you mean "snaplogic"?',
      'line 14: http.retry is not a known key; did you mean "retries"?',
      'line 14: http.retry must be a number, not text',
      'line 15: key is not a known key; did you mean "keys"?',
      'line 16: key.signng is not a known key; did you mean "signing"?',
      'line 16: key.signng must be text, not a number',
      'line 17: default is not a known key; did you mean "defaults"?',
      'line 18: default.too is not a flag that can have a default; did you mean "to"?',
      'line 19: default.form is not a flag that can have a default; did you mean "from"?',
      'line 20: default.dry_run is not a flag that can have a default; did you mean "dryRun"?',
      'line 20: default.dry_run must be true or false',
      'line 21: default.patience is not a duration; write 90s, 20m or 2h',
      'line 22: default.time_out is not a flag that can have a default; did you mean "timeout"?',
      'line 22: default.time_out is not a duration; write 90s, 20m or 2h',
    ]
      .map((line) => `  - ${line}`)
      .sort(),
  );
});

test('a reference in the place of a setting that is no secret is refused', async () => {
  const text =
    'instances:\n  lab: { product: octopus, url: "https://lab.example", apiKey: env:KEY, space: file:./key }\n';
  expectRefused(
    await checked('.migratorrc.yaml', text),
    /instances\.lab\.space is no secret, and only secrets can be references; write the value itself/u,
  );
});

test('with an adapter in the file, values of known flags are checked, and unknown names may be flags of the adapter', async () => {
  const { code, stderr } = await checked(
    '.migratorrc.yaml',
    'adapters: [./acme.mjs]\nhttp: { retry: 1 }\ndefaults: { withComments: 1, patience: soon }\n',
  );
  expect(code).toBe(2);
  expect(stderr).toContain('defaults.patience is not a duration');
  expect(stderr).not.toContain('withComments');
});

describe('a word of a closed list gets the nearest one', () => {
  const octopus = 'instances: { lab: { product: octopus, url: "embedded:./lab" } }';
  test.each([
    [['inventory', 'enviroment', '--from', 'lab'], /no inventory of enviroment\n.*did you mean "environment"\?/u],
    [['inventory', 'envs', '--from', 'lab'], /no inventory of envs\n.*did you mean "environment"\?/u],
    [['inventory', 'projects', '--from', 'lab'], /did you mean "project"\?/u],
    [['inventory', '--progress', 'plian'], /--progress cannot be "plian"\n.*did you mean "plain"\?/u],
    [['config', 'schema', 'inventry'], /there is no schema "inventry"\n.*did you mean "inventory"\?/u],
    [['emulate', 'octopuss'], /no emulator of "octopuss"\n.*did you mean "octopus"\?/u],
  ])('%j', async (args, message) => {
    const { code, stderr } = await checked('.migratorrc.yaml', octopus, ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('faults that only code can tell are told with all others', () => {
  const adapter = `export const contract = 1;
export const product = 'acme';
export const secretSettings = ['token'];
export const settings = [{ name: 'token', secret: true }];
export const options = [{ name: 'without-comments', description: 'no comments', verbs: ['partial-export'] }];
export const create = () => { throw new Error('is not called for an instance with faults'); };
`;
  const ofAdapter = `adapters: [./acme.mjs]
instances:
  far: { product: acme, url: "http://127.0.0.1:9", tokn: env:X, spaec: y }
  odd: { product: acmee, url: "http://127.0.0.1:9" }
defaults: { withoutComments: 3, withoutComment: true }
`;
  const told = [
    /far\.tokn is not a known key; did you mean "token"/u,
    /far\.spaec is not a known key; an instance of acme has product, url, token\n/u,
    /odd\.product has no adapter; .*did you mean "acme"/u,
    /defaults\.withoutComments must be true or false/u,
    /defaults\.withoutComment is not a flag.*did you mean "withoutComments"/u,
  ];
  /** In the user's own configuration folder, whose code needs no permission. */
  const inOwnFolder = async (rc: string) => {
    const folder = await tempDir();
    await writeFile(join(folder, 'acme.mjs'), adapter);
    await writeFile(join(folder, 'config.yaml'), rc, { mode: 0o600 });
    const env = { MIGRATOR_CONFIG_DIR: folder, MIGRATOR_STATE_DIR: join(folder, 'state') };
    return commandLine(['config', 'check', '--config', join(folder, 'config.yaml')], { cwd: folder, env });
  };

  test.each([
    ['alone', ofAdapter, 5],
    ['beside a fault of the data', `${ofAdapter}http: { retires: 3 }\n`, 6],
  ])('of an adapter, %s', async (_how, rc, count) => {
    const ended = await inOwnFolder(rc);
    for (const one of told) expectRefused(ended, one, 'config.yaml');
    expect(ended.stderr).toContain(`has ${count} problems`);
  });

  test('of embedded instances, and what is set for all instances', async () => {
    const settings = 'sample: sauce, flavor: mac, version: x, pace: quick, retires: 3, timeout: 5s, readonly: true';
    const rc = `instances:\n  lab: { product: octopus, url: "embedded:./lab", ${settings} }
  lib: { product: microstrategy, url: "embedded:./lib", version: "11", flavor: linux }\n`;
    const ended = await checked('.migratorrc.yaml', rc);
    for (const one of [
      /has 9 problems/u,
      /lab\.sample must be source, target or false; did you mean "source"/u,
      /lab\.flavor must be windows, linux or cloud/u,
      /lab\.version: .*cannot be version "x"; choose a version/u,
      /lab\.pace must be a duration/u,
      /lab\.retires is not a key of an instance; http\.retries is set once/u,
      /lab\.timeout is not a key of an instance; http\.timeout is set once/u,
      /lab\.readonly is not a known key; an instance of octopus has product, url, apiKey/u,
      /lib\.version: "11" is not a version/u,
      /lib\.flavor: .*has no flavor/u,
    ])
      expectRefused(ended, one);
  });
});
