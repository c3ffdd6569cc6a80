import { expect, test } from '@jest/globals';
import { HeaderForm, headerTime } from '../../../../src/package/tar/header.ts';
import { form } from '../../../support/forgery.ts';

test.each([0, 1, 0o77777777777, 0o77777777777 + 1, 2 ** 52])(
  'a size of %i bytes is read back from its header',
  (size) => {
    expect(form.decode(form.encode('content.tar', size))).toEqual({ name: 'content.tar', size, type: '0' });
  },
);

test.each([0, 1, 2 ** 30, 1_795_225_000, 0o77777777777])(
  'a time of %i seconds is read back from its header',
  (time) => {
    expect(headerTime(new HeaderForm(time).encode('x', 1))).toBe(time);
  },
);

test('a header with any bit flipped is refused', () => {
  const good = form.encode('content.tar', 12345);
  for (let bit = 0; bit < 512 * 8; bit += 1) {
    const bad = Buffer.from(good);
    bad[bit >> 3]! ^= 1 << (bit & 7);
    expect(form.decode(bad)).toBeUndefined();
  }
});
