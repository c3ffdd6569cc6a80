import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createStreamHash } from '../../../src/package/stream-hash.ts';
import { seededRandom } from '../../support/memory-bytes.ts';

const noise = seededRandom('hash').bytes(3 * 2 ** 20);
const expected = (chunks: readonly Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};

/** They are hashed on the calling thread, on another thread, and first on the one and then on the other. */
const sizes = [0, 2 ** 30, undefined];

describe.each(sizes)('a hash that expects %s bytes', (size) => {
  test.each([
    ['nothing', []],
    ['one byte', [noise.subarray(0, 1)]],
    ['an empty chunk among others', [noise.subarray(0, 5), new Uint8Array(0), noise.subarray(5, 9)]],
    ['chunks longer than a slot', [noise, noise, noise.subarray(7)]],
    [
      'many chunks of odd lengths',
      Array.from({ length: 200 }, (_, index) => noise.subarray(index, 100_001 + index * 97)),
    ],
  ])('is that of the bytes: %s', async (_, chunks: Uint8Array[]) => {
    const hash = createStreamHash(size);
    for (const chunk of chunks) await hash.update(chunk);
    expect(await hash.digest()).toBe(expected(chunks));
    hash.close();
  });
});

test('a chunk may be changed once its update is settled', async () => {
  const hash = createStreamHash(2 ** 30);
  const chunk = Uint8Array.from(noise);
  for (let round = 0; round < 20; round += 1) {
    chunk.set(noise);
    await hash.update(chunk);
    chunk.fill(round);
  }
  expect(await hash.digest()).toBe(expected(Array.from({ length: 20 }, () => noise)));
  hash.close();
});

test('several hashes at a time do not mix, and the end of one does not stop the others', async () => {
  const hashes = Array.from({ length: 5 }, () => createStreamHash(2 ** 30));
  const parts = hashes.map((_, index) => noise.subarray(index * 1000));
  for (let round = 0; round < 5; round += 1) {
    const open = round < 2 ? hashes : hashes.slice(1);
    await Promise.all(open.map(async (hash) => hash.update(parts[hashes.indexOf(hash)]!)));
    if (round === 1) hashes[0]!.close();
  }
  const digests = await Promise.all(hashes.slice(1).map((hash) => hash.digest()));
  expect(digests).toEqual(parts.slice(1).map((part) => expected([part, part, part, part, part])));
  for (const hash of hashes.slice(1)) hash.close();
});
