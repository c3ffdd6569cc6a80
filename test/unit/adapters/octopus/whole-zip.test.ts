import { expect, test } from '@jest/globals';
import { wholeZip } from '../../../../src/adapters/octopus/whole-zip.ts';

async function* inPieces(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size)
    yield await Promise.resolve(bytes.subarray(start, start + size));
}

async function through(bytes: Buffer, size: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of wholeZip(inPieces(bytes, size), 'Acme.1.0.0.zip')) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const start = Buffer.from('PK\x03\x04', 'latin1');
const end = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
const whole = Buffer.concat([start, Buffer.alloc(200_000, 7), end]);
const commented = Buffer.concat([whole, Buffer.alloc(65_535, 0x2e)]);
const encrypted = Buffer.concat([Buffer.from('IV__'), Buffer.alloc(5000, 3)]);

test.each([1, 5000, 70_000, 1_000_000])('whole zips and other files pass unchanged, in pieces of %i', async (size) => {
  for (const bytes of [whole, commented, encrypted, Buffer.alloc(0)]) {
    if (size > 1 || bytes.length < 10_000) expect((await through(bytes, size)).equals(bytes)).toBe(true);
  }
});

test.each([700, 5000, 1_000_000])('a zip without its end fails, in pieces of %i', async (size) => {
  await expect(() => through(whole.subarray(0, 100_000), size)).toThrowCode('JOB_FAILED');
});
