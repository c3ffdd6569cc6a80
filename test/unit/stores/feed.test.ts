import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isMigratorError } from '../../../src/errors.ts';
import type { Store } from '../../../src/ports/store.ts';
import { collect, failsWith, never, read } from '../../../src/testing/workbench.ts';
import { sealed, signer } from '../../support/packages.ts';
import { startS3 } from '../../support/s3-server.ts';
import { fileOf, folderStore, s3Store, sha256, type Told } from '../../support/stores.ts';

const ref = { id: 'web-shop', version: '1.0.0' };

/** One of each kind, with new places for each test. */
let data: string;
let server: Awaited<ReturnType<typeof startS3>>;
let count = 0;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  server = await startS3(join(data, 's3'));
});
afterAll(async () => {
  await server.close();
  await rm(data, { recursive: true, force: true, maxRetries: 5 });
});

async function place(): Promise<string> {
  count += 1;
  const root = join(data, `folder ${count}`);
  await mkdir(root);
  return root;
}

const kinds: readonly (readonly [string, () => Promise<(told?: Told) => Promise<Store>>])[] = [
  [
    'a folder',
    async () => {
      const root = await place();
      return (told) => folderStore(root, told);
    },
  ],
  [
    'a bucket',
    () => {
      count += 1;
      const url = `s3://vault/${count}`;
      return Promise.resolve((told) => s3Store(server.url, { url, told }));
    },
  ],
];

describe.each(kinds)('%s as a store', (_name, fresh) => {
  test('two uploads of other bytes at once: exactly one stays, and the other ends in CONFLICT', async () => {
    for (let round = 0; round < 2; round += 1) {
      const open = await fresh();
      const packages = [randomBytes(300_000), randomBytes(300_000), randomBytes(300_000)];
      const results = await Promise.allSettled(
        packages.map(async (bytes) => (await open()).feed.upload(fileOf(bytes), ref, 'keep', never)),
      );
      const winners = packages.filter((_, index) => results[index]?.status === 'fulfilled');
      const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      expect(faults.every((fault) => isMigratorError(fault, 'CONFLICT'))).toBe(true);
      const { feed } = await open();
      const listed = await collect(feed.list(undefined, never));
      expect(winners).toHaveLength(1);
      expect(listed.map(({ digest }) => digest?.hex)).toEqual(winners.map(sha256));
      if (winners[0] !== undefined) expect((await read(await feed.download(ref, never))).equals(winners[0])).toBe(true);
    }
  });

  test('an upload whose rival ended before does not believe to be the only one', async () => {
    const open = await fresh();
    const rival = await open();
    const first = randomBytes(1000);
    const { feed } = await open();
    const own = fileOf(randomBytes(1000));
    // The rival comes between the look before the upload and the upload, and has ended when this one looks again.
    const late = {
      ...own,
      digest: { algorithm: 'sha256', hex: sha256(await read(own)) } as const,
      open: async function* (signal: AbortSignal) {
        await rival.feed.upload(fileOf(first), ref, 'fail', never);
        yield* own.open(signal);
      },
    };
    const error = await failsWith('CONFLICT', () => feed.upload(late, ref, 'fail', never));
    expect(error.message).toContain('web-shop 1.0.0 was uploaded by another one with other bytes at the same time');
    expect(error.details).toMatchObject({ takenAway: true });
    expect((await read(await feed.download(ref, never))).equals(first)).toBe(true);
  });

  test('two uploads of the same bytes at once are both right', async () => {
    const open = await fresh();
    const bytes = randomBytes(200_000);
    const outcomes = await Promise.all(
      [1, 2].map(async () => (await (await open()).feed.upload(fileOf(bytes), ref, 'keep', never)).outcome),
    );
    expect(outcomes.every((outcome) => ['created', 'kept'].includes(outcome))).toBe(true);
    expect(await collect((await open()).feed.list(undefined, never))).toHaveLength(1);
  });

  test('a listing shows what the packages say of themselves, without reading them whole', async () => {
    const open = await fresh();
    const told = { notices: [] };
    const { feed } = await open(told);
    await feed.upload(fileOf(await sealed(ref)), ref, 'fail', never);
    await feed.upload(
      fileOf(await sealed({ ...ref, version: '2.0.0', signer: undefined })),
      { ...ref, version: '2.0.0' },
      'fail',
      never,
    );
    const plain = { id: 'Acme.Move', version: '1.0.0' };
    await feed.upload(fileOf(randomBytes(700), 'Acme.Move.1.0.0.zip'), plain, 'fail', never);
    const cut = (await sealed()).subarray(0, 5000);
    await feed.upload(fileOf(cut), { ...ref, version: '3.0.0' }, 'fail', never);
    await feed.upload(fileOf(await sealed()), { ...ref, version: '4.0.0' }, 'fail', never);
    const rows = await collect(feed.list(undefined, never));
    expect(rows.map(({ fileName }) => fileName)).toEqual([
      'Acme.Move.1.0.0.zip',
      'web-shop.1.0.0.tar',
      'web-shop.2.0.0.tar',
      'web-shop.3.0.0.tar',
      'web-shop.4.0.0.tar',
    ]);
    const source = { product: 'octopus', version: '2026.4.1', instance: 'prod' };
    const said = { encrypted: true, createdAt: '2026-11-21T01:02:03Z', source };
    expect(rows.map(({ label }) => label)).toEqual([
      undefined,
      { signer: signer.publicKey.keyId, ...said },
      said,
      undefined,
      undefined,
    ]);
    expect(rows[3]?.fault).toContain('cut short');
    expect(rows[4]?.fault).toBe('it calls itself acme-web 1.2.3');
    expect(rows.every(({ publishedAt = '' }) => Math.abs(Date.parse(publishedAt) - Date.now()) < 60_000)).toBe(true);
    expect(told.notices).toEqual([]);
  });

  test('a file that changes while it is uploaded leaves nothing', async () => {
    const { feed } = await (await fresh())();
    const bytes = randomBytes(100_000);
    const other = { ...fileOf(randomBytes(100_000)), digest: { algorithm: 'sha256', hex: sha256(bytes) } as const };
    await failsWith('LOCAL_IO', () => feed.upload(other, ref, 'fail', never));
    expect(await collect(feed.list(undefined, never))).toEqual([]);
  });

  test('an interrupted upload leaves nothing', async () => {
    const { feed } = await (await fresh())();
    const stop = new AbortController();
    const bytes = randomBytes(300_000);
    const slow = {
      ...fileOf(bytes),
      digest: { algorithm: 'sha256', hex: sha256(bytes) } as const,
      open: async function* () {
        yield bytes.subarray(0, 100_000);
        stop.abort();
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield bytes.subarray(100_000);
      },
    };
    await failsWith('CANCELLED', () => feed.upload(slow, ref, 'fail', stop.signal));
    expect(await feed.stat(ref, never)).toBeUndefined();
  });

  test.each(['../../etc', 'a/b', '', 'CON', 'a\\b', '.hidden'])('no package can have the id %j', async (id) => {
    const { feed } = await (await fresh())();
    await failsWith('USAGE', () => feed.upload(fileOf(randomBytes(9)), { id, version: '1.0.0' }, 'fail', never));
    expect(await feed.stat({ id, version: '1.0.0' }, never)).toBeUndefined();
    expect(await collect(feed.list(id === '' ? '..' : id, never))).toEqual([]);
  });
});

describe('two packages of one name', () => {
  /** What two uploaders leave of which one was killed after its last byte. */
  async function twofold(): Promise<{ store: Store; root: string; older: Buffer; newer: Buffer }> {
    const root = await place();
    const [older, newer] = [randomBytes(100), randomBytes(100)];
    const folder = join(root, ref.id, ref.version);
    await mkdir(folder, { recursive: true });
    for (const bytes of [older, newer]) await writeFile(join(folder, `${sha256(bytes)}.tar`), bytes);
    const past = new Date(Date.now() - 60_000);
    await utimes(join(folder, `${sha256(older)}.tar`), past, past);
    return { store: await folderStore(root), root, older, newer };
  }

  test('are both listed, and neither is downloaded', async () => {
    const { store, older, newer } = await twofold();
    const listed = await collect(store.feed.list(undefined, never));
    expect(listed.map(({ digest }) => digest?.hex).sort()).toEqual([older, newer].map(sha256).sort());
    const error = await failsWith('CONFLICT', () => store.feed.download(ref, never));
    expect(error.message).toContain('has 2 packages web-shop 1.0.0 with other bytes');
    expect(error.hint).toContain('--on-conflict overwrite');
  });

  test('become one when the right one is uploaded with overwrite', async () => {
    const { store, newer } = await twofold();
    expect(await store.feed.upload(fileOf(newer), ref, 'overwrite', never)).toMatchObject({ outcome: 'overwritten' });
    expect((await read(await store.feed.download(ref, never))).equals(newer)).toBe(true);
  });

  test('are both deleted', async () => {
    const { store, root } = await twofold();
    expect(await store.feed.delete(ref, never)).toBe('deleted');
    expect(await readdir(root)).toEqual([]);
  });
});

test('bytes that were changed in the store are refused at the end of the download', async () => {
  const root = await place();
  const store = await folderStore(root);
  const bytes = randomBytes(50_000);
  await store.feed.upload(fileOf(bytes), ref, 'fail', never);
  const path = join(root, ref.id, ref.version, `${sha256(bytes)}.tar`);
  const changed = await readFile(path);
  changed[40_000]! ^= 1;
  await writeFile(path, changed);
  const error = await failsWith('REMOTE_UNEXPECTED', async () => read(await store.feed.download(ref, never)));
  expect(error.message).toContain('does not have the sha256 that its key states');
});

test('an object that was cut short is replaced by a new upload of the same bytes', async () => {
  const root = await place();
  const store = await folderStore(root);
  const bytes = randomBytes(50_000);
  await store.feed.upload(fileOf(bytes), ref, 'fail', never);
  await writeFile(join(root, ref.id, ref.version, `${sha256(bytes)}.tar`), bytes.subarray(0, 100));
  expect((await store.feed.upload(fileOf(bytes), ref, 'keep', never)).outcome).toBe('created');
  expect((await read(await store.feed.download(ref, never))).equals(bytes)).toBe(true);
});

test('a file name tells id and version', async () => {
  const { feed } = await folderStore(await place());
  expect(feed.parseFileName('Acme.Move.1.0.0.zip')).toEqual({ id: 'Acme.Move', version: '1.0.0' });
  expect(feed.parseFileName('web-shop.1.2.3-run.7.tar')).toEqual({ id: 'web-shop', version: '1.2.3-run.7' });
  for (const name of ['web-shop.tar', 'web shop.1.0.0.zip', '../x.1.0.0.zip']) {
    expect(feed.parseFileName(name)).toBeUndefined();
  }
});
