import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { tempDirs } from '../support/with-temp-dir.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string) => readFile(join(root, path), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly permissions?: Readonly<Record<string, string>>; readonly steps: readonly Step[] }>
  >;
}

const workflows = (await readdir(join(root, '.github/workflows'))).map((name) => `.github/workflows/${name}`);
const release = load(await text('.github/workflows/release.yml')) as Workflow;
const action = load(await text('action.yml')) as {
  readonly inputs: object;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
};

describe('what runs on GitHub', () => {
  test.each([...workflows, 'action.yml'])(
    'every action that %s uses is pinned by its whole commit hash, with its version beside it',
    async (path) => {
      const used = (await text(path)).split('\n').filter((line) => /\buses:/u.test(line));
      expect(used.length).toBeGreaterThan(path === 'action.yml' ? -1 : 2);
      for (const line of used) expect(line).toMatch(/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u);
    },
  );

  test.each(workflows)('%s has no right but to read, unless a job asks for it', async (path) => {
    const { permissions, jobs } = load(await text(path)) as Workflow;
    expect(permissions).toBeDefined();
    expect(Object.values(permissions ?? {}).filter((right) => right !== 'read')).toEqual([]);
    const asked = Object.entries(jobs).flatMap(([job, { permissions: own = {} }]) =>
      Object.entries(own).flatMap(([name, right]) => (right === 'read' ? [] : [`${job}: ${name}`])),
    );
    expect(asked.sort()).toEqual(
      path.endsWith('release.yml') ? ['github: contents', 'npm: id-token', 'sign: attestations', 'sign: id-token'] : [],
    );
  });

  test('no shell gets a value of the run as a part of its script', async () => {
    const all = await Promise.all(workflows.map(async (path) => load(await text(path)) as Workflow));
    const steps = [...all.flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps)), ...action.runs.steps];
    const scripts = steps.flatMap(({ run }) => run ?? []);
    expect(scripts.length).toBeGreaterThan(10);
    // Matrix values are written in the same file.
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });

  test('a release is published with provenance, from the tarball whose checksum is signed', () => {
    const scripts = (job: string) => release.jobs[job]!.steps.flatMap(({ run, uses }) => run ?? uses ?? []).join('\n');
    expect(scripts('verify')).toMatch(/check\.mjs[^]*npm ci[^]*npm run check[^]*npm test/u);
    expect(scripts('pack')).toContain('--sbom-format cyclonedx');
    expect(scripts('sign')).toMatch(/sha256sum[^]*attest-build-provenance@/u);
    expect(scripts('npm')).toMatch(/sha256sum --check SHA256SUMS\)\nnpm publish \.\/out\/\S+ --provenance/u);
  });

  test('the action is composite, and names a shell for each script', () => {
    expect(action.runs.using).toBe('composite');
    expect(Object.keys(action.inputs)).toEqual(['command', 'version', 'working-directory']);
    for (const { shell } of action.runs.steps) expect(shell).toBe('bash');
  });
});

describe('the scripts of a release', () => {
  const tempDir = tempDirs();

  /** A copy of what the scripts read, with this in package.json and the changelog. */
  async function project(fields: object, changelog = '# Changelog\n\n## 9.8.7\n\n- A line.\n\n## 9.8.6\n\n- Older.\n') {
    const folder = await tempDir();
    await cp(join(root, 'scripts/release'), join(folder, 'scripts/release'), { recursive: true });
    await cp(join(root, 'packaging'), join(folder, 'packaging'), { recursive: true });
    const own = JSON.parse(await text('package.json')) as object;
    await writeFile(join(folder, 'package.json'), JSON.stringify({ ...own, version: '9.8.7', ...fields }));
    await writeFile(join(folder, 'CHANGELOG.md'), changelog);
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out/migrator-cli-9.8.7.tgz'), 'the package');
    await writeFile(join(folder, 'out/migrator-cli-win-x64.zip'), 'the folder');
    const run = (script: string, ...args: string[]) =>
      spawnSync(process.execPath, [join('scripts/release', script), ...args], { cwd: folder, encoding: 'utf8' });
    return { folder, run };
  }

  const named = {
    repository: { type: 'git', url: 'git+https://github.com/acme/migrator.git' },
    homepage: 'https://acme.example/migrator',
    bugs: 'https://github.com/acme/migrator/issues',
  };

  test('the check names all that is in the way of a release at once', async () => {
    const { run } = await project({ repository: undefined, homepage: undefined, bugs: undefined }, '# Changelog\n');
    const { status, stderr } = run('check.mjs', 'v9.8.6');
    expect(status).toBe(1);
    expect(stderr.match(/^not ready: /gmu)).toHaveLength(5);
    for (const fault of ['the tag is v9.8.6', 'CHANGELOG.md', '"repository"', '"homepage"', '"bugs"']) {
      expect(stderr).toContain(fault);
    }
    expect(stderr).toContain('docs/publishing.md');
  });

  test('the check lets a release pass that has everything', async () => {
    const { run } = await project(named);
    expect(run('check.mjs', 'v9.8.7')).toMatchObject({ status: 0, stderr: '' });
  });

  test('the manifests get version, repository and checksums, and no placeholder is left', async () => {
    const { folder, run } = await project(named);
    expect(run('manifests.mjs', 'out', 'filled')).toMatchObject({ status: 0, stderr: '' });
    const names = await readdir(join(folder, 'filled'));
    expect(names.sort()).toEqual([
      'NOTES.md',
      'migrator-cli.installer.yaml',
      'migrator-cli.json',
      'migrator-cli.locale.en-US.yaml',
      'migrator-cli.rb',
      'migrator-cli.yaml',
    ]);
    const written = async (name: string) => readFile(join(folder, 'filled', name), 'utf8');
    for (const name of names) expect(await written(name)).not.toMatch(/@[A-Z0-9_]+@|undefined/u);
    const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex');
    const url = 'https://github.com/acme/migrator/releases/download/v9.8.7/migrator-cli-win-x64.zip';
    expect(JSON.parse(await written('migrator-cli.json'))).toMatchObject({
      version: '9.8.7',
      architecture: { '64bit': { url, hash: sha256('the folder') } },
    });
    expect(load(await written('migrator-cli.installer.yaml'))).toMatchObject({
      PackageIdentifier: 'acme.migrator-cli',
      PackageVersion: '9.8.7',
      Installers: [{ InstallerUrl: url, InstallerSha256: sha256('the folder').toUpperCase() }],
    });
    for (const name of ['migrator-cli.yaml', 'migrator-cli.locale.en-US.yaml']) {
      expect(load(await written(name))).toMatchObject({
        PackageIdentifier: 'acme.migrator-cli',
        PackageVersion: '9.8.7',
      });
    }
    const formula = await written('migrator-cli.rb');
    expect(formula).toContain('url "https://github.com/acme/migrator/releases/download/v9.8.7/migrator-cli-9.8.7.tgz"');
    expect(formula).toContain(`sha256 "${sha256('the package')}"`);
    expect(await written('NOTES.md')).toBe('- A line.\n');
  });

  test('a placeholder that nothing is known for, and a missing repository, stop the manifests', async () => {
    const unknown = await project(named);
    await writeFile(join(unknown.folder, 'packaging/scoop/migrator-cli.json'), '{ "version": "@VERSOIN@" }');
    expect(unknown.run('manifests.mjs', 'out', 'filled')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('nothing is known for @VERSOIN@'),
    });
    const { run } = await project({ ...named, repository: undefined });
    expect(run('manifests.mjs', 'out', 'filled')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('names no "repository"'),
    });
  });
});

describe('the image', () => {
  test('its last stage builds nothing, and runs the program as another user than root', async () => {
    const [, last = ''] = (await text('Dockerfile')).split(/^FROM .*(?<!AS build)$/mu);
    expect(last).toMatch(/^USER node$/mu);
    expect(last).toContain('ENTRYPOINT ["node", "/opt/migrator/bin/migrator.mjs"]');
    expect(last).not.toMatch(/npm (ci|install|run)|apt-get|apk add/u);
  });

  test('everything that the npm package has is copied into it', async () => {
    const { files } = JSON.parse(await text('package.json')) as { files: readonly string[] };
    const dockerfile = await text('Dockerfile');
    const ignore = await text('.dockerignore');
    for (const path of files.filter((one) => !one.startsWith('!')).map((one) => one.replace(/\/\*.*$/u, ''))) {
      expect(dockerfile).toMatch(new RegExp(`^COPY .*${path} /opt/migrator/${path}$`, 'mu'));
      if (path !== 'dist') expect(ignore.split('\n')).toContain(`!${path}`);
    }
  });
});
