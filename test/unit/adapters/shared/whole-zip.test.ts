import { expect, test } from '@jest/globals';
import { wholeZip, type ZipFaults } from '../../../../src/adapters/shared/whole-zip.ts';
import { MigratorError } from '../../../../src/errors.ts';

async function* inPieces(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size)
    yield await Promise.resolve(bytes.subarray(start, start + size));
}

const lenient: ZipFaults = { cutOff: () => new MigratorError('JOB_FAILED', 'cut off') };
const strict: ZipFaults = { ...lenient, noZip: () => new MigratorError('REMOTE_UNEXPECTED', 'no zip') };

async function through(bytes: Buffer, pieces: number, faults = lenient, size?: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of wholeZip(inPieces(bytes, pieces), size, faults)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const start = Buffer.from('PK\x03\x04', 'latin1');
const end = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
const whole = Buffer.concat([start, Buffer.alloc(200_000, 7), end]);
const commented = Buffer.concat([whole, Buffer.alloc(65_535, 0x2e)]);
const encrypted = Buffer.concat([Buffer.from('IV__'), Buffer.alloc(5000, 3)]);

test.each([1, 5000, 70_000, 1_000_000])('whole zips and other files pass unchanged, in pieces of %i', async (size) => {
  expect((await through(end, size, strict, end.length)).equals(end)).toBe(true);
  for (const bytes of [whole, commented, encrypted, Buffer.alloc(0)]) {
    if (size > 1 || bytes.length < 10_000) expect((await through(bytes, size)).equals(bytes)).toBe(true);
  }
});

test.each([700, 5000, 1_000_000])('a zip without its end fails, in pieces of %i', async (size) => {
  await expect(() => through(whole.subarray(0, 100_000), size)).toThrowCode('JOB_FAILED');
});

test.each([1, 5000])('where only a zip will do, other files fail, in pieces of %i', async (size) => {
  await expect(() => through(encrypted, size, strict)).toThrowCode('REMOTE_UNEXPECTED');
  await expect(() => through(Buffer.from('PK'), size, strict)).toThrowCode('JOB_FAILED');
});

test('a zip of another size than was announced fails', async () => {
  expect((await through(whole, 5000, strict, whole.length)).equals(whole)).toBe(true);
  await expect(() => through(whole, 5000, strict, whole.length + 1)).toThrowCode('JOB_FAILED');
});
