import { expect, test } from '@jest/globals';
import { fc } from '../../support/property.ts';
import { ByteReader, regroup } from '../../../src/package/byte-reader.ts';
import { collect, once } from '../../support/packages.ts';

const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 });

test('regroup keeps every byte, however the pieces are cut', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 30 }), async (from, size) => {
      const whole = Buffer.concat(from);
      const lengths: number[] = [];
      const counted = async function* () {
        for await (const piece of regroup(once(...from), size)) {
          lengths.push(piece.length);
          yield piece;
        }
      };
      expect(Buffer.from(await collect(counted())).equals(whole)).toBe(true);
      expect(lengths.slice(0, -1).every((length) => length === size)).toBe(true);
      expect(lengths.at(-1) ?? 1).toBeGreaterThan(0);
    }),
  );
});

test('fill says when the stream is too short, and keeps the bytes that came', async () => {
  const reader = new ByteReader(once(Buffer.from('abc'), Buffer.from('de')));
  expect(await reader.fill(4)).toBe(true);
  expect(Buffer.from(reader.take(4)).toString()).toBe('abcd');
  expect(await reader.fill(2)).toBe(false);
  expect(reader.available).toBe(1);
  expect(Buffer.from(reader.takeSome(9)).toString()).toBe('e');
  expect(reader.takeSome(9)).toHaveLength(0);
});

test('bytes from several chunks are joined in the memory that is given, and the chunks stay as they are', async () => {
  const parts = [Buffer.from('abc'), Buffer.from('de'), Buffer.from('fgh')];
  const reader = new ByteReader(once(...parts));
  const memory = new Uint8Array(4);
  await reader.fill(8);
  expect(reader.take(4, memory).buffer).toBe(memory.buffer);
  expect(Buffer.from(memory).toString()).toBe('abcd');
  expect(Buffer.from(reader.take(1, memory)).toString()).toBe('e');
  expect(Buffer.from(reader.take(3, memory)).toString()).toBe('fgh');
  expect(Buffer.concat(parts).toString()).toBe('abcdefgh');
});
