import { copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { systemRandom } from '../../src/cli/runtime.ts';
import { startEmulator } from '../../src/emulators/index.ts';
import { generateSigningKey, printPublicKey } from '../../src/package/index.ts';
import { words } from '../support/command-line.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';
import { everyCommand, examplesOf, program } from '../support/commands.ts';
import { libraries, requestOnly } from '../support/libraries.ts';
import { keyOf } from '../support/octopus-api.ts';
import { posix, testWith } from '../support/programs.ts';
import { startRedis } from '../support/redis-server.ts';
import { all } from '../support/sample.ts';
import { testIO } from '../support/test-io.ts';

// Each example in the help of a command runs in its own folder below the rc file. What an example names exists.
// `npm test` runs the first one of each command, without the demo, which starts the binary many times and is run by
// `npm run demo` too. `npm run prove` runs all.
const examples = everyCommand(await program()).flatMap(([path, command]) => {
  const name = path.join(' ');
  if (command.commands.length > 0 || (name === 'demo' && !all)) return [];
  return examplesOf(command)
    .slice(0, all ? undefined : 1)
    .map((line): [string, string] => [line, name]);
});

const { here, run } = sharedWorkshop({
  lab: { pace: 2 },
  rc: '  vault: { product: folder, url: "embedded:./vault" }\n',
});
const made = { id: 'Acme.Move', version: '1.0.0' };
let handle = '';

async function folderWith(...files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(here().path('example-'));
  for (const file of files) await copyFile(here().path(file), join(folder, file));
  return folder;
}

/** Runs a command as a person at a terminal does: each question gets the next answer. */
async function answered(line: readonly string[], folder: string, env: object, answers: readonly string[]) {
  const stdin = new PassThrough();
  const io = testIO({
    cwd: folder,
    env: { ...here().env, ...env },
    home: here().folder,
    stdin,
    stdinIsTTY: true,
    stderrIsTTY: true,
  });
  const left = [...answers];
  let seen = 0;
  const typist = setInterval(() => {
    if (io.err.length === seen || !/[\]:] $/u.test(io.err)) return;
    seen = io.err.length;
    stdin.write(`${left.shift() ?? ''}\n`);
  }, 5);
  try {
    return { code: await main(line, io), stdout: io.out, stderr: io.err };
  } finally {
    clearInterval(typist);
  }
}

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => found(port));
    });
  });
}

type Runner = (
  line: readonly string[],
  folder: string,
) => Promise<{ code: number | null; stdout: string; stderr: string }>;

const plainly: Runner = (line, folder) => run(line, { cwd: folder });
const withJob: Runner = (line, folder) =>
  plainly(
    line.map((word) => (word.includes('ServerTasks-') ? handle : word)),
    folder,
  );
const withKeys =
  (answers: readonly string[]): Runner =>
  (line, folder) =>
    answered(line, folder, { MIGRATOR_CONFIG_DIR: join(folder, 'config') }, answers);

/** A move between two Libraries that waits for its approval. */
async function requested(folder: string): Promise<string> {
  await writeFile(join(folder, '.migratorrc.yaml'), libraries);
  const asked = await run([...requestOnly, '--json'], { cwd: folder });
  return (JSON.parse(asked.stdout) as { readonly jobs: readonly string[] }).jobs[0]!;
}

const own = (line: readonly string[], job: string) =>
  line.map((word) => (word.startsWith('microstrategy:') ? job : word));

/** The same move after its approval and its import. */
async function moved(folder: string): Promise<string> {
  const move = await requested(folder);
  expect(await run(['job', 'approve', move], { cwd: folder })).toMatchObject({ code: 0 });
  expect(await run(['job', 'wait', move], { cwd: folder })).toMatchObject({ code: 0 });
  return move;
}

const ownPackage = (line: readonly string[], job: string) =>
  line.map((word) => (/^[0-9A-F]{32}$/u.test(word) ? (job.split(':')[2] ?? '') : word));

async function emulated(line: readonly string[], folder: string): ReturnType<Runner> {
  const port = String(await freePort());
  const started = here().start(
    line.map((word) => (word === '8065' ? port : word)),
    { cwd: folder },
  );
  const [, url = ''] = await started.seen(/runs at (\S+)/);
  const answer = await fetch(`${url}/api`);
  expect(answer.headers.get('content-type')).toContain('json');
  if (line.includes('8065')) expect(url).toContain(port);
  started.child.kill('SIGINT');
  return started.finished;
}

/** A worker that serves both instances, until it is stopped. The coordinator's line, if any, runs beside it. */
const withQueue =
  (coordinator?: Runner): Runner =>
  async (line, folder) => {
    const redis = await startRedis();
    const env = { ...here().env, QUEUE_URL: redis.url };
    const words = coordinator === undefined ? line : ['worker', '--queue', 'env:QUEUE_URL'];
    const worker = here().start(
      words.map((word) => (word.startsWith('redis://') ? redis.url : word)),
      { cwd: folder, env },
    );
    try {
      await worker.seen(/takes items from/u);
      const ended = await coordinator?.(
        line.map((word) => (word === 'env:QUEUE_URL' ? redis.url : word)),
        folder,
      );
      worker.child.kill('SIGINT');
      const stopped = await worker.finished;
      return ended ?? stopped;
    } finally {
      worker.child.kill('SIGKILL');
      await redis.close();
    }
  };

const withPlan: Runner = async (line, folder) => {
  const options = '{ skip-existing: true }';
  const plan = `from: lab\nto: prod\ndefaults: { options: ${options} }\nwaves: [{ name: shared, items: [Ledger Sync] }]\n`;
  await writeFile(join(folder, 'plan.yaml'), plan);
  return plainly(line, folder);
};

/** Commands whose examples need more than the rc file. */
const special: Readonly<Record<string, Runner>> = {
  import: async (line) => plainly(line, await folderWith('web-shop.tar')),
  'package inspect': async (line) => plainly(line, await folderWith('web-shop.tar')),
  // Two servers with different projects: they differ, and that is the answer.
  compare: async (line, folder) => {
    const compared = await plainly(line, folder);
    return compared.code === 3 ? { ...compared, code: 0 } : compared;
  },
  'package verify': async (line) => plainly(line, await folderWith('web-shop.tar')),
  'package open': async (line) => plainly(line, await folderWith('web-shop.tar')),
  'package upload': async (line) => plainly(line, await folderWith('web-shop.tar')),
  'package seal': async (line, folder) => {
    await mkdir(join(folder, 'handover'));
    await writeFile(join(folder, 'handover', 'note.txt'), 'for the night shift');
    await writeFile(join(folder, 'Acme.Move.1.0.0.zip'), 'an export of a server');
    return plainly(line, folder);
  },
  ...Object.fromEntries(['check', 'status', 'stop', 'report'].map((word) => [`wave ${word}`, withPlan])),
  'job show': withJob,
  'job wait': withJob,
  'job log': withJob,
  'job cancel': async (line, folder) => {
    const slow = await startEmulator('octopus', { directory: join(folder, 'slow'), pace: 500, sample: 'source' });
    try {
      await writeFile(
        join(folder, '.migratorrc.yaml'),
        `instances: { prod: { product: octopus, url: "${slow.url}", apiKey: "${keyOf(slow)}" } }`,
      );
      const env = { ...here().env, MIGRATOR_STATE_DIR: join(folder, 'state') };
      const exportOfOne = [
        'partial-export',
        '--from',
        'prod',
        '--project',
        'Billing',
        '--password',
        'env:MOVE_PASSWORD',
      ];
      const started = await run([...exportOfOne, '--no-wait', '--json'], { cwd: folder, env });
      const { handle: running } = JSON.parse(started.stdout) as { handle: string };
      const mine = line.map((word) => (word.includes('ServerTasks-') ? running : word));
      return line.includes('--yes') ? await plainly(mine, folder) : await answered(mine, folder, {}, ['yes']);
    } finally {
      await slow.close();
    }
  },
  'job approve': async (line, folder) => plainly(own(line, await requested(folder)), folder),
  'job reject': async (line, folder) => plainly(own(line, await requested(folder)), folder),
  'job undo': async (line, folder) => plainly(own(line, await moved(folder)), folder),
  'package certify': async (line, folder) => plainly(ownPackage(line, await moved(folder)), folder),
  'package edit': async (line, folder) => {
    const move = await requested(folder);
    expect(await run(['job', 'reject', move], { cwd: folder })).toMatchObject({ code: 0 });
    return plainly(ownPackage(line, move), folder);
  },
  'key generate': (line, folder) => withKeys(['a good passphrase', 'a good passphrase'])(line, folder),
  'key rotate': async (line, folder) => {
    await withKeys([])(['key', 'generate'], folder);
    return withKeys([])(line, folder);
  },
  'key untrust': async (line, folder) => {
    const key = String(generateSigningKey(systemRandom).publicKey);
    await withKeys([])(['key', 'trust', key, '--name', 'colleague'], folder);
    return withKeys([])(line, folder);
  },
  'key trust': async (line, folder) => {
    await writeFile(join(folder, 'colleague.pub'), printPublicKey(generateSigningKey(systemRandom).publicKey));
    return plainly(line, folder);
  },
  init: (line, folder) => withKeys(['', '', '', '', '', ''])(line, folder),
  demo: async (line, folder) => {
    // A user's own rc file and values of flags must not reach the steps.
    const own = { MIGRATOR_CONFIG: join(folder, 'absent.yaml'), MIGRATOR_VIA: 'migration-api', MIGRATOR_TO: 'absent' };
    const env = { ...here().env, ...own, TMPDIR: folder, TEMP: folder };
    const shown = await here().binary(line, { cwd: folder, env });
    const [byMigrationApi = '', byExportImport = ''] = shown.stderr.split('\n# 2. ');
    expect(byMigrationApi).toContain('by migration-api: the first choice, and it is possible');
    expect(byExportImport).toContain('by export-import: not by the Migration API: the target runs on Linux');
    expect(byExportImport).toContain('prod now has Web Shop and Billing. All 16 objects');
    expect(byExportImport).toContain('next now has Mobile API. All 16 objects');
    // The log of the server and the progress of the steps are shown on request.
    expect(shown.stderr).toMatch(/the server's log: migrator job log/u);
    expect(shown.stderr).not.toMatch(/reaching prod|No changes will be committed/u);
    return shown;
  },
  emulate: emulated,
  worker: withQueue(),
  'wave run': (line, folder) => (line.includes('--queue') ? withQueue(withPlan) : withPlan)(line, folder),
};

beforeAll(async () => {
  const sealed = (name: string, ...more: string[]) =>
    run(['partial-export', '--from', 'lab', '--project', 'Billing', '-o', name, ...more, '--json']);
  expect(await sealed('web-shop.tar')).toMatchObject({ code: 0 });
  const exported = await sealed(
    'run7.tar',
    '--password',
    'env:MOVE_PASSWORD',
    '--package-id',
    made.id,
    '--package-version',
    made.version,
  );
  expect(exported).toMatchObject({ code: 0 });
  ({ handle } = JSON.parse(exported.stdout) as { handle: string });
  expect(await run(['package', 'upload', 'run7.tar', '--to', 'prod'])).toMatchObject({ code: 0 });
  const shop = ['--package-id', 'Acme.Shop', '--package-version', '1.0.0'];
  expect(await sealed('shop.tar', ...shop)).toMatchObject({ code: 0 });
  expect(await run(['package', 'upload', 'shop.tar', '--to', 'vault'])).toMatchObject({ code: 0 });
});

describe('examples in the help', () => {
  for (const [line, path] of examples) {
    const needs = line.includes('--queue') ? [posix, 'redis-server'] : [];
    testWith(needs, `the example succeeds and prints a result: ${line}`, async () => {
      // The shell handles what follows a ">".
      const [command = ''] = line.split(' > ');
      const folder = await folderWith();
      const { code, stdout, stderr } = await (special[path] ?? plainly)(words(command).slice(1), folder);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toBe('');
    });
  }
});
