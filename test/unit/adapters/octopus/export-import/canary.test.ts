import { describe, expect, test } from '@jest/globals';
import { isCanary, opens, requireOpening } from '../../../../../src/adapters/octopus/export-import/canary.ts';
import { Secret } from '../../../../../src/secret.ts';
import { encrypted } from '../../../../support/export-zip.ts';

// Of an export that a server of 2024.4 made.
const hello = 'JcafuSlkardd1a+m0w490A==|zk4im4KcPfopuCFadPYygg==';

describe('the canary of an export', () => {
  test('the password of a real export opens its canary', () => {
    expect(opens(new Secret('pass!w0rd'), hello)).toBe(true);
  });

  test.each(['pass!w0rD', '', 'pass!w0rd '])('the password %j does not', (password) => {
    expect(opens(new Secret(password), hello)).toBe(false);
  });

  test('a password of other than Latin letters is read in UTF-8', () => {
    expect(opens(new Secret('пароль ß 🔑'), encrypted('Cephalopod', 'пароль ß 🔑'))).toBe(true);
  });

  test('a wrong text under the right password is no canary', () => {
    expect(opens(new Secret('right'), encrypted('Cephalopod!', 'right'))).toBe(false);
  });

  test('among many wrong passwords none opens it, whatever padding it meets', () => {
    const passwords = Array.from({ length: 600 }, (_, at) => `wrong ${at}`);
    expect(passwords.filter((password) => opens(new Secret(password), hello))).toEqual([]);
  });

  test.each(['', 'no bars', 'AAAA|AAAA', `${hello}|x`])(
    'the text %j is no canary, and no password opens it',
    (text) => {
      expect([isCanary(hello), isCanary(text)]).toEqual([true, false]);
      expect(opens(new Secret('pass!w0rd'), text)).toBe(false);
    },
  );

  test('a wrong password is refused with the name of the file and without the password', async () => {
    await expect(() => requireOpening(new Secret('hunter2'), hello, 'native/a.zip')).toThrowCode('PACKAGE_LOCKED');
    expect(() => requireOpening(new Secret('hunter2'), hello, 'native/a.zip')).toThrow(/native\/a\.zip(?!.*hunter2)/);
  });
});
