import { expect, test } from '@jest/globals';
import { plainLines, plainText } from '../../src/plain-text.ts';

test.each([
  ['plain é 漢 😀', 'plain é 漢 😀'],
  ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
  ['a\tb', 'a b'],
  ['a\r\nb\nc', 'a⏎ b⏎ c'],
  ['over\rwritten', 'overwritten'],
  ['\u009b2J\u0085', '\\x9b2J\\x85'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['\u0000\u0007\u007f', '\\x00\\x07\\x7f'],
])('plainText makes %j safe', (text, expected) => expect(plainText(text)).toBe(expected));

test('plainLines keeps line breaks', () => expect(plainLines('a\u0007\r\nb\n')).toBe('a\\x07\nb\n'));
