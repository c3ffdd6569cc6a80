import { describe, expect, test } from '@jest/globals';
import { proxyVariables, proxyWarnings, wayTo } from '../../../../src/cli/config/proxy-variables.ts';

const env = {
  HTTPS_PROXY: 'http://secure:1',
  HTTP_PROXY: '',
  http_proxy: 'http://plain:2',
  NO_PROXY: 'corp.invalid, *.x',
};

test('each proxy of the environment is for its own scheme, and an empty variable counts as absent', () => {
  expect(proxyVariables(env)).toEqual({
    https: 'http://secure:1',
    http: 'http://plain:2',
    noProxy: ['corp.invalid', '*.x'],
  });
  expect(proxyVariables({})).toEqual({ https: undefined, http: undefined, noProxy: [] });
});

describe('the way to a target', () => {
  test.each([
    ['https://a.invalid', undefined, 'through secure:1'],
    ['http://a.invalid', undefined, 'through plain:2'],
    ['https://octo.corp.invalid', undefined, 'directly'],
    ['https://octo.corp.invalid', 'http://other:3', 'directly'],
    ['https://a.invalid', 'http://other:3', 'through other:3'],
    ['https://a.invalid', 'env:SECRET', 'through http.proxy'],
    ['embedded:./x', undefined, undefined],
  ])('to %s with http.proxy %s is %s', (url, configured, expected) => {
    expect(wayTo(url, configured, env)).toBe(expected);
  });

  test('does not show the credentials of a proxy', () => {
    expect(wayTo('https://a.invalid', undefined, { HTTPS_PROXY: 'http://me:secret@proxy:1' })).toBe('through proxy:1');
  });
});

test('what cannot be used is warned about', () => {
  expect(proxyWarnings(env)).toEqual([]);
  const warnings = proxyWarnings({ HTTPS_PROXY: 'https://proxy', NO_PROXY: 'a,10.0.0.0/99' });
  expect(warnings).toEqual([expect.stringContaining('10.0.0.0/99'), expect.stringContaining('HTTPS_PROXY')]);
});
