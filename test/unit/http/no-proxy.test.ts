import { describe, expect, test } from '@jest/globals';
import { isDirect, noProxyList, unreadable } from '../../../src/http/no-proxy.ts';

const direct = (url: string, noProxy: string) => isDirect(new URL(url), noProxyList(noProxy));

describe('a target is reached without the proxy', () => {
  test.each([
    ['https://octo.corp.invalid', '*'],
    ['https://octo.corp.invalid', 'octo.corp.invalid'],
    ['https://octo.corp.invalid', 'OCTO.Corp.invalid.'],
    ['https://octo.corp.invalid', 'corp.invalid'],
    ['https://octo.corp.invalid', '.corp.invalid'],
    ['https://octo.corp.invalid', '*.corp.invalid'],
    ['https://octo.corp.invalid.', 'corp.invalid'],
    ['https://corp.invalid', '.corp.invalid'],
    ['https://octo.corp.invalid', 'octo.corp.invalid:443'],
    ['http://octo.corp.invalid', 'other, octo.corp.invalid:80'],
    ['https://octo.corp.invalid:8443', 'a b octo.corp.invalid:8443'],
    ['https://[fd00::1]', 'fd00::1'],
    ['https://[fd00::1]', '[FD00:0:0::1]'],
    ['https://[fd00::1]:8443', '[fd00::1]:8443'],
    ['https://[fd00::1]', 'fd00::/8'],
    ['https://10.1.2.3', '10.0.0.0/8'],
    ['https://10.1.2.3', '10.1.2.3'],
    ['https://bücher.invalid', 'BÜCHER.invalid'],
    ['http://localhost:8080', ''],
    ['http://127.8.9.1', ''],
    ['http://[::1]:80', ''],
  ])('%s with %s', (url, noProxy) => {
    expect(direct(url, noProxy)).toBe(true);
  });
});

describe('a target goes to the proxy', () => {
  test.each([
    ['https://octo.corp.invalid', ''],
    ['https://evilcorp.invalid', 'corp.invalid'],
    ['https://octo.corp.invalid', 'octo.corp.invalid:80'],
    ['https://octo.corp.invalid', 'invalid.octo'],
    ['https://[fd00::1]:8443', '[fd00::1]:443'],
    ['https://[fd00::2]', 'fd00::1'],
    ['https://11.1.2.3', '10.0.0.0/8'],
    ['https://10.invalid', '10.0.0.0/8'],
    ['https://110.1.2.3', '10.1.2.3'],
  ])('%s with %s', (url, noProxy) => {
    expect(direct(url, noProxy)).toBe(false);
  });
});

test('entries that name nothing are found', () => {
  const list = noProxyList('corp.invalid, *, 10.0.0.0/8, fd00::1, [fd00::1]:80, 10.0.0.0/99, a*b.invalid, host:port');
  expect(unreadable(list)).toEqual(['10.0.0.0/99', 'a*b.invalid', 'host:port']);
});
