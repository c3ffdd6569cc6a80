import { describe, expect, test } from '@jest/globals';
import { isPublicUrl, secretParts } from '../../../../src/cli/secrets/secret-url.ts';

describe('a URL', () => {
  test.each([
    ['https://ci.example/hooks/done', true],
    ['https://ci.example/hooks/done?run=7', false],
    ['https://user@ci.example/done', false],
    ['https://chat.example/services/T0AbCdEf0123456789/x', false],
    ['ftp://ci.example/', false],
    ['env:HOOK', false],
  ])('%s may be shown: %s', (url, shown) => {
    expect(isPublicUrl(url)).toBe(shown);
  });

  test('gives away its password, each value of its query and a token in its path', () => {
    const url = new URL('https://u:p%40ss@chat.example/services/T0AbCdEf0123456789/x?token=a1&token=b2&empty=');
    expect(secretParts(url).map((part) => part.reveal())).toEqual(['p@ss', 'a1', 'b2', 'T0AbCdEf0123456789']);
  });
});
