import { describe, expect, test } from '@jest/globals';
import { readOnly } from '../../../src/core/read-only.ts';
import type { Adapter } from '../../../src/ports/adapter.ts';
import { collect as all, watch } from '../../../src/testing/workbench.ts';
import { memorySetup } from '../../contract/memory-setup.ts';
import { never } from '../../support/adapter-tools.ts';

const ref = { id: 'A', version: '1.0.0' };
const file = {
  path: 'native/a',
  size: 1,
  mediaType: 'application/octet-stream',
  open: async function* () {
    yield await Promise.resolve(Uint8Array.of(1));
  },
};

async function wrapped(): Promise<Adapter> {
  const { source } = await memorySetup.open();
  const approve = (): Promise<void> => Promise.resolve();
  const jobs = { ...source.jobs, approve, reject: approve, undo: () => Promise.resolve('1') };
  return readOnly({ ...source, jobs });
}

describe('a source', () => {
  test('can be read and exported from', async () => {
    const source = await wrapped();
    expect((await source.probe(never)).product).toBe('memory');
    const prepared = await source.exports!.prepare({ projects: ['Billing'], options: {} }, never);
    const { secrets } = await memorySetup.open();
    const id = await source.exports!.start(prepared, secrets, undefined, never);
    expect((await watch(source, id, memorySetup)).state).toBe('succeeded');
    const stored = await source.feed!.stat(prepared.package, never);
    expect(stored).toBeDefined();
    expect(await source.feed!.download(prepared.package, never)).toBeDefined();
    const scope = await source.snapshots!.scopeOf(['Billing'], {}, never);
    expect(await all(source.snapshots!.take(scope, 'listing', never))).toMatchObject([{ name: 'Billing' }]);
  });

  test('refuses everything that could change it', async () => {
    const source = await wrapped();
    expect(source.imports).toBeUndefined();
    expect(source.feed).not.toHaveProperty('destination');
    expect(Object.keys(source.jobs).sort()).toEqual(['cancel', 'list', 'log', 'status']);
    await expect(() => source.feed!.upload(file, ref, 'overwrite', never)).toThrowCode('UNSUPPORTED');
    await expect(() => source.feed!.delete(ref, never)).toThrowCode('UNSUPPORTED');
  });
});
