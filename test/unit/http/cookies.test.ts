import { describe, expect, test } from '@jest/globals';
import { CookieJar } from '../../../src/http/cookies.ts';

const now = new Date('2026-11-21T00:00:00Z');
const later = new Date('2026-11-21T01:00:00Z');

describe('a cookie jar', () => {
  test('sends nothing before a server has sent a cookie', () => {
    expect(new CookieJar().header(now)).toBeUndefined();
  });

  test('sends every cookie unchanged, and of those with one name the last', () => {
    const jar = new CookieJar();
    jar.take(['JSESSIONID=A1; Path=/MicroStrategyLibrary; Secure; HttpOnly', 'iSession=x%20y=='], now);
    jar.take(['JSESSIONID=B2; Path=/'], now);
    expect(jar.header(now)).toBe('JSESSIONID=B2; iSession=x%20y==');
  });

  test('forgets cookies that end by their age, by their date, or because the server takes them back', () => {
    const jar = new CookieJar();
    const past = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT';
    jar.take(['a=1; Max-Age=60', 'b=2; Expires=Sat, 21 Nov 2026 00:30:00 GMT', 'c=3', 'd=4'], now);
    expect(jar.header(now)).toBe('a=1; b=2; c=3; d=4');
    jar.take([`d=; ${past}`], now);
    expect(jar.header(later)).toBe('c=3');
    jar.take(['c=5; Max-Age=0'], later);
    expect(jar.header(later)).toBeUndefined();
  });

  test('follows the age rather than the date', () => {
    const jar = new CookieJar();
    jar.take(['a=1; Max-Age=7200; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], now);
    expect(jar.header(later)).toBe('a=1');
  });

  test('ignores lines without a name', () => {
    const jar = new CookieJar();
    jar.take(['', '=5', ';', 'ok=1'], now);
    expect(jar.header(now)).toBe('ok=1');
  });
});
