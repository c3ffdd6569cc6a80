import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { posix, testWith } from '../support/programs.ts';
import { startRedis } from '../support/redis-server.ts';
import { s3Account, startS3 } from '../support/s3-server.ts';
import { all, sample } from '../support/sample.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;

/** Puts a program `migrator` on the PATH, as an installation does. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrator-examples-'));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin', 'migrator.mjs')}" "$@"\n`;
  await writeFile(join(folder, 'migrator'), program, { mode: 0o755 });
});

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

function run(
  command: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; out: string }> {
  const env = {
    ...process.env,
    ...more,
    PATH: [folder, dirname(process.execPath), process.env['PATH']].join(delimiter),
    MIGRATOR_CONFIG_DIR: join(folder, 'config'),
    MIGRATOR_STATE_DIR: join(folder, 'state'),
  };
  return new Promise((done, fail) => {
    const child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.on('error', fail);
    child.on('close', (code) => done({ code, out }));
  });
}

describe('the examples of the repository', () => {
  // All of them in `npm run prove`: each starts the binary several times.
  const examples = [
    ['partial-export', 'imported'],
    ['migrate-project', 'Search: moved'],
    ['newer-server', 'by export-import: the package was exported by it'],
    ['package-exchange', 'the meeting is at nine'],
    ['approval', 'undid microstrategy:dev:'],
    ['backup-and-undo', 'undid enms:dr:'],
    ['control-plane', 'arrived'],
    ['weekend', 'weekend: 4 done'],
  ] as const;
  for (const [name, said] of sample(examples, 3)) {
    testWith([posix], `the example ${name} runs unchanged`, async () => {
      const copy = join(folder, name);
      await cp(join(root, 'examples', name), copy, { recursive: true });
      const { code, out } = await run('sh', [join(copy, 'run.sh')]);
      expect(out).toContain(said);
      // Users must not see warnings of Node.js.
      expect(out).not.toMatch(/\(node:\d+\)/u);
      expect(code).toBe(0);
    });
  }

  // With a bucket in place of its folder. `npm run prove` runs it unchanged too.
  for (const store of all ? ['bucket', 'folder'] : ['bucket']) {
    testWith([posix, 'redis-server'], `the example two-networks runs with a ${store}`, async () => {
      const copy = join(folder, `two-networks-${store}`);
      await cp(join(root, 'examples', 'two-networks'), copy, { recursive: true });
      const redis = await startRedis();
      const s3 = await startS3(join(copy, 's3'));
      try {
        if (store === 'bucket')
          for (const machine of ['lab-side', 'prod-side', 'coordinator']) {
            const rc = join(copy, machine, '.migratorrc.yaml');
            const account = "accessKeyId: 'env:S3_ID', secretAccessKey: 'env:S3_SECRET'";
            const vault = `vault: { product: s3, url: 's3://vault', endpoint: '${s3.url}', ${account} }`;
            await writeFile(rc, (await readFile(rc, 'utf8')).replace(/vault: .*embedded:.*/u, vault));
          }
        const more = { QUEUE_URL: redis.url, S3_ID: s3Account.accessKeyId, S3_SECRET: s3Account.secretAccessKey };
        const { code, out } = await run('sh', [join(copy, 'run.sh')], more);
        expect(out).toContain('two-networks: 2 done');
        expect(out).toMatch(/worker \d+ on \S+ serves lab: idle/u);
        expect(code).toBe(0);
      } finally {
        await s3.close();
        await redis.close();
      }
      const vault = store === 'bucket' ? 's3' : join('data', 'vault');
      const kept = await readdir(join(copy, vault), { recursive: true });
      expect(kept.filter((name) => /[0-9a-f]{64}\.tar(?:\._S3rver_object)?$/u.test(name))).toHaveLength(2);
      // Each worker did its half of both items, and came to its end at the signal.
      const log = (side: string) => readFile(join(copy, 'data', `${side}.log`), 'utf8');
      const [lab, prod] = [await log('lab-side'), await log('prod-side')];
      for (const told of [lab, prod]) expect(told).toContain('the worker did 2 items');
      expect(lab).not.toContain('importing');
      expect(prod).not.toContain('exporting');
    });
  }

  test('the example library runs unchanged', async () => {
    const { code, out } = await run(process.execPath, [join(root, 'examples', 'library', 'seal-and-open.mjs')]);
    expect(out).toContain('files/b.txt: second');
    expect(code).toBe(0);
  });
});
