import { expect, test } from '@jest/globals';
import type { ByteSource } from '../../../../src/ports/bytes.ts';
import { inspect } from '../../../../src/package/index.ts';
import { readContainer } from '../../../../src/package/tar/container.ts';
import { HeaderForm, headerTime } from '../../../../src/package/tar/header.ts';
import { form, forgedParts, tarOf } from '../../../support/forgery.ts';

/** A package whose content is nine gigabytes of nothing, of which only the ends exist. */
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
      throw new Error('nobody should read the content');
    },
  };
  return { source, read: () => read };
}

test('a content beyond 8 GiB is stepped over', async () => {
  const size = 9 * 2 ** 30 + 5;
  const { source, read } = sparse(size);
  const container = await readContainer(source);
  expect(container.content).toEqual({ name: 'content.tar', start: 512, size });
  expect(container.manifest.start).toBe(512 + size + 507 + 512);
  expect((await inspect(source)).members[0]?.size).toBe(size);
  expect(read()).toBeLessThan(20_000);
});

test.each([0, 1, 0o77777777777, 0o77777777777 + 1, 2 ** 52])(
  'a size of %i bytes comes back from its header',
  (size) => {
    expect(form.decode(form.encode('content.tar', size))).toEqual({ name: 'content.tar', size, type: '0' });
  },
);

test.each([0, 1, 2 ** 30, 1_795_225_000, 0o77777777777])('a time of %i seconds comes back from its header', (time) => {
  expect(headerTime(new HeaderForm(time).encode('x', 1))).toBe(time);
});

test('any bit flipped in a header makes it another one, or none', () => {
  const good = form.encode('content.tar', 12345);
  for (let bit = 0; bit < 512 * 8; bit += 1) {
    const bad = Buffer.from(good);
    bad[bit >> 3]! ^= 1 << (bit & 7);
    expect(form.decode(bad)).toBeUndefined();
  }
});
