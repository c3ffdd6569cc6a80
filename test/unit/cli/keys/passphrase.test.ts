import { describe, expect, test } from '@jest/globals';
import { trivialBecause } from '../../../../src/cli/keys/passphrase.ts';

describe('a passphrase', () => {
  test.each([
    ['', 'fewer than 10'],
    ['short', 'fewer than 10'],
    ['nine char', 'fewer than 10'],
    ['aaaaaaaaaaaaaaa', 'repeats itself'],
    ['abcabcabcabc', 'repeats itself'],
    ['121212121212', 'repeats itself'],
    ['aabbaabbbbaa', 'repeats itself'],
    ['1234567890', 'row'],
    ['0987654321', 'row'],
    ['abcdefghijkl', 'row'],
    ['qwertyuiop', 'row'],
    ['Password1234!', 'well-known'],
    ['passwordpassword', 'repeats itself|well-known'],
    ['P-a-s-s-w-o-r-t 1', 'well-known'],
    ['migrator2026', 'well-known'],
    ['P@ssw0rd123', 'well-known'],
    ['Passw0rd!!', 'well-known'],
    ['$ummer2026!', 'well-known'],
    ['2026-Octopus', 'well-known'],
    ['hunter2hunter2', 'repeats itself'],
    ['1q2w3e4r5t', 'row'],
    ['qazwsxedcr', 'row'],
    ['zaq12wsxcde', 'row'],
    ['11223344556677', 'row'],
  ])('%j is trivial', (text, why) => expect(trivialBecause(text)).toMatch(new RegExp(why, 'u')));

  test.each(['open sesame', 'Open, sesame: 7 doors', 'correct horse battery staple', 'Zwölf Boxkämpfer', 'x9!kQ2#vLm'])(
    '%j is not trivial',
    (text) => expect(trivialBecause(text)).toBeUndefined(),
  );
});
