import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sharedWorkshop } from '../support/shared-workshop.ts';

const { here, run } = sharedWorkshop();

/** Makes a folder with only this rc file in it. */
async function withRc(text: string, name = '.migratorrc.yaml'): Promise<{ cwd: string }> {
  const cwd = here().path(`rc-${Math.random().toString(36).slice(2)}`);
  await mkdir(cwd);
  await writeFile(join(cwd, name), text, { mode: 0o600 });
  return { cwd };
}
const lab = () => `lab: { product: octopus, url: "${here().lab.url}", apiKey: "env:LAB_KEY" }`;

describe('config show', () => {
  test('config show prints each value with its origin, the environment included, and no secret', async () => {
    const at = await withRc(`instances:
  ${lab()}
  old: { product: octopus, url: "https://old.example", apiKey: hunter2-in-the-file }
defaults: { from: lab, password: hunter2-default }
http: { timeout: 90s }
`);
    const env = { ...here().env, MIGRATOR_TO: 'lab', MIGRATOR_PASSWORD: 'hunter2-environment' };
    const { code, stdout, stderr } = await run(['config', 'show', '--json'], { ...at, env });
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`).not.toContain('hunter2');
    const { values, file } = JSON.parse(stdout) as {
      file: string;
      values: { path: string; value: unknown; origin: string }[];
    };
    const of = (path: string) => values.find((value) => value.path === path);
    expect(of('instances.lab.apiKey')).toMatchObject({ value: 'env:LAB_KEY', origin: file });
    expect(of('instances.old.apiKey')).toMatchObject({ value: '***' });
    expect(of('defaults.password')).toMatchObject({ value: '***' });
    expect(of('http.timeout')).toMatchObject({ value: 90_000, origin: file });
    expect(of('http.retries')).toMatchObject({ origin: 'built-in' });
    expect(of('MIGRATOR_TO')).toMatchObject({ value: 'lab', origin: 'environment MIGRATOR_TO' });
    expect(of('MIGRATOR_PASSWORD')).toMatchObject({ value: '***' });
    expect((await run(['config', 'show'], { ...at, env })).stdout).toMatch(/instances\.lab\.apiKey +env:LAB_KEY/);
  });

  test('config show says when there is no rc file', async () => {
    const { code, stdout } = await run(['config', 'show'], {
      cwd: '/',
      env: { MIGRATOR_CONFIG_DIR: here().path('none') },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('rc file: none');
  });
});

describe('config check', () => {
  const check = async (text: string, env = {}) =>
    run(['config', 'check'], { ...(await withRc(text)), env: { ...here().env, ...env } });

  test('config check gives no warning for a correct rc file', async () => {
    const { code, stdout } = await check(`instances: { ${lab()} }`);
    expect({ code, warnings: stdout.includes('warning') }).toEqual({ code: 0, warnings: false });
    expect(stdout).toContain('1 instance (lab)');
  });

  test.each([
    [
      'a secret in plain text',
      '{ product: octopus, url: "https://x.example", apiKey: hunter2 }',
      /apiKey is a secret in plain text/,
    ],
    ['a URL with plain http', '{ product: octopus, url: "http://x.example", apiKey: "env:LAB_KEY" }', /url is http/],
    [
      'a variable that is not set',
      '{ product: octopus, url: "https://x.example", apiKey: "env:NOT_SET" }',
      /NOT_SET, which holds apiKey of instance "x", is not set/,
    ],
    [
      'a file that does not exist',
      '{ product: octopus, url: "https://x.example", apiKey: "file:absent" }',
      /absent".* does not exist/,
    ],
  ])('config check warns about %s', async (_, instance, warning) => {
    const { code, stdout } = await check(`instances: { x: ${instance} }`);
    expect(code).toBe(0);
    expect(stdout).toMatch(warning);
    expect(stdout).not.toContain('hunter2');
  });

  test('config check does not run the command that prints a secret', async () => {
    const ran = here().path('ran');
    const command = `command:node -e "require('fs').writeFileSync('${ran}', '')"`;
    const instance = { product: 'octopus', url: 'https://x.example', apiKey: command };
    expect(await check(JSON.stringify({ instances: { x: instance } }))).toMatchObject({ code: 0 });
    await expect(stat(ran)).rejects.toThrow('ENOENT');
  });

  test.each([
    [
      'a product that no adapter knows',
      'instances: { x: { product: octopuss, url: "https://x.example" } }',
      /instances\.x\.product has no adapter; .*; did you mean "octopus"\?/,
    ],
    ['an unknown key', 'instanses: {}', /instanses is not a known key; did you mean "instances"\?/],
    ['an unknown nested key', 'http: { retrys: 3 }', /http\.retrys is not a known key; did you mean "retries"\?/],
    ['a value of the wrong type', 'keys: { recipients: age1 }', /keys\.recipients must be a list of public keys/],
    [
      'a default for a flag that can have none',
      'defaults: { noWait: true }',
      /defaults\.noWait is not a flag that can have a default/,
    ],
    ['a default of the wrong type', 'defaults: { project: 5 }', /defaults\.project must be a list of texts/],
    [
      'a setting that the product does not know',
      'instances: { x: { product: octopus, url: "https://x.example", apikey: "env:X" } }',
      /instances\.x\.apikey is not a known key; did you mean "apiKey"\?/,
    ],
    [
      'a default that names an unknown instance',
      'instances: { prod: { product: octopus, url: "https://x.example" } }\ndefaults: { to: prd }',
      /defaults\.to .*did you mean "prod"\?/,
    ],
    [
      'a default that is not a flag',
      'defaults: { ignoreMachnes: true }',
      /defaults\.ignoreMachnes is not a flag[^]*did you mean "ignoreMachines"\?/,
    ],
    [
      'a setting that the adapter does not know',
      'instances: { x: { product: octopus, url: "https://x.example", apiKey: "env:LAB_KEY", spce: Default } }',
      /instances\.x\.spce is not a known key; did you mean "space"\?/,
    ],
    [
      'an instance without credentials',
      'instances: { x: { product: octopus, url: "https://x.example" } }',
      /needs either an API key/,
    ],
    [
      'a wrong setting of an embedded instance',
      'instances: { x: { product: octopus, url: "embedded:./x", sample: everything } }',
      /instances\.x\.sample must be/,
    ],
    ['an adapter that was not allowed', 'adapters: [./absent.mjs]', /runs code .*\n.* migrator config trust/],
    ['invalid YAML and names its line', 'instances:\n  lab: {\n  prod: [', /not valid YAML at line \d+, column \d+/],
  ])('config check refuses %s', async (_, text, message) => {
    const { code, stdout, stderr } = await check(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('bug');
  });

  test('config check reports all problems at once, one per line', async () => {
    const { stderr } = await check('instanses: {}\nhttp: { retries: many }');
    expect(stderr).toMatch(/has 2 problems:\n {2}- line 1: instanses .*\n {2}- http\.retries .*\n/);
  });

  test('config check says where JSON is invalid, in any file that --config or MIGRATOR_CONFIG names', async () => {
    const json = await withRc('{ "instances": { "lab": } }', 'other.json');
    const { code, stderr } = await run(['config', 'check', '--config', 'other.json'], json);
    expect(code).toBe(2);
    expect(stderr).toMatch(/other\.json" is not valid JSON at line 1, column 25/);
    const env = { ...here().env, MIGRATOR_CONFIG: 'other.json' };
    expect((await run(['config', 'check'], { ...json, env })).stderr).toContain('other.json');
  });

  test('config check opens no connection', async () => {
    here().lab.faults.forgetRequests();
    await check(`instances: { ${lab()} }`);
    expect(here().lab.faults.requests()).toEqual([]);
  });
});

describe('an instance that is not in the rc file', () => {
  test('every command refuses an unknown instance and suggests the nearest name', async () => {
    for (const line of [
      ['inventory', '--from', 'prd'],
      ['doctor', 'prd'],
      ['package', 'list', '--from', 'prd'],
      ['import', 'x.tar', '--to', 'prd'],
      ['job', 'show', 'octopus:prd:ServerTasks-1'],
    ]) {
      const { code, stderr } = await run(line);
      expect({ line, code }).toEqual({ line, code: 2 });
      expect(stderr).toContain('no instance "prd"');
      expect(stderr).toContain('did you mean "prod"?');
    }
  });

  test('a command without --from names the missing flag and its default in the rc file', async () => {
    const { code, stderr } = await run(['inventory']);
    expect(code).toBe(2);
    expect(stderr).toContain('--from is missing');
    expect(stderr).toContain('defaults.from');
  });
});

describe('init --yes', () => {
  test('init --yes writes an rc file that is valid, that doctor accepts, and that an export works with', async () => {
    const cwd = here().path('starter');
    await mkdir(cwd);
    const at = { cwd };
    expect(await run(['init', '--yes'], at)).toMatchObject({ code: 0 });
    if (process.platform !== 'win32') expect((await stat(join(cwd, '.migratorrc.yaml'))).mode & 0o777).toBe(0o600);
    const checked = await run(['config', 'check', '--json'], at);
    expect(JSON.parse(checked.stdout)).toMatchObject({ instances: ['lab', 'prod'], warnings: [] });
    expect(await run(['doctor'], at)).toMatchObject({ code: 0, stdout: expect.not.stringContaining('FAIL') });
    // The default target in the new rc file is for imports: an export still writes a file.
    const exported = await run(
      ['partial-export', '--project', 'Web Shop', '--password', 'env:MOVE_PASSWORD', '-o', 'shop.tar'],
      at,
    );
    expect(exported).toMatchObject({ code: 0, stdout: expect.stringContaining('shop.tar') });
    expect(await run(['job', 'list'], at)).toMatchObject({ stdout: expect.stringMatching(/partial-export/) });
    expect(await run(['init', '--yes'], at)).toMatchObject({ code: 7 });
    expect(await run(['init', '--yes', '--force'], at)).toMatchObject({ code: 0 });
  });
});

describe('an adapter of a third party', () => {
  const acme = new URL('../../examples/custom-adapter/', import.meta.url);
  let at: { cwd: string; env: Readonly<Record<string, string | undefined>> };
  let close: () => Promise<void>;

  beforeAll(async () => {
    const { startAcme } = (await import(new URL('server.mjs', acme).href)) as {
      startAcme: (init: object) => Promise<{ url: string; close: () => Promise<void> }>;
    };
    const source = await startAcme({ token: 'token-of-here', projects: ['Web Shop', 'Billing'] });
    const target = await startAcme({ token: 'token-of-there' });
    const rc = await withRc(`adapters: ["${fileURLToPath(new URL('acme.mjs', acme))}"]
instances:
  here: { product: acme, url: "${source.url}", token: "env:HERE_TOKEN" }
  there: { product: acme, url: "${target.url}", token: "env:THERE_TOKEN" }
`);
    at = { ...rc, env: { ...here().env, HERE_TOKEN: 'token-of-here', THERE_TOKEN: 'token-of-there' } };
    expect(await here().binary(['config', 'trust'], at)).toMatchObject({ code: 0 });
    close = async () => {
      await source.close();
      await target.close();
    };
  });

  afterAll(() => close());

  const line = (...args: string[]) => here().binary(args, at);

  test('config check and doctor know a third-party adapter', async () => {
    const { code, stdout } = await line('config', 'check', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ instances: ['here', 'there'], warnings: [] });
    expect(await line('doctor')).toMatchObject({ code: 0, stdout: expect.stringContaining('acme 4.2') });
    const shown = await line('config', 'show');
    expect(shown.stdout).toContain('env:HERE_TOKEN');
  });

  test('a third-party adapter exports and imports, and gets its own option from the flag that it declares', async () => {
    const exported = await line(
      'partial-export',
      '--from',
      'here',
      '--project',
      'Web Shop',
      '--without-comments',
      '-o',
      'shop.tar',
    );
    expect(exported).toMatchObject({ code: 0 });
    expect(await line('package', 'open', 'shop.tar', '-o', 'opened')).toMatchObject({ code: 0 });
    expect(JSON.parse(await readFile(join(at.cwd, 'opened/native/projects.json'), 'utf8'))).toMatchObject({
      comments: false,
    });
    expect(await line('import', 'shop.tar', '--to', 'there')).toMatchObject({ code: 0 });
    expect((await line('inventory', '--from', 'there')).stdout).toContain('Web Shop');
    const moved = await line('migrate-project', 'Billing', '--from', 'here', '--to', 'there');
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining('through this machine') });
    const jobs = await line('job', 'list', '--from', 'there', '--json');
    const [{ handle }] = (JSON.parse(jobs.stdout) as { jobs: [{ handle: string }] }).jobs;
    expect(await line('job', 'log', handle)).toMatchObject({ code: 0, stdout: expect.stringContaining('imported') });
  });

  test('an error that the adapter throws keeps its code and is not reported as a bug', async () => {
    const missing = await line('partial-export', '--from', 'here', '--project', 'Nothing', '-o', 'none.tar');
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('Acme holds no project Nothing') });
    const refused = await here().binary(['doctor', 'here'], { ...at, env: { ...at.env, HERE_TOKEN: 'another' } });
    expect(refused.stdout).toContain('does not accept the credentials');
  });

  test('a missing facet, a flag of another product and a wrong --set each end with 2 and a reason', async () => {
    expect(await line('package', 'list', '--from', 'here')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('keeps no packages'),
    });
    expect(await line('partial-export', '--from', 'here', '--project', 'Billing', '--ignore-machines')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--ignore-machines is for Octopus Deploy, and this instance is acme'),
    });
    expect(await line('partial-export', '--from', 'here', '--project', 'Billing', '--set', 'comments')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--set is for adapters that declare no flags'),
    });
    expect(await run(['partial-export', '--from', 'lab', '--project', 'Billing', '--set', 'a=b'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--set is for adapters that declare no flags'),
    });
  });

  test.each([
    ['export const contract = 2;', /contract 2/],
    [
      "export const contract = 1, product = 'octopus', secretSettings = []; export const create = () => ({});",
      /built in/,
    ],
    ['export default 1;', /exports no contract/],
    ['throw new Error("no such luck");', /no such luck/],
    [undefined, /adapter "\.\/broken\.mjs" cannot be loaded/],
  ])('a module that is not an adapter is refused: %s', async (text, message) => {
    const rc = await withRc(
      'adapters: [./broken.mjs]\ninstances: { x: { product: broken, url: "http://localhost:1" } }',
    );
    if (text !== undefined) await writeFile(join(rc.cwd, 'broken.mjs'), text);
    expect(await here().binary(['config', 'trust'], rc)).toMatchObject({ code: 0 });
    const { code, stderr } = await here().binary(['inventory', '--from', 'x'], rc);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
