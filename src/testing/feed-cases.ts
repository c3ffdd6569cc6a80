import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ArtifactFile } from '../ports/artifact.ts';
import { collect, failsWith, isPlainData, need, never, read, type ContractBench, type Step } from './workbench.ts';

function file(bytes: Uint8Array): ArtifactFile {
  return {
    path: 'native/parcel',
    size: bytes.length,
    mediaType: 'application/octet-stream',
    open: async function* () {
      await Promise.resolve();
      const middle = Math.floor(bytes.length / 2);
      yield bytes.subarray(0, middle);
      yield bytes.subarray(middle);
    },
  };
}

function feedOf(bench: ContractBench) {
  const feed = need(bench.target.feed, 'feed');
  const { ref, bytes, otherBytes } = need(bench.parcel, 'parcel on its bench');
  return { feed, ref, same: file(bytes), other: file(otherBytes), bytes, otherBytes };
}

export const feedCases: Readonly<Record<string, Step>> = {
  'feed: what was uploaded is there, listed and the same bytes': async (bench) => {
    const { feed, ref, same, bytes } = feedOf(bench);
    const { stored, outcome } = await feed.upload(same, ref, 'fail', never);
    assert.equal(outcome, 'created');
    assert.deepEqual({ id: stored.id, version: stored.version }, ref);
    isPlainData(stored);
    if (stored.size !== undefined) assert.equal(stored.size, bytes.length);
    if (stored.digest !== undefined) {
      assert.equal(createHash(stored.digest.algorithm).update(bytes).digest('hex'), stored.digest.hex);
    }
    assert.deepEqual(await feed.stat(ref, never), stored);
    for (const filter of [ref.id, undefined]) {
      const listed = await collect(feed.list(filter, never));
      assert.equal(listed.filter(({ id, version }) => id === ref.id && version === ref.version).length, 1);
    }
    const download = await feed.download(ref, never);
    assert.ok((await read(download)).equals(bytes));
    assert.ok((await read(download)).equals(bytes), 'it can be read again');
  },

  'feed: a filter leaves other packages out': async (bench) => {
    const { feed, ref, same } = feedOf(bench);
    await feed.upload(same, ref, 'fail', never);
    assert.deepEqual(await collect(feed.list('No.Such.Package', never)), []);
  },

  'feed: `fail` is CONFLICT when it exists, whatever the bytes': async (bench) => {
    const { feed, ref, same, other, bytes } = feedOf(bench);
    await feed.upload(same, ref, 'fail', never);
    for (const again of [same, other]) await failsWith('CONFLICT', () => feed.upload(again, ref, 'fail', never));
    assert.ok((await read(await feed.download(ref, never))).equals(bytes));
  },

  'feed: `keep` keeps the same bytes and refuses others': async (bench) => {
    const { feed, ref, same, other, bytes } = feedOf(bench);
    assert.equal((await feed.upload(same, ref, 'keep', never)).outcome, 'created');
    assert.equal((await feed.upload(same, ref, 'keep', never)).outcome, 'kept');
    await failsWith('CONFLICT', () => feed.upload(other, ref, 'keep', never));
    assert.ok((await read(await feed.download(ref, never))).equals(bytes));
  },

  'feed: `overwrite` replaces': async (bench) => {
    const { feed, ref, same, other, otherBytes } = feedOf(bench);
    assert.equal((await feed.upload(same, ref, 'overwrite', never)).outcome, 'created');
    assert.equal((await feed.upload(other, ref, 'overwrite', never)).outcome, 'overwritten');
    assert.ok((await read(await feed.download(ref, never))).equals(otherBytes));
  },

  'feed: what is absent is undefined to stat, NOT_FOUND to download, and deleted already': async (bench) => {
    const { feed, ref } = feedOf(bench);
    assert.equal(await feed.stat(ref, never), undefined);
    await failsWith('NOT_FOUND', () => feed.download(ref, never));
    assert.equal(await feed.delete(ref, never), 'absent');
  },

  'feed: deleting is idempotent': async (bench) => {
    const { feed, ref, same } = feedOf(bench);
    await feed.upload(same, ref, 'fail', never);
    assert.equal(await feed.delete(ref, never), 'deleted');
    assert.equal(await feed.delete(ref, never), 'absent');
    assert.equal(await feed.stat(ref, never), undefined);
  },

  'feed: a source that fails leaves nothing behind': async (bench) => {
    const { feed, ref, bytes } = feedOf(bench);
    const broken: ArtifactFile = {
      ...file(bytes),
      open: async function* () {
        await Promise.resolve();
        yield bytes.subarray(0, 1);
        throw new Error('the disk is gone');
      },
    };
    await assert.rejects(feed.upload(broken, ref, 'fail', never));
    assert.equal(await feed.stat(ref, never), undefined);
  },
};
