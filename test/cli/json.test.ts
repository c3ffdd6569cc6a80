import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { progressEvent } from '../../src/cli/commands/config/progress-event.ts';
import { parseFault } from '../../src/emulators/index.ts';
import { manifestSchema } from '../../src/package/index.ts';
import type { Ended } from '../support/command-line.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';
import { documents, documentSchema } from '../support/documents.ts';
import { libraries, requestOnly } from '../support/libraries.ts';
import { has, testWith } from '../support/programs.ts';
import { startRedis } from '../support/redis-server.ts';

const { here, run } = sharedWorkshop();
const password = ['--password', 'env:MOVE_PASSWORD'];
const exportOf = (project: string, ...more: string[]) => [
  ...['partial-export', '--from', 'lab', '--project', project],
  ...password,
  ...more,
];
const proven = new Set<string>();
const printed = new Map<string, z.ZodType>();

/** Reads back the schema that `config schema` prints. */
async function published(name: string): Promise<z.ZodType> {
  const known = printed.get(name);
  if (known !== undefined) return known;
  const { code, stdout } = await run(['config', 'schema', name]);
  expect(code).toBe(0);
  const schema = z.fromJSONSchema(JSON.parse(stdout) as Parameters<typeof z.fromJSONSchema>[0]);
  printed.set(name, schema);
  return schema;
}

/** Checks that stdout is exactly one JSON document, which fits the schema in the code and the published one. */
async function document<T>(name: string, { stdout, stderr }: Ended): Promise<T> {
  expect(`${stdout}${stderr}`).not.toContain('\u001b');
  expect(stdout.endsWith('}\n')).toBe(true);
  const value: unknown = JSON.parse(stdout);
  expect(documentSchema(name).safeParse(value).error).toBeUndefined();
  expect((await published(name)).safeParse(value).error).toBeUndefined();
  proven.add(name);
  return value as T;
}

async function done<T>(name: string, ...args: string[]): Promise<T> {
  const ended = await run([...args, '--json', '--quiet']);
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
  return document<T>(name, ended);
}

let handle = '';
/** The part of a handle of Octopus Deploy that is printed. */
const shortOf = (whole: string): string => whole.replace(/\/.*$/, '');

beforeAll(async () => {
  await writeFile(here().path('note.txt'), 'for the night shift');
  await writeFile(here().path('code.mjs'), 'throw new Error("it ran");');
});

describe('documents that --json prints', () => {
  test('partial-export prints a valid document for a file, for a feed, and without waiting', async () => {
    const exported = await done<{ handle: string; file: string }>(
      'partial-export',
      ...exportOf('Billing', '-o', 'billing.tar', '--package-version', '1.0.0-json'),
    );
    expect(exported.file).toBe('billing.tar');
    ({ handle } = exported);
    await done('partial-export', ...exportOf('Billing', '--to', 'prod', '--package-version', '1.0.0-pushed'));
    const started = await done<{ outcome: string }>('partial-export', ...exportOf('Web Shop', '--no-wait'));
    expect(started.outcome).toBe('started');
  });

  test('import prints a valid document for a dry run, for a real import, and without waiting', async () => {
    const plan = await done<{ log: unknown[]; plan: unknown[] }>(
      'import',
      ...['import', 'billing.tar', '--to', 'prod', '--dry-run', '--log', ...password],
    );
    expect(plan.log.length).toBeGreaterThan(0);
    await done('import', 'import', 'billing.tar', '--to', 'prod', ...password);
    await done('import', 'import', 'Octopus.Space.Migration@1.0.0-pushed', '--to', 'prod', ...password, '--no-wait');
  });

  test.each(['push', 'relay'])('migrate-project prints a valid document for the route %s', async (route) => {
    const moved = await done<{ route: string }>(
      'migrate-project',
      ...['migrate-project', 'Mobile API', '--from', 'lab', '--to', 'prod', '--route', route],
    );
    expect(moved.route).toBe(route);
  });

  test('wave init, check, run, status, stop and report print valid documents', async () => {
    const projects = ['--match', 'Ledger*'];
    await done('wave-init', 'wave', 'init', '--from', 'lab', '--to', 'prod', ...projects, '-o', 'plan.yaml');
    await writeFile(
      here().path('plan.yaml'),
      'from: lab\nto: prod\nwaves: [{ name: a, items: [Ledger Sync, { project: gone, owner: us }, { project: x, needs: [gone] }] }]\n',
    );
    const item = ['--item', 'Ledger Sync'];
    await done('wave-check', 'wave', 'check', 'plan.yaml', ...item);
    await done('wave-run', 'wave', 'run', 'plan.yaml', '--dry-run');
    await done('wave-run', 'wave', 'run', 'plan.yaml', ...item);
    const failed = await run(['wave', 'run', 'plan.yaml', '--yes', '--json', '--quiet', '--report', 'run.json']);
    expect(failed.code).toBe(2);
    const { items } = await document<{ items: { state: string }[] }>('wave-run', failed);
    expect(items.map(({ state }) => state)).toEqual(['done', 'failed', 'skipped']);
    const written = await readFile(here().path('run.json'), 'utf8');
    const report = await document<{
      outcome: string;
      wave: { items: { state: string; run?: { jobs: { kind: string }[] } }[] };
    }>('report', { code: 2, stdout: written, stderr: '' });
    expect(report).toMatchObject({ outcome: 'failed', wave: { items: [{ state: 'done' }, { state: 'failed' }, {}] } });
    expect(report.wave.items[0]?.run?.jobs).toEqual([
      expect.objectContaining({ kind: 'export', instance: 'lab' }),
      expect.objectContaining({ kind: 'import', instance: 'prod', state: 'succeeded' }),
    ]);
    for (const form of ['html', 'md', 'xml'])
      expect(await run(['wave', 'report', 'plan.yaml', '-o', `run.${form}`])).toMatchObject({ code: 0 });
    expect(await readFile(here().path('run.md'), 'utf8')).toContain('Ledger Sync');
    await done('wave-status', 'wave', 'status', 'plan.yaml');
    await done('wave-stop', 'wave', 'stop', 'plan.yaml');
    await done('wave-report', 'wave', 'report', 'plan.yaml', '-o', 'run.json');
  });

  testWith(['redis-server'], 'a worker, and a wave that it does, print valid documents', async () => {
    const redis = await startRedis();
    const queue = ['--queue', redis.url];
    await writeFile(here().path('queued.yaml'), 'from: lab\nto: prod\nwaves: [{ name: a, items: [Search] }]\n');
    const worker = here().start(['worker', ...queue, '--json'], { cwd: here().folder });
    try {
      await worker.seen(/takes items/u);
      await done('wave-run', 'wave', 'run', 'queued.yaml', ...queue, '--yes');
      const { items, workers } = await done<{ items: unknown[]; workers: unknown[] }>(
        'wave-status',
        ...['wave', 'status', 'queued.yaml', ...queue],
      );
      expect(items).toMatchObject([{ state: 'done', attempt: expect.any(String), host: expect.any(String) }]);
      expect(workers).toMatchObject([{ serves: ['lab', 'prod'], concurrency: 2, items: [] }]);
      worker.child.kill('SIGTERM');
      const ended = await worker.finished;
      expect(ended).toMatchObject({ code: 0 });
      expect(await document('worker', { ...ended, code: 0 })).toMatchObject({ serves: ['lab', 'prod'], items: 1 });
    } finally {
      worker.child.kill('SIGKILL');
      await redis.close();
    }
  });

  test('compare prints a valid document', async () => {
    const compared = await done<{ equal: number; differences: unknown[]; blind: string[] }>(
      'compare',
      ...['compare', '--from', 'lab', '--to', 'lab', '--project', 'Mobile API'],
    );
    expect(compared).toMatchObject({ differences: [], equal: expect.any(Number) });
    expect(compared.blind.length).toBeGreaterThan(0);
  });

  test('inventory prints a valid document', async () => {
    const { items } = await done<{ items: { kind: string; name: string }[] }>(
      'inventory',
      ...['inventory', '--from', 'prod', '--all'],
    );
    expect(items).toContainEqual(expect.objectContaining({ kind: 'project', name: 'Billing' }));
  });

  test('package list, upload, download and delete print valid documents', async () => {
    const ref = 'Octopus.Space.Migration@1.0.0-json';
    await done('package-list', 'package', 'list', '--from', 'prod');
    await done('package-upload', 'package', 'upload', 'billing.tar', '--to', 'prod', '--on-conflict', 'keep');
    await done('package-download', 'package', 'download', ref, '--from', 'lab', '-o', 'again.tar');
    await done('package-download', 'package', 'download', ref, '--from', 'lab', '--raw', '-o', 'again.zip');
    expect(await done('package-delete', 'package', 'delete', ref, '--from', 'prod', '--yes')).toMatchObject({
      results: [{ instance: 'prod', result: 'deleted' }],
    });
    // The name may be a typing error, so nothing deleted is no success.
    expect(await run(['package', 'delete', ref, '--from', 'prod', '--yes'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`there is no package ${ref} on prod; nothing was deleted`),
    });
  });

  test('package seal, inspect, verify and open print valid documents', async () => {
    await done('package-seal', 'package', 'seal', 'note.txt', '-o', 'note.tar');
    const { manifest } = await done<{ manifest: unknown }>('package-inspect', 'package', 'inspect', 'note.tar');
    expect((await published('manifest')).safeParse(manifest).success).toBe(true);
    expect(manifestSchema.safeParse(manifest).success).toBe(true);
    await done('package-inspect', 'package', 'inspect', 'billing.tar');
    await done('package-verify', 'package', 'verify', 'note.tar', '--content', '--report', 'report.json');
    const report = await readFile(here().path('report.json'), 'utf8');
    await document('report', { code: 0, stdout: report, stderr: '' });
    expect(await done('package-open', 'package', 'open', 'note.tar', '-o', 'opened')).toMatchObject({
      files: ['note.txt'],
    });
  });

  test('job list, show, wait and log print valid documents', async () => {
    expect(await done('job-list', 'job', 'list', '--from', 'lab')).toMatchObject({
      // The list does not know which package a job made.
      jobs: expect.arrayContaining([expect.objectContaining({ handle: shortOf(handle), state: 'succeeded' })]),
    });
    expect(await done('run-list', 'job', 'list')).toMatchObject({
      runs: expect.arrayContaining([expect.objectContaining({ verb: 'partial-export', jobs: [shortOf(handle)] })]),
    });
    expect(await done('job-show', 'job', 'show', handle)).toMatchObject({
      handle: shortOf(handle),
      status: { state: 'succeeded' },
      run: { verb: 'partial-export', from: 'lab', state: 'done' },
    });
    const { runs } = await done<{ runs: { verb: string; dryRun: boolean; package?: string; jobs: string[] }[] }>(
      'run-list',
      ...['job', 'list', '--limit', '100'],
    );
    const imported = runs.find((one) => one.verb === 'import' && !one.dryRun && one.package === 'billing.tar');
    expect(await done('job-show', 'job', 'show', imported?.jobs[0] ?? '')).toMatchObject({
      run: { verb: 'import', signer: expect.stringMatching(/^[0-9A-F]{16}$/u), signerName: 'your own key' },
    });
    expect(await done('job-wait', 'job', 'wait', handle)).toMatchObject({ handle: shortOf(handle), outcome: 'done' });
    const { log } = await done<{ log: unknown[] }>('job-log', 'job', 'log', handle);
    expect(log).not.toEqual([]);
  });

  test('job cancel prints a valid document', async () => {
    here().lab.faults.add(parseFault('stuck-queue'));
    try {
      const { handle: stuck } = await done<{ handle: string }>(
        'partial-export',
        ...exportOf('Web Shop', '--no-wait', '--fresh'),
      );
      expect(await done('job-cancel', 'job', 'cancel', stuck, '--yes')).toMatchObject({
        handle: shortOf(stuck),
        status: { state: 'cancelled' },
      });
    } finally {
      here().lab.faults.clear();
    }
  });

  test('key generate, show, list, trust, untrust and rotate print valid documents', async () => {
    const made = await done<{ signing: { publicKey: string } }>('key-generate', 'key', 'generate', '-o', 'keys');
    const { publicKey } = made.signing;
    expect(await done('key-trust', 'key', 'trust', publicKey, '--name', 'other')).toMatchObject({ name: 'other' });
    expect(await done('key-show', 'key', 'show')).toMatchObject({
      trusted: expect.arrayContaining([expect.objectContaining({ publicKey })]),
    });
    expect(await done('key-list', 'key', 'list')).toMatchObject({ trusted: [{ publicKey, name: 'other' }] });
    expect(await done('key-untrust', 'key', 'untrust', 'other')).toMatchObject({ removed: [{ name: 'other' }] });
    // They exist when other tests ran before.
    await run(['key', 'generate']);
    expect(await done('key-rotate', 'key', 'rotate')).toMatchObject({ finished: false });
  });

  test('config show, check, trust and schema list print valid documents', async () => {
    await done('config-show', 'config', 'show');
    await done('config-check', 'config', 'check');
    await done('config-trust', 'config', 'trust', '--show');
    const { names } = await done<{ names: string[] }>('schema-list', 'config', 'schema', 'list');
    for (const name of names) await published(name);
    expect(names).toEqual(expect.arrayContaining([...documents.names, 'config', 'manifest', 'progress']));
  });

  test('help and version print valid documents', async () => {
    expect(await done('help', 'help', 'exit-codes')).toMatchObject({ words: ['exit-codes'] });
    expect(await done('version', 'version')).toMatchObject({ node: process.versions.node });
  });

  test('init, adapter new, doctor, completion and the list of faults print valid documents', async () => {
    const folder = here().path('fresh');
    await mkdir(folder);
    const ended = await run(['init', '--yes', '--json'], { cwd: folder });
    expect(ended.code).toBe(0);
    await document('init', ended);
    await document('adapter-new', await run(['adapter', 'new', 'acme', '--json'], { cwd: folder }));
    await done('doctor', 'doctor');
    await done('completion', 'completion', 'zsh');
    await done('fault-list', 'emulate', 'octopus', '--fault', 'list');
  });

  test('job approve, reject and undo, and package edit and certify, print valid documents', async () => {
    const rc = ['--config', 'libraries.yaml'];
    await writeFile(here().path('libraries.yaml'), libraries);
    const request = async (): Promise<string> => {
      const asked = await done<{ jobs: string[]; waitingFor: string }>(
        'migrate-project',
        ...requestOnly,
        '--fresh',
        ...rc,
      );
      expect(asked.waitingFor).toMatch(/administrator/);
      return asked.jobs[0]!;
    };
    const refused = await request();
    expect(await done('job-reject', 'job', 'reject', refused, ...rc)).toMatchObject({ handle: refused });
    const rejected = refused.split(':')[2]!;
    const edit = ['package', 'edit', rejected, '--at', 'dev', ...rc];
    expect(await done('package-edit', ...edit, '--name', 'again')).toMatchObject({ outcome: 'done' });
    expect(
      await done('package-certify', 'package', 'certify', rejected, '--at', 'dev', '--status', 'requested', ...rc),
    ).toMatchObject({ results: [{ instance: 'dev', status: 'requested' }] });
    // An embedded Library stops with the command, and so does its work.
    expect(await done('package-edit', ...edit, '--default-action', 'replace', '--no-wait')).toMatchObject({
      outcome: 'started',
    });
    const agreed = await request();
    await done('job-approve', 'job', 'approve', agreed, ...rc);
    await done('job-wait', 'job', 'wait', agreed, ...rc);
    expect(await done('job-undo', 'job', 'undo', agreed, '--yes', ...rc)).toMatchObject({ outcome: 'done' });
  });

  test('emulate prints a valid document', async () => {
    const started = here().start(['emulate', 'octopus', '--data', 'emulated', '--json']);
    await started.seen(/\n\}\n/);
    started.child.kill('SIGTERM');
    const { code, stdout, stderr } = await started.finished;
    expect(code).toBe(0);
    await document('emulate', { code: 0, stdout, stderr });
  });

  test('emulate prints an instance for the rc file that refers to the key and does not show it', async () => {
    const env = { ...here().env, OWN_KEY: 'API-OWNKEYOFTHEADMINISTRATOR1' };
    const started = here().start(['emulate', 'octopus', '--data', 'own-key', '--api-key', 'env:OWN_KEY'], { env });
    await started.seen(/Ctrl-C stops the instance/);
    started.child.kill('SIGTERM');
    const { stdout } = await started.finished;
    expect(stdout).toMatch(/own-key: \{ product: "octopus", url: "\S+", apiKey: "env:OWN_KEY" \}/);
    expect(stdout).not.toContain(env.OWN_KEY);
  });

  test.each([
    ['an unknown flag', 2, 'USAGE', ['import', '--no-such-flag']],
    ['an unknown command', 2, 'USAGE', ['pakage']],
    ['a line without a command', 2, 'USAGE', []],
    ['a group without a command', 2, 'USAGE', ['package']],
    ['a missing argument', 2, 'USAGE', ['job', 'show']],
    ['an unknown instance', 2, 'CONFIG_INVALID', ['doctor', 'labb']],
    ['a missing rc file', 2, 'CONFIG_INVALID', ['doctor', '--config', 'absent.yaml']],
    ['code that was not allowed', 2, 'CONFIG_UNTRUSTED', ['doctor', '--config', 'code.mjs']],
    ['a missing project', 2, 'NOT_FOUND', exportOf('No such project')],
    ['a file that is not a package', 6, 'PACKAGE_MALFORMED', ['package', 'verify', 'note.txt']],
    ['an output that exists', 7, 'CONFLICT', ['package', 'seal', 'note.txt', '-o', 'note.tar']],
    ['a product without certificates', 2, 'UNSUPPORTED', ['package', 'certify', 'A@1.0.0', '--at', 'prod']],
    [
      'a product that edits no packages',
      2,
      'UNSUPPORTED',
      ['package', 'edit', 'A@1.0.0', '--at', 'prod', '--name', 'B'],
    ],
    ['a question without a terminal', 2, 'USAGE', ['init', '--force']],
  ])('%s prints a valid error document', async (_, code, name, args) => {
    const ended = await run([...args, '--json']);
    expect(ended.code).toBe(code);
    const error = await document<{ code: string; exitCode: number; message: string }>('error', ended);
    expect(error).toMatchObject({ code: name, exitCode: code });
    expect(ended.stderr).toContain(`migrator: error: ${error.message.split('\n')[0]!}`);
  });

  test('the tests above print every document, except that of the demo, which runs with the examples', () => {
    expect(documents.names.filter((name) => !proven.has(name))).toEqual([
      'demo',
      'demo-waves',
      ...(has('redis-server') ? [] : ['worker']),
    ]);
  });
});

describe('--progress json', () => {
  const events = async (stderr: string): Promise<{ type: string }[]> => {
    const schema = await published('progress');
    return stderr
      .trimEnd()
      .split('\n')
      .map((line) => {
        const value: unknown = JSON.parse(line);
        expect(progressEvent.safeParse(value).error).toBeUndefined();
        expect(schema.safeParse(value).error).toBeUndefined();
        return value as { type: string };
      });
  };

  test('--progress json makes every line of stderr an event and leaves the result on stdout', async () => {
    const ended = await run([...exportOf('Billing', '-o', 'progress.tar', '--debug'), '--progress', 'json']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('exported "Billing" from lab');
    const types = new Set((await events(ended.stderr)).map(({ type }) => type));
    expect([...types].sort()).toEqual(expect.arrayContaining(['bytes', 'debug', 'job', 'notice', 'phase']));
  });

  test.each([
    [['--progress', 'json'], {}],
    [['--progress=json'], {}],
    [[], { MIGRATOR_PROGRESS: 'json' }],
  ])('an error is an event too with the flags %j and the variables %j', async (flags, env) => {
    for (const args of [exportOf('No such project'), ['package', 'nothing'], ['init', '--force']]) {
      const { code, stderr } = await run([...args, ...flags], { env: { ...here().env, ...env } });
      expect(code).toBe(2);
      expect((await events(stderr)).at(-1)).toMatchObject({ type: 'error', exitCode: 2 });
    }
  });
});

describe('output to a pipe', () => {
  const works = ['partial-export', '--from', 'lab', '--project', 'Billing', ...password];

  test('--quiet leaves stderr empty and stdout unchanged, and errors are still printed', async () => {
    const { code, stdout, stderr } = await run([...works, '-o', 'quiet.tar', '--quiet']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('quiet.tar');
    expect(await run([...works, '-o', 'quiet.tar', '-q'])).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('quiet.tar'),
    });
  });

  test('MIGRATOR_QUIET and MIGRATOR_JSON do the same as the flags --quiet and --json', async () => {
    const env = { ...here().env, MIGRATOR_QUIET: '1', MIGRATOR_JSON: '1' };
    const ended = await run([...works, '-o', 'quiet2.tar'], { env });
    expect(ended.stderr).toBe('');
    await document('partial-export', ended);
  });

  test.each([{}, { NO_COLOR: '1' }, { CI: 'true' }, { FORCE_COLOR: '3' }])(
    'the output has no escape codes with the variables %j',
    async (more) => {
      const env = { ...here().env, ...more };
      const { code, stdout, stderr } = await here().binary(['doctor', '--debug'], { env });
      expect(code).toBe(0);
      expect(`${stdout}${stderr}`).not.toContain('\u001b');
      expect(stderr).not.toBe('');
    },
  );

  test('a command that would ask a question ends with 2 and names the flag to give', async () => {
    expect(await run(['init', '--force'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    const listed = await run(['package', 'list', '--from', 'lab', '--json']);
    const [one] = (JSON.parse(listed.stdout) as { packages: { id: string; version: string }[] }).packages;
    expect(await run(['package', 'delete', `${one!.id}@${one!.version}`, '--from', 'lab'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--yes'),
    });
    expect(await run(['job', 'cancel', handle])).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(await run(['package', 'seal', 'note.txt', '-o', 'p.tar', '--passphrase', 'prompt'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('env:NAME'),
    });
  });
});
