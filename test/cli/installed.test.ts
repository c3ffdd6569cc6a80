import { spawn } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { create } from 'tar';
import { posix, run as program, testWith } from '../support/programs.ts';
import { sample } from '../support/sample.ts';

// Installs the packed tarball with npm, from a registry in this process: it serves the dependencies that are installed here.
const root = fileURLToPath(new URL('../..', import.meta.url));
const windows = process.platform === 'win32';

interface Manifest {
  readonly name: string;
  readonly version: string;
}

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** The folders of what an installation needs, by name. */
async function dependencies(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const found = new Map<string, string[]>();
  for (const [path, { dev = false, devOptional = false }] of Object.entries(packages)) {
    const name = path.split('node_modules/').at(-1) ?? '';
    if (path !== '' && !dev && !devOptional) found.set(name, [...(found.get(name) ?? []), join(root, path)]);
  }
  return found;
}

async function registry(own: string): Promise<{ url: string; server: Server }> {
  const folders = await dependencies();
  const tarballs = new Map<string, () => Promise<Buffer>>();
  const known = async (folder: string, base: string, bytes: () => Promise<Buffer>) => {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
    const path = `/${manifest.name}/-/${manifest.version}.tgz`;
    tarballs.set(path, bytes);
    return { ...manifest, scripts: {}, dist: { tarball: `${base}${path}` } };
  };
  const packed = async (folder: string) => {
    const file = join(await mkdtemp(join(dirname(own), 'tarball-')), 'x.tgz');
    await create(
      {
        file,
        cwd: folder,
        gzip: { level: 1 },
        prefix: 'package',
        filter: (path) => !/^\.\/node_modules(\/|$)/u.test(path),
      },
      ['.'],
    );
    return readFile(file);
  };
  const answer = async (path: string, base: string): Promise<Buffer | undefined> => {
    const tarball = tarballs.get(path);
    if (tarball !== undefined) return tarball();
    const name = path.slice(1);
    const places = name === 'migrator-cli' ? [root] : (folders.get(name) ?? []);
    const there: Manifest[] = [];
    for (const folder of places) {
      // A package for another system is locked, and not installed.
      const isThere = await readFile(join(folder, 'package.json')).then(
        () => true,
        () => false,
      );
      if (isThere) there.push(await known(folder, base, () => (folder === root ? readFile(own) : packed(folder))));
    }
    if (there.length === 0) return undefined;
    const versions = Object.fromEntries(there.map((one) => [one.version, one]));
    return Buffer.from(JSON.stringify({ name, 'dist-tags': { latest: there[0]!.version }, versions }));
  };
  const server = createServer((request, response) => {
    const base = `http://${request.headers.host ?? ''}`;
    void answer(decodeURIComponent(request.url ?? ''), base).then(
      (body) => response.writeHead(body === undefined ? 404 : 200).end(body ?? '{}'),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

describe('an installation from npm', () => {
  let folder: string;
  let server: Server;
  let env: NodeJS.ProcessEnv;
  let version: string;

  const run = (name: string, args: readonly string[], cwd: string, more: NodeJS.ProcessEnv = {}) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((done, fail) => {
      const child = spawn(windows ? `${name}.cmd` : name, args, { cwd, env: { ...env, ...more }, shell: windows });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
      child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
      child.on('error', fail);
      child.on('close', (code) => done({ code, stdout, stderr }));
    });
  const emptyFolder = () => mkdtemp(join(folder, 'empty-'));

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'migrator-test-')));
    const npm = windows ? 'npm.cmd' : 'npm';
    const [{ filename }] = JSON.parse(
      program(npm, ['pack', '--ignore-scripts', '--json', '--silent', '--pack-destination', folder], { cwd: root }),
    ) as [{ filename: string }];
    ({ version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest);
    const started = await registry(join(folder, filename));
    server = started.server;
    const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|MIGRATOR_)/iu.test(name));
    env = {
      ...Object.fromEntries(inherited),
      HOME: folder,
      npm_config_registry: started.url,
      npm_config_cache: join(folder, 'cache'),
      npm_config_userconfig: join(folder, 'npmrc'),
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    };
  });

  afterAll(async () => {
    server.close().closeAllConnections();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  testWith([posix], 'the action installs it, npx then finds it by both names, and a command line runs', async () => {
    const { runs } = load(await readFile(join(root, 'action.yml'), 'utf8')) as {
      runs: { steps: readonly { run: string }[] };
    };
    const [install, work] = runs.steps;
    const cwd = await emptyFolder();
    const temp = await emptyFolder();
    const output = join(temp, 'output');
    const step = (script: string, more: NodeJS.ProcessEnv) =>
      run('bash', ['-c', script], cwd, { RUNNER_TEMP: temp, GITHUB_OUTPUT: output, ...more });
    expect(await step(install!.run, { WANTED: '', ACTION: root })).toMatchObject({ code: 0 });
    for (const name of ['migrator', 'migrator-cli']) {
      const found = run('npx', ['--no', '--', name, '--version'], join(temp, 'migrator-cli'));
      expect(await found).toMatchObject({ code: 0, stdout: `${version}\n` });
    }

    await writeFile(join(cwd, '.migratorrc.yaml'), 'instances: { lab: { product: octopus, url: "embedded:./lab" } }');
    const checked = await step(work!.run, { COMMAND_LINE: 'config check\n  --json\n' });
    expect(JSON.parse(checked.stdout)).toMatchObject({ document: 'migrator/config-check/1', instances: ['lab'] });
    expect(checked.code).toBe(0);
    // The queue needs packages that only those install who use it.
    const queued = await step(work!.run, { COMMAND_LINE: 'worker --queue redis://127.0.0.1:1' });
    expect(queued.stderr).toContain('the queue needs npm packages that are not installed: bullmq, ioredis');
    expect(queued.stderr).toContain('npm install bullmq ioredis');
    expect(queued.code).toBe(2);
    const refused = await step(work!.run, { COMMAND_LINE: "package inspect '$(touch ran) $HOME.tar'" });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('/$(touch ran) $HOME.tar"') });
    expect(await readFile(output, 'utf8')).toBe('exit-code=0\nexit-code=2\nexit-code=2\n');
  });

  test('npx runs it in an empty folder, and a store in S3 names the optional packages and how to install them', async () => {
    const cwd = await emptyFolder();
    await writeFile(join(cwd, '.migratorrc.yaml'), 'instances: { vault: { product: s3, url: "s3://vault" } }');
    const lines = [
      ['config', 'check'],
      ['package', 'list', '--from', 'vault'],
    ];
    // Each npx takes seconds.
    for (const words of sample(lines, 1)) {
      const { code, stderr } = await run('npx', ['--yes', 'migrator-cli', ...words], cwd);
      expect(stderr).toContain('not installed: @aws-sdk/client-s3, @aws-sdk/lib-storage');
      expect(stderr).toContain('npm install @aws-sdk/client-s3 @aws-sdk/lib-storage');
      expect(code).toBe(2);
    }
  });
});
