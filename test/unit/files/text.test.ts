import { expect, test } from '@jest/globals';
import { decodeText } from '../../../src/files/text.ts';

const text = 'AGE-SECRET-KEY-1\r\nÄ€';
const little = Buffer.from(text, 'utf16le');
const big = Buffer.from(little).swap16();
const plain = Buffer.from('API-KEY\r\n', 'utf16le');

test.each([
  ['UTF-8', Buffer.from(text), text],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), text],
  ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), little]), text],
  ['UTF-16, big end first', Buffer.concat([Buffer.from([0xfe, 0xff]), big]), text],
  ['UTF-16 without a mark', plain, 'API-KEY\r\n'],
  ['UTF-16 without a mark, big end first', Buffer.from(plain).swap16(), 'API-KEY\r\n'],
  ['nothing', Buffer.alloc(0), ''],
  ['zeros', Buffer.alloc(4), '\0\0\0\0'],
])('%s is read', (_, bytes, expected) => {
  expect(decodeText(bytes)).toBe(expected);
});
