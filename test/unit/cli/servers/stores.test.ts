import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commandLine, words } from '../../../support/command-line.ts';
import { startS3 } from '../../../support/s3-server.ts';

let folder: string;
let server: Awaited<ReturnType<typeof startS3>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  server = await startS3(join(folder, 's3'));
  await mkdir(join(folder, 'share'));
  await mkdir(join(folder, 'content'));
  await writeFile(join(folder, 'content', 'a.txt'), 'hello');
  const rc = `
instances:
  lab: { product: octopus, url: "embedded:./lab", space: Default, sample: source, pace: 1ms }
  prod: { product: octopus, url: "embedded:./prod", space: Default, sample: target, pace: 1ms }
  vault: { product: folder, url: "file://${folder}/share" }
  own: { product: folder, url: "embedded:./own" }
  bucket:
    product: s3
    url: s3://vault/packages
    endpoint: ${server.url}
    accessKeyId: env:STORE_KEY_ID
    secretAccessKey: env:STORE_SECRET
  gone: { product: folder, url: "file://${folder}/not-mounted" }
defaults: { from: lab, to: prod }
`;
  await writeFile(join(folder, '.migratorrc.yaml'), rc);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const secret = 'S3RVER';
const run = (line: string, more: Readonly<Record<string, string>> = {}) =>
  commandLine(words(line), {
    cwd: folder,
    env: { HOME: folder, STORE_KEY_ID: 'S3RVER', STORE_SECRET: secret, ...more },
  });
const json = async (line: string): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await run(`${line} --json`);
  if (code !== 0) throw new Error(`${line}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe.each(['vault', 'own', 'bucket'])('the store %s', (store) => {
  test('keeps a package: upload, list, inspect, verify, open, download, delete', async () => {
    const id = `handover-${store}`;
    await json(`package seal content --id ${id} -o ${store}.tar`);
    const bytes = await readFile(join(folder, `${store}.tar`));
    const uploaded = await run(`package upload ${store}.tar --to ${store}`);
    expect(uploaded).toMatchObject({ code: 0 });
    expect(uploaded.stdout).toContain(`import it with: migrator import ${id}@1.0.0 --from ${store} --to <instance>`);
    expect(await json(`package upload ${store}.tar --to ${store}`)).toMatchObject({ outcome: 'kept' });
    await json(`package seal content --id ${id} -o ${store}-2.tar`);
    expect(await run(`package upload ${store}-2.tar --to ${store}`)).toMatchObject({
      code: 7,
      stderr: expect.stringContaining(`${id} 1.0.0 is there already, with other bytes`),
    });

    const [row] = (await json(`package list --from ${store}`))['packages'] as readonly Record<string, unknown>[];
    const label = { encrypted: true, signer: expect.stringMatching(/^[0-9A-F]{16}$/u), createdAt: expect.any(String) };
    expect(row).toMatchObject({ id, version: '1.0.0', size: bytes.length, label });
    const listed = await run(`package list --from ${store}`);
    expect(listed.stdout).toContain('signer and source are what each package says of itself');

    expect(await json(`package inspect ${id}@1.0.0 --from ${store}`)).toMatchObject({
      manifest: { id },
      size: bytes.length,
    });
    expect(await json(`package verify ${id}@1.0.0 --content --from ${store}`)).toMatchObject({
      id,
      contentChecked: true,
    });
    await json(`package open ${id}@1.0.0 --from ${store} -o opened-${store}`);
    expect(await readFile(join(folder, `opened-${store}`, 'a.txt'), 'utf8')).toBe('hello');

    const got = await run(`package download ${id}@1.0.0 --from ${store} -o got-${store}.tar`);
    expect(got).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`wrote got-${store}.tar as it is in ${store}`),
    });
    expect((await readFile(join(folder, `got-${store}.tar`))).equals(bytes)).toBe(true);
    expect(await run(`package download ${id}@1.0.0 --from ${store} --recipient me -o x.tar`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`--recipient seals a package, and ${store} keeps sealed ones`),
    });

    expect(await json(`package upload ${store}-2.tar --to ${store} --on-conflict overwrite`)).toMatchObject({
      outcome: 'overwritten',
    });
    expect(await json(`package delete ${id}@1.0.0 --from ${store} --yes`)).toMatchObject({
      results: [{ instance: store, result: 'deleted' }],
    });
    expect((await run(`package list --from ${store}`)).stdout).toBe(`no packages on ${store}\n`);
    // Neither a download nor an upload leaves a file of its own.
    expect(await readdir(join(folder, '.local', 'state', 'migrator', 'staging'))).toEqual([]);
  });

  test('what is not there is named, with the way to the list', async () => {
    for (const line of [
      `package download nothing@1.0.0 --from ${store} --raw`,
      `package verify nothing@1.0.0 --from ${store}`,
      `import nothing@1.0.0 --from ${store} --to prod`,
    ]) {
      expect(await run(line)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/has no package nothing 1\.0\.0\n.*migrator package list --from/u),
      });
    }
  });
});

describe('projects go by a store', () => {
  test('migrate-project --via-store leaves the package there, and an import takes it again', async () => {
    const moved = await json('migrate-project "Web Shop" --via-store bucket');
    expect(moved).toMatchObject({ route: 'relay', outcome: 'done', result: { basis: 'seen' } });
    const ref = moved['package'] as { id: string; version: string };
    const name = `${ref.id}@${ref.version}`;
    expect(moved['left']).toContainEqual({
      instance: 'bucket',
      what: `package ${ref.id} ${ref.version}`,
      remove: `migrator package delete ${name} --from bucket`,
    });
    expect((await json('package list --from bucket'))['packages']).toMatchObject([
      { ...ref, label: { encrypted: true, source: { product: 'octopus', instance: 'lab' } } },
    ]);
    await json(`package delete ${name} --from prod --yes`);
    expect(await json(`import ${name} --from bucket --to prod --overwrite-existing --yes`)).toMatchObject({
      package: ref,
      upload: 'created',
      outcome: 'done',
    });
    await json(`package delete ${name} --from bucket --yes`);
  });

  test('a dry run brings nothing to the store', async () => {
    expect(await json('migrate-project "Web Shop" --via-store vault --dry-run')).toMatchObject({ dryRun: true });
    expect((await json('package list --from vault'))['packages']).toEqual([]);
  });

  test('a package that another one was put in the place of is not imported', async () => {
    await json('partial-export --project "Web Shop" -o payments.tar');
    const { package: of } = (await json('package upload payments.tar --to vault')) as {
      package: { id: string; version: string };
    };
    await cp(join(folder, 'share', of.id, of.version), join(folder, 'share', 'Other', '9.9.9'), { recursive: true });
    expect(await run('import Other@9.9.9 --from vault --to prod')).toMatchObject({
      code: 6,
      stderr: expect.stringContaining(
        `what vault has as Other@9.9.9 is a package that calls itself ${of.id}@${of.version}`,
      ),
    });
    expect((await run('package list --from vault')).stdout).toContain(
      `DAMAGED: it calls itself ${of.id} ${of.version}`,
    );
  });
});

describe('what is plain', () => {
  test('only goes in when it is allowed', async () => {
    await writeFile(join(folder, 'Acme.Move.1.0.0.zip'), 'PK plain');
    expect(await run('package upload Acme.Move.1.0.0.zip --to own')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /is not a sealed package, so everybody who can read own could read it\n.*--allow-plain/u,
      ),
    });
    await json('package seal content --id bare --unencrypted -o bare.tar');
    expect(await run('package upload bare.tar --to own')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('bare.tar is not encrypted'),
    });
    expect(await json('package upload Acme.Move.1.0.0.zip --to own --allow-plain')).toMatchObject({
      outcome: 'created',
    });
    expect(await json('package upload bare.tar --to own --allow-plain')).toMatchObject({ outcome: 'created' });
    expect((await run('package list --from own')).stdout).toMatch(/Acme\.Move@1\.0\.0 .* not sealed/u);
    expect(await run('package upload bare.tar --to prod --allow-plain')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--allow-plain is for stores, and prod is an instance'),
    });
  });
});

describe('wrong uses', () => {
  test.each([
    ['migrate-project "Web Shop" --from vault --to prod', '--via-store vault'],
    ['migrate-project "Web Shop" --from lab --to vault', '--via-store vault'],
    ['inventory --from vault', 'migrator package list --from vault'],
    ['compare --from vault --to prod --project X', 'migrator import <id>@<version> --from vault'],
    ['partial-export --project X --from vault -o x.tar', 'migrator package list --from vault'],
    ['job list --from vault', 'migrator package list --from vault'],
  ])('%s is refused, with the way out', async (line, way) => {
    const { code, stderr } = await run(line);
    expect(stderr).toContain('"vault" is a store of packages (folder), and no server with projects');
    expect(stderr).toContain(way);
    expect(code).toBe(2);
  });

  test.each([
    ['migrate-project "Web Shop" --via-store prod', 'prod is an instance of octopus, and not a store of packages'],
    ['migrate-project "Web Shop" --via-store vault --route push', '--via-store is for the route relay'],
    ['import x@1.0.0 --from lab --to prod', 'migrator package download <id>@<version> --from lab'],
    ['package certify x@1.0.0 --at vault', 'has no certification of packages'],
    ['package list --from gone', 'not-mounted" does not exist'],
    ['package upload vault.tar --to gone', 'not-mounted" does not exist'],
    ['import somewhere --from vault --to prod', 'write <id>@<version>'],
  ])('%s is refused', async (line, says) => {
    const { code, stderr } = await run(line);
    expect(stderr).toContain(says);
    expect(code).toBe(2);
  });

  test('a default of the rc file names no store of an import', async () => {
    expect(await run('import nothing@1.0.0 --to prod')).toMatchObject({
      stderr: expect.not.stringContaining('not a store'),
    });
  });
});

describe('the rc file', () => {
  test('is checked, with its stores', async () => {
    expect(await run('config check')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('s3://vault/packages'),
    });
    expect((await run('config show')).stdout).toContain('env:STORE_SECRET');
  });

  test('doctor looks at stores', async () => {
    const { stdout } = await run('doctor vault bucket gone');
    expect(stdout).toMatch(/^vault +folder +- +- +ok$/mu);
    expect(stdout).toMatch(/^bucket +s3 +- +- +ok$/mu);
    expect(stdout).toMatch(/^gone +folder +- +- +FAIL$/mu);
  });

  test.each([
    ['{ product: folder, url: "https://example.com" }', 'instances.x.url must be of the form file:///srv/packages'],
    ['{ product: folder, url: "file://server/share" }', 'instances.x.url must be of the form file:///srv/packages'],
    ['{ product: s3, url: "https://vault.s3.example" }', 'instances.x.url must be of the form s3://bucket/prefix'],
    ['{ product: octopus, url: "s3://vault" }', 'instances.x.url is that of a store; its product must be folder or s3'],
    ['{ product: s3, url: "s3://vault", bucket: b }', 'instances.x.bucket is not a known key'],
    ['{ product: s3, url: "s3://vault", endpoint: "https://a/b" }', 'endpoint must be the address of an S3 server'],
    [
      '{ product: s3, url: "s3://vault", accessKeyId: "env:STORE_KEY_ID" }',
      'needs both accessKeyId and secretAccessKey',
    ],
    ['{ product: s3, url: "s3://vault/a/../b" }', 'must not have "." or ".."'],
    ['{ product: folders, url: "file:///srv" }', 'did you mean "folder"?'],
  ])('%s is refused', async (text, says) => {
    const file = join(folder, 'wrong.yaml');
    await writeFile(file, `instances: { x: ${text} }`);
    const { code, stderr } = await run(`config check --config ${file}`);
    expect(stderr).toContain(says);
    expect(code).toBe(2);
  });

  test('no secret of a store is shown', async () => {
    const planted = 'planted-secret-of-a-store';
    for (const line of ['doctor bucket --debug', 'package list --from bucket --debug', 'config show']) {
      const { stdout, stderr } = await run(line, { STORE_SECRET: planted, STORE_KEY_ID: 'NOBODY' });
      expect(stdout + stderr).not.toContain(planted);
    }
  });
});
