import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { parseFault } from '../../src/emulators/index.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';
import { linux, posix, run as spawned, testWith } from '../support/programs.ts';

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

/** Writes an rc file beside the shared one, and returns the flags that select it. */
async function withRc(name: string, text: string): Promise<string[]> {
  await writeFile(here().path(name), text);
  return ['--config', name];
}

/** Runs a line of the shell in the workshop. `$MIGRATOR` is the binary. It is killed after a minute. */
function inShell(line: string) {
  const binary = fileURLToPath(new URL('../../bin/migrator.mjs', import.meta.url));
  const env = { ...process.env, ...here().env, MIGRATOR: `${process.execPath} ${binary}` };
  const options = { cwd: here().path('.'), env, encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' } as const;
  return spawnSync('sh', ['-c', line], options);
}

describe('exit codes', () => {
  test('a bug in an adapter ends with 1 and is reported as a bug', async () => {
    await writeFile(
      here().path('broken.mjs'),
      `export const contract = 1, product = 'broken', secretSettings = [];
export function create() { return { product, probe() { throw new TypeError('nothing to see'); }, inventory: { kinds: [] }, jobs: {} }; }`,
    );
    const rc = await withRc(
      'broken.yaml',
      'adapters: [./broken.mjs]\ninstances: { b: { product: broken, url: "http://localhost" } }',
    );
    expect(await run(['config', 'trust', ...rc])).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await run(['inventory', '--from', 'b', ...rc, '--json']);
    expect(code).toBe(exitCodes.bug);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'BUG', exitCode: 1, message: 'nothing to see' });
    expect(stderr).toContain('this is a bug in migrator');
  });

  test('a wrong command line, a wrong rc file, an unknown job and an unsupported route end with 2', async () => {
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

  test('a job with a warning in its log, and a doctor that finds one of two instances broken, end with 3', async () => {
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

  test('a key that the server does not know ends with 4', async () => {
    const env = { ...here().env, LAB_KEY: 'API-0000000000000000000000000' };
    expect(await run(['inventory', '--from', 'lab'], { env })).toMatchObject({ code: exitCodes.refused });
  });

  test('a server that cannot be reached, and an HTML page from another server, end with 5', async () => {
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

  test('a connection that breaks after the job is done ends with 5 and says how to continue', async () => {
    const text = `instances: { lab: { product: octopus, url: "${here().lab.url}", apiKey: "env:LAB_KEY" } }`;
    const rc = await withRc('breaks.yaml', `${text}\nhttp: { retries: 0 }`);
    fault('GET /api/packages/*/raw reset');
    const broken = await run(exportTo('broken.tar', ...rc));
    expect(broken.code).toBe(exitCodes.remote);
    expect(broken.stderr).toContain('to resume, run the same command again');
    here().lab.faults.clear();
    expect(await run(exportTo('broken.tar', ...rc))).toMatchObject({ code: exitCodes.done });
  });

  test('a damaged package, one of an unknown signer, and one that no local key opens end with 6', async () => {
    await writeFile(here().path('torn.tar'), 'not a package at all');
    expect(await run(['package', 'verify', 'torn.tar'])).toMatchObject({ code: exitCodes.package });
    const stranger = { ...here().env, MIGRATOR_CONFIG_DIR: here().path('stranger') };
    const refused = await run(['import', 'billing.tar', '--to', 'prod', ...password], { env: stranger });
    expect(refused).toMatchObject({ code: exitCodes.package, stderr: expect.stringContaining('migrator key trust') });
    const locked = await run(['package', 'verify', 'billing.tar', '--allow-unknown-signer', '--content'], {
      env: stranger,
    });
    expect(locked.code).toBe(exitCodes.package);
  });

  test('an output file that exists ends with 7 before the server starts any work', async () => {
    here().lab.faults.forgetRequests();
    expect(await run(exportTo('billing.tar'))).toMatchObject({ code: exitCodes.conflict });
    expect(
      here()
        .lab.faults.requests()
        .filter(({ method }) => method !== 'GET'),
    ).toEqual([]);
    expect(await run(exportTo('billing.tar', '--force'))).toMatchObject({ code: exitCodes.done });
  });

  test('a missing password and a move to the same instance end with 2 before a server changes anything', async () => {
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
    expect(unknown.stderr).not.toContain(': create');
  });

  test('a job that failed on the server ends with 8', async () => {
    const env = { ...here().env, MOVE_PASSWORD: 'another one' };
    const { code, stderr } = await run(['import', 'billing.tar', '--to', 'prod', ...password], { env });
    expect(code).toBe(exitCodes.jobFailed);
    expect(stderr).toContain('migrator job log octopus:prod:');
  });

  test('a wait that reaches its deadline ends with 9', async () => {
    fault('stuck-queue');
    const { code, stderr } = await run(exportTo('late.tar', '--timeout', '50ms'));
    expect(code).toBe(exitCodes.stillRunning);
    expect(stderr).toMatch(/migrator job wait octopus:lab:/);
    expect(stderr).toContain('to resume, run the same command again');
  });

  test('an unfinished job on an embedded instance ends with 0 or 9 and a warning about that instance', async () => {
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
    expect(late.stderr).not.toContain('which continues on the server;');
    const silent = await run([...line, '--fresh', '--no-wait', '--quiet']);
    expect(silent).toMatchObject({ code: 0, stderr: '' });
  });

  for (const [what, line] of [
    ['a package for standard output', ['package', 'seal', 'billing.tar', '-o', '-']],
    ['a package from standard input', ['import', '-', '--to', 'prod']],
    ['a demonstration', ['demo']],
  ] as const) {
    testWith([posix], `${what} ends with 10 when there is no folder for temporary files`, async () => {
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

  // Only Linux has a file that is always full.
  testWith([linux], 'a result that could not be written ends with 10', () => {
    const binary = fileURLToPath(new URL('../../bin/migrator.mjs', import.meta.url));
    for (const words of ['config schema', '--version']) {
      const { status, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${binary}" ${words} > /dev/full`], {
        encoding: 'utf8',
      });
      expect(status).toBe(exitCodes.localIo);
      expect(stderr).toContain('standard output');
    }
  });

  testWith([linux], 'a working folder that was deleted ends with 10', () => {
    const { status, stdout, stderr } = inShell(
      'mkdir gone && cd gone && rmdir ../gone && $MIGRATOR config check --json',
    );
    expect({ status, stderr, document: JSON.parse(stdout) as unknown }).toMatchObject({
      status: exitCodes.localIo,
      stderr: expect.stringContaining('working folder does not exist'),
      document: { document: 'migrator/error/1', code: 'LOCAL_IO', exitCode: exitCodes.localIo },
    });
  });

  testWith([linux], 'too few open files end with 10, and the hint says how to raise the limit', () => {
    // The limits are too low for the first module, and for those of the command.
    for (const limit of [24, 40, 80]) {
      const { status, stderr, signal } = inShell(`ulimit -n ${String(limit)}; exec $MIGRATOR doctor`);
      expect({ limit, status, stderr, signal }).toEqual({
        limit,
        status: exitCodes.localIo,
        stderr: expect.stringMatching(/too many (open files|files are open)[^]*hint: raise the limit of open files/u),
        signal: null,
      });
    }
  });

  testWith(
    [linux],
    'an rc file that cannot be written ends init with 10, leaves nothing and stops no second try',
    () => {
      const limited = inShell('mkdir -p small && cd small && trap "" XFSZ && ulimit -f 0 && exec $MIGRATOR init --yes');
      expect(limited).toMatchObject({
        status: exitCodes.localIo,
        stderr: expect.stringContaining('.migratorrc.yaml": the file system does not take files of this size'),
      });
      expect(inShell('ls -A small').stdout).toBe('');
      expect(inShell('cd small && exec $MIGRATOR init --yes')).toMatchObject({ status: 0 });
    },
  );

  test('a home folder that is none holds no rc file, and a key that is needed there ends with 10', async () => {
    const env = { ...here().env, HOME: '/dev/null', MIGRATOR_CONFIG_DIR: here().path('is-a-file/x') };
    await writeFile(here().path('is-a-file'), '');
    await mkdir(here().path('bare'), { recursive: true });
    await writeFile(here().path('bare/note.txt'), 'x');
    const { code, stderr } = await run(['package', 'seal', 'note.txt'], { cwd: here().path('bare'), env });
    expect({ code, stderr }).toEqual({ code: exitCodes.localIo, stderr: expect.stringContaining('is not a folder') });
  });

  test('Ctrl-C ends with 130 and says how to wait for the job', async () => {
    fault('stuck-queue');
    const started = here().start(exportTo('stopped.tar', '--fresh'));
    await started.seen(/ServerTasks-\d+/);
    started.child.kill('SIGINT');
    const { code, stderr } = await started.finished;
    expect(code).toBe(exitCodes.interrupted);
    expect(stderr).toMatch(/migrator job wait octopus:lab:ServerTasks-\d+/);
  });

  testWith([posix, 'mkfifo'], 'a second signal ends a run that waits for a pipe', async () => {
    spawned('mkfifo', ['pipe'], { cwd: here().folder });
    const started = here().start(['key', 'generate', '-o', 'piped', '--passphrase', 'file:pipe']);
    await new Promise((wait) => setTimeout(wait, 1500));
    started.child.kill('SIGINT');
    await started.seen(/press Ctrl-C again/u);
    started.child.kill('SIGTERM');
    await once(started.child, 'exit');
    // A shell shows both as 130.
    expect(started.child.exitCode ?? started.child.signalCode).toBe('SIGINT');
  });
});
