import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { Store } from '../../src/ports/store.ts';
import { feedCases } from '../../src/testing/feed-cases.ts';
import type { ContractBench, ContractSetup } from '../../src/testing/index.ts';
import { sealed } from '../support/packages.ts';
import { startS3 } from '../support/s3-server.ts';
import { folderStore, s3Store } from '../support/stores.ts';
import { withTempDir } from '../support/with-temp-dir.ts';

const ref = { id: 'acme-web', version: '1.2.3' };
const setup: ContractSetup = { facets: ['feed'], open: () => Promise.reject(new Error('not used')) };

async function bench(store: Store): Promise<ContractBench> {
  const adapter = store as unknown as Adapter;
  const parcel = { ref, bytes: await sealed(), otherBytes: await sealed({}, 'another seal') };
  const { source, target, stranger } = { source: adapter, target: adapter, stranger: adapter };
  const nothing = { projects: [], exportOptions: {}, importOptions: {}, secrets: {}, planted: [], lines: [] };
  return { source, target, stranger, parcel, ...nothing, close: () => Promise.resolve() };
}

describe('a folder keeps the contract of a feed', () => {
  test.each(Object.entries(feedCases))('%s', (_sentence, step) =>
    withTempDir(async (root) => {
      await expect(step(await bench(await folderStore(root)), setup)).resolves.toBeUndefined();
    }),
  );
});

describe('a bucket keeps the contract of a feed', () => {
  let server: Awaited<ReturnType<typeof startS3>>;
  let data: string;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'migrator-test-'));
    server = await startS3(data);
  });
  afterAll(async () => {
    await server.close();
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  });

  const cases = Object.entries(feedCases).map(([sentence, step], index) => [sentence, step, index] as const);
  test.each(cases)('%s', async (_sentence, step, index) => {
    const store = await s3Store(server.url, { url: `s3://vault/a case/${index}/packages` });
    await expect(step(await bench(store), setup)).resolves.toBeUndefined();
    await store.close?.();
  });
});
