import { expect, test } from '@jest/globals';
import type { ByteSource } from '../../../../src/ports/bytes.ts';
import { inspect } from '../../../../src/package/index.ts';
import { readContainer } from '../../../../src/package/tar/container.ts';
import { form, forgedParts, tarOf } from '../../../support/forgery.ts';

/** A package with a content of nine gigabytes, of which only the beginning and the end exist. */
function sparse(size: number): { readonly source: ByteSource; readonly read: () => number } {
  const start = form.encode('content.tar', size);
  const tail = tarOf(forgedParts().slice(1));
  const gap = Math.ceil(size / 512) * 512;
  let read = 0;
  const source: ByteSource = {
    size: start.length + gap + tail.length,
    read(position, length) {
      read += length;
      const bytes = Buffer.alloc(length);
      if (position < start.length) start.copy(bytes, 0, position);
      const tailAt = start.length + gap;
      if (position >= tailAt) tail.copy(bytes, 0, position - tailAt, position - tailAt + length);
      return Promise.resolve(bytes);
    },
    stream: () => {
      throw new Error('the content must not be read');
    },
  };
  return { source, read: () => read };
}

test('a content of more than 8 GiB is stepped over without being read', async () => {
  const size = 9 * 2 ** 30 + 5;
  const { source, read } = sparse(size);
  const container = await readContainer(source);
  expect(container.content).toEqual({ name: 'content.tar', start: 512, size });
  expect(container.manifest.start).toBe(512 + size + 507 + 512);
  expect((await inspect(source)).members[0]?.size).toBe(size);
  expect(read()).toBeLessThan(20_000);
});
