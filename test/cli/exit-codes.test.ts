import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { parseFault } from '../../src/emulators/index.ts';
import { sharedWorkshop } from '../support/command-line.ts';
import { linux, posix, testWith } from '../support/programs.ts';

const { here, run } = sharedWorkshop();
const password = ['--password', 'env:MOVE_PASSWORD'];
const exportTo = (file: string, ...more: string[]) => [
  ...['partial-export', '--from', 'lab', '--project', 'Billing', '-o', file],
  ...password,
  ...more,
];
const fault = (text: string) => here().lab.faults.add(parseFault(text));

beforeAll(async () => {
  expect(await run(exportTo('billing.tar'))).toMatchObject({ code: exitCodes.done });
});
afterEach(() => {
  here().lab.faults.clear();
  here().prod.faults.clear();
});

/** An rc file of its own beside the shared one. */
async function withRc(name: string, text: string): Promise<string[]> {
  await writeFile(here().path(name), text);
  return ['--config', name];
}

describe('each exit code is reached by', () => {
  test('1: a bug in an adapter, told as such', async () => {
    await writeFile(
      here().path('broken.mjs'),
      `export const contract = 1, product = 'broken', secretSettings = [];
export function create() { return { product, probe() { throw new TypeError('nothing to see'); }, inventory: { kinds: [] }, jobs: {} }; }`,
    );
    const rc = await withRc(
      'broken.yaml',
      'adapters: [./broken.mjs]\ninstances: { b: { product: broken, url: "http://localhost" } }',
    );
    const { code, stdout, stderr } = await run(['inventory', '--from', 'b', ...rc, '--json']);
    expect(code).toBe(exitCodes.bug);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'BUG', exitCode: 1, message: 'nothing to see' });
    expect(stderr).toContain('this is a bug in migrator');
  });

  test('2: a slip in the line, an rc file that is wrong, a thing that does not exist, a product that cannot', async () => {
    expect(await run(['import', '--to'])).toMatchObject({ code: exitCodes.usage });
    const rc = await withRc('wrong.yaml', 'instanses: {}');
    expect(await run(['doctor', ...rc])).toMatchObject({ code: exitCodes.usage });
    expect(await run(['job', 'show', 'octopus:lab:ServerTasks-999999'])).toMatchObject({ code: exitCodes.usage });
    expect(await run(['migrate-project', 'Billing', '--from', 'lab', '--to', 'prod', '--route', 'move'])).toMatchObject(
      {
        code: exitCodes.usage,
        stderr: expect.stringContaining('--route auto'),
      },
    );
  });

  test('3: a finished job whose log warns, and a doctor that finds one of two ill', async () => {
    const rc = await withRc(
      'half.yaml',
      `instances:
  lab: { product: octopus, url: "${here().lab.url}", apiKey: "env:LAB_KEY" }
  ill: { product: octopus, url: "http://127.0.0.1:9", apiKey: "env:LAB_KEY" }
http: { retries: 0 }`,
    );
    const { code, stdout } = await run(['doctor', ...rc]);
    expect(code).toBe(exitCodes.partial);
    expect(stdout).toContain('1 of 2 instances');
    fault('maintenance-stays-on');
    const exported = await run(exportTo('stays.tar', '--fresh'));
    expect(exported).toMatchObject({ code: exitCodes.partial, stderr: expect.stringContaining('maintenance') });
  });

  test('4: a key that the server does not know', async () => {
    const env = { ...here().env, LAB_KEY: 'API-0000000000000000000000000' };
    expect(await run(['inventory', '--from', 'lab'], { env })).toMatchObject({ code: exitCodes.refused });
  });

  test('5: nobody there, and an HTML page of somebody else', async () => {
    const nobody = await withRc(
      'nobody.yaml',
      'instances: { n: { product: octopus, url: "http://127.0.0.1:9", apiKey: x } }\nhttp: { retries: 0 }',
    );
    expect(await run(['inventory', '--from', 'n', ...nobody])).toMatchObject({ code: exitCodes.remote });
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end('<html>Welcome to the proxy</html>');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as { port: number };
    const proxy = await withRc(
      'proxy.yaml',
      `instances: { p: { product: octopus, url: "http://127.0.0.1:${port}", apiKey: x } }`,
    );
    expect(await run(['inventory', '--from', 'p', ...proxy])).toMatchObject({ code: exitCodes.remote });
    await new Promise((closed) => server.close(closed));
  });

  test('5: a connection that breaks when the job is done, with the way to go on', async () => {
    const text = `instances: { lab: { product: octopus, url: "${here().lab.url}", apiKey: "env:LAB_KEY" } }`;
    const rc = await withRc('breaks.yaml', `${text}\nhttp: { retries: 0 }`);
    fault('GET /api/packages/*/raw reset');
    const broken = await run(exportTo('broken.tar', ...rc));
    expect(broken.code).toBe(exitCodes.remote);
    expect(broken.stderr).toContain('run the same command again to go on from here');
    here().lab.faults.clear();
    expect(await run(exportTo('broken.tar', ...rc))).toMatchObject({ code: exitCodes.done });
  });

  test('6: a package that is damaged, one of a stranger, and one that no key here opens', async () => {
    await writeFile(here().path('torn.tar'), 'not a package at all');
    expect(await run(['package', 'verify', 'torn.tar'])).toMatchObject({ code: exitCodes.package });
    const stranger = { ...here().env, MIGRATOR_CONFIG_DIR: here().path('stranger') };
    const refused = await run(['import', 'billing.tar', '--to', 'prod', ...password], { env: stranger });
    expect(refused).toMatchObject({ code: exitCodes.package, stderr: expect.stringContaining('migrator key trust') });
    const locked = await run(['package', 'verify', 'billing.tar', '--allow-unsigned', '--content'], { env: stranger });
    expect(locked.code).toBe(exitCodes.package);
  });

  test('7: a file that exists, before the server is put to work', async () => {
    here().lab.faults.forgetRequests();
    expect(await run(exportTo('billing.tar'))).toMatchObject({ code: exitCodes.conflict });
    expect(
      here()
        .lab.faults.requests()
        .filter(({ method }) => method !== 'GET'),
    ).toEqual([]);
    expect(await run(exportTo('billing.tar', '--force'))).toMatchObject({ code: exitCodes.done });
  });

  test('2: a missing password, and a move to where the project is, before any server is asked to change something', async () => {
    const feed = () =>
      here()
        .prod.faults.requests()
        .filter(({ method }) => method !== 'GET');
    here().prod.faults.forgetRequests();
    const bare = await run(['import', 'billing.tar', '--to', 'prod']);
    expect(bare).toMatchObject({ code: exitCodes.usage, stderr: expect.stringContaining('--password') });
    expect(feed()).toEqual([]);
    const circular = await run(['migrate-project', 'Billing', '--from', 'prod', '--to', 'prod']);
    expect(circular).toMatchObject({ code: exitCodes.usage, stderr: expect.stringContaining('both name prod') });
    expect(feed()).toEqual([]);
    const unknown = await run(['migrate-project', 'No Such', '--from', 'lab', '--to', 'prod']);
    expect(unknown.code).toBe(exitCodes.usage);
    expect(unknown.stderr).not.toContain('create');
  });

  test('8: a job that failed on the server', async () => {
    const env = { ...here().env, MOVE_PASSWORD: 'another one' };
    const { code, stderr } = await run(['import', 'billing.tar', '--to', 'prod', ...password], { env });
    expect(code).toBe(exitCodes.jobFailed);
    expect(stderr).toContain('migrator job log octopus:prod:');
  });

  test('9: a deadline that passed', async () => {
    fault('stuck-queue');
    const { code, stderr } = await run(exportTo('late.tar', '--timeout', '50ms'));
    expect(code).toBe(exitCodes.stillRunning);
    expect(stderr).toMatch(/migrator job wait octopus:lab:/);
    expect(stderr).toContain('run the same command again to go on from here');
  });

  test('0 and 9 with the truth about an embedded instance, which nobody serves afterwards', async () => {
    const rc = await withRc('inside.yaml', 'instances: { box: { product: octopus, url: "embedded:./box", pace: 5s } }');
    const line = ['partial-export', '--from', 'box', '--project', 'Billing', ...password, ...rc];
    const started = await run([...line, '--no-wait']);
    expect(started).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/warning: octopus:box:\S+ runs on an embedded/),
    });
    const late = await run([...line, '--fresh', '--timeout', '1ms']);
    expect(late).toMatchObject({
      code: 9,
      stderr: expect.stringMatching(/octopus:box:\S+ runs on an embedded instance/),
    });
    expect(late.stderr).not.toContain('which goes on;');
    const silent = await run([...line, '--fresh', '--no-wait', '--quiet']);
    expect(silent).toMatchObject({ code: 0, stderr: '' });
  });

  for (const [what, line] of [
    ['a package for standard output', ['package', 'seal', 'billing.tar', '-o', '-']],
    ['a package from standard input', ['import', '-', '--to', 'prod']],
    ['a demonstration', ['demo']],
  ] as const) {
    testWith([posix], `10: no place for temporary files, for ${what}`, async () => {
      const env = { ...here().env, TMPDIR: here().path('absent') };
      const started = here().start(line, { env });
      started.child.stdin?.end('x');
      const { code, stderr } = await started.finished;
      expect({ code, stderr }).toEqual({
        code: exitCodes.localIo,
        stderr: expect.stringMatching(/temporary.*\n.*TMPDIR/u),
      });
    });
  }

  // Only there is a file that is always full.
  testWith([linux], '10: a result that could not be written', () => {
    const binary = fileURLToPath(new URL('../../bin/migrator.mjs', import.meta.url));
    const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${binary}" config schema > /dev/full`], {
      encoding: 'utf8',
    });
    expect(status).toBe(exitCodes.localIo);
    expect(stderr).toContain('standard output');
  });

  test('130: Ctrl-C, with the way to take the job up again', async () => {
    fault('stuck-queue');
    const started = here().start(exportTo('stopped.tar', '--fresh'));
    await started.seen(/ServerTasks-\d+/);
    started.child.kill('SIGINT');
    const { code, stderr } = await started.finished;
    expect(code).toBe(exitCodes.interrupted);
    expect(stderr).toMatch(/migrator job wait octopus:lab:ServerTasks-\d+/);
  });
});
