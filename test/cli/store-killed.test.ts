import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { collect, never, read } from '../../src/testing/workbench.ts';
import { s3Account, startS3 } from '../support/s3-server.ts';
import { fileOf, folderStore, s3Store, sha256 } from '../support/stores.ts';
import { withTempDir } from '../support/with-temp-dir.ts';

const ref = { id: 'web-shop', version: '1.0.0' };
const megabyte = 1024 * 1024;
const stores = new URL('../../dist/stores/index.js', import.meta.url).href;
const secrets = new URL('../../dist/secret.js', import.meta.url).href;

/** Uploads in a process of its own, which is killed when it has sent a part of the file. */
async function killedUpload(kind: 'folder' | 's3', url: string, settings: object): Promise<void> {
  const script = `
    import { Agent } from 'node:http';
    import { Agent as HttpsAgent } from 'node:https';
    import { storeModules } from ${JSON.stringify(stores)};
    import { Secret } from ${JSON.stringify(secrets)};
    const module = await storeModules[${JSON.stringify(kind)}]();
    const account = ${JSON.stringify(kind === 's3' ? s3Account : {})};
    const secrets = Object.fromEntries(Object.entries(account).map(([name, value]) => [name, new Secret(value)]));
    const connection = { name: 'vault', url: ${JSON.stringify(url)}, settings: ${JSON.stringify(settings)}, secrets };
    const wires = async () => ({ httpAgent: new Agent(), httpsAgent: new HttpsAgent(), timeoutMs: 5000, retries: 0 });
    const clock = { now: () => new Date(), sleep: async () => {} };
    const store = module.create(connection, { clock, notice() {}, debug() {}, wires });
    const open = async function* () {
      for (let sent = 0; sent < 17; sent += 1) yield Buffer.alloc(${megabyte});
      setTimeout(() => console.log('half'), 300);
      await new Promise(() => setInterval(() => {}, 1000));
    };
    const digest = { algorithm: 'sha256', hex: ${JSON.stringify('a'.repeat(64))} };
    const file = { path: 'native/x.tar', size: ${30 * megabyte}, mediaType: 'x/y', digest, open };
    await store.feed.upload(file, ${JSON.stringify(ref)}, 'fail', new AbortController().signal);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((half, fail) => {
    child.stdout.once('data', () => half());
    child.once('exit', () => fail(new Error('the upload ended by itself')));
  });
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  await new Promise((ended) => child.once('exit', ended));
}

test('an upload to a folder that is killed half-way is not listed, and the next one of these bytes removes its rest', () =>
  withTempDir(async (root) => {
    await killedUpload('folder', pathToFileURL(root).href, {});
    const { feed } = await folderStore(root);
    expect(await collect(feed.list(undefined, never))).toEqual([]);
    expect(await readdir(join(root, ref.id, ref.version))).toEqual([expect.stringMatching(/^\..*\.partial$/u)]);
    const bytes = randomBytes(1000);
    await feed.upload(fileOf(bytes), ref, 'fail', never);
    expect((await read(await feed.download(ref, never))).equals(bytes)).toBe(true);
    expect(await feed.delete(ref, never)).toBe('deleted');
  }));

test('an upload to a bucket that is killed half-way is not listed', () =>
  withTempDir(async (folder) => {
    await mkdir(join(folder, 'data'));
    const server = await startS3(join(folder, 'data'));
    try {
      await killedUpload('s3', 's3://vault/packages', { endpoint: server.url });
      const { feed } = await s3Store(server.url);
      expect(await collect(feed.list(undefined, never))).toEqual([]);
      const bytes = randomBytes(1000);
      const { outcome, stored } = await feed.upload(fileOf(bytes), ref, 'fail', never);
      expect([outcome, stored.digest?.hex]).toEqual(['created', sha256(bytes)]);
    } finally {
      await server.close();
    }
  }));
