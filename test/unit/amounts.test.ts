import { describe, expect, test } from '@jest/globals';
import { humanBytes, humanDuration } from '../../src/amounts.ts';

const MiB = 1024 * 1024;

describe('humanBytes', () => {
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [MiB - 1, '1.0 MiB'],
    [12.34 * MiB, '12.3 MiB'],
    [4 * 1024 * MiB, '4.0 GiB'],
    [3 * 1024 ** 4, '3.0 TiB'],
    [2 * 1024 ** 5, '2.0 PiB'],
    [5000 * 1024 ** 5, '5000.0 PiB'],
  ])('prints %s bytes', (bytes, text) => expect(humanBytes(bytes)).toBe(text));
});

describe('humanDuration', () => {
  test.each([
    [0, '0.0 s'],
    [400, '0.4 s'],
    [960, '1 s'],
    [12_300, '12 s'],
    [59_700, '1 min'],
    [185_000, '3 min 5 s'],
    [3_600_000, '1 h'],
    [7_620_000, '2 h 7 min'],
    [3_605_000, '1 h'],
    [349_200_000, '4 d 1 h'],
  ])('prints %s milliseconds', (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text));
});
