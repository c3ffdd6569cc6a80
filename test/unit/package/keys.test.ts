import { inspect as show } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../src/secret.ts';
import {
  generateIdentity,
  generateSigningKey,
  openIdentityFile,
  parseIdentities,
  parsePublicKey,
  parseRecipient,
  parseSecretKey,
  printIdentity,
  printPublicKey,
  printSecretKey,
} from '../../../src/package/index.ts';
import { scryptParameters } from '../../../src/package/minisign/secret-key-file.ts';
import { seededRandom } from '../../support/memory-bytes.ts';
import { identity, signer } from '../../support/packages.ts';

const random = seededRandom('keys');
const cheap = { opsLimit: 2 ** 20, memLimit: 2 ** 24 };
const absent = () => Promise.resolve(undefined);
const says = (text: string) => () => Promise.resolve(new Secret(text));

describe('signing keys', () => {
  test('are the same for the same random bytes, and different for others', () => {
    expect(generateSigningKey(seededRandom('a')).publicKey.toString()).toBe(
      generateSigningKey(seededRandom('a')).publicKey.toString(),
    );
    expect(generateSigningKey(seededRandom('b')).keyId).not.toBe(generateSigningKey(seededRandom('a')).keyId);
    expect(signer.keyId).toMatch(/^[0-9A-F]{16}$/);
  });

  test('are read from the files that they were written to', async () => {
    const key = generateSigningKey(random, 'release key of acme');
    const open = await parseSecretKey(await printSecretKey(key, undefined, random), absent);
    expect(open.publicKey.toString()).toBe(key.publicKey.toString());
    expect(open.comment).toBe('release key of acme');
    const text = await printSecretKey(key, new Secret('pass'), random, cheap);
    const locked = await parseSecretKey(text, says('pass'));
    expect(Buffer.from(locked.revealSecret()).equals(key.revealSecret())).toBe(true);
    await expect(() => parseSecretKey(text, says('wrong'))).toThrowCode('PACKAGE_LOCKED');
    await expect(() => parseSecretKey(text, absent)).toThrowCode('PACKAGE_LOCKED');
  });

  test('use the scrypt parameters that minisign and libsodium derive', () => {
    expect(scryptParameters({ opsLimit: 2 ** 25, memLimit: 2 ** 30 })).toEqual({ N: 2 ** 20, r: 8, p: 1 });
    expect(scryptParameters({ opsLimit: 2 ** 23, memLimit: 2 ** 28 })).toEqual({ N: 2 ** 18, r: 8, p: 1 });
    expect(scryptParameters({ opsLimit: 524288, memLimit: 16777216 })).toEqual({ N: 2 ** 14, r: 8, p: 1 });
    expect(scryptParameters({ opsLimit: 32768, memLimit: 2 ** 30 })).toEqual({ N: 2 ** 10, r: 8, p: 1 });
  });

  const change = async (edit: (blob: Buffer) => void) => {
    const lines = (await printSecretKey(signer, undefined, random)).split('\n');
    const blob = Buffer.from(lines[1]!, 'base64');
    edit(blob);
    return `${lines[0]!}\n${blob.toString('base64')}\n`;
  };
  test.each<[string, () => Promise<string>]>([
    ['an empty file', () => Promise.resolve('')],
    ['a public key', () => Promise.resolve(printPublicKey(signer.publicKey))],
    ['of another algorithm', () => change((blob) => blob.write('XX', 0))],
    ['of another key derivation', () => change((blob) => blob.write('Ar', 2))],
    ['of another kind of checksum', () => change((blob) => blob.write('XX', 4))],
    ['changed by one bit', () => change((blob) => (blob[70]! ^= 1))],
    [
      'made with a wrong public half',
      () =>
        change((blob) => {
          blob[120]! ^= 1;
          blob.fill(0, 126);
        }),
    ],
    [
      'made to ask for too much memory',
      () =>
        change((blob) => {
          blob.write('Sc', 2);
          blob.writeBigUInt64LE(2n ** 60n, 38);
          blob.writeBigUInt64LE(2n ** 50n, 46);
        }),
    ],
    [
      'a parallelism bomb',
      () =>
        change((blob) => {
          blob.write('Sc', 2);
          blob.writeBigUInt64LE(2n ** 40n, 38);
          blob.writeBigUInt64LE(2n ** 24n, 46);
        }),
    ],
  ])('are refused when the file is %s', async (_, make) => {
    const text = await make();
    await expect(() => parseSecretKey(text, says('x'))).toThrowCode('CONFIG_INVALID');
  });
});

describe('public keys', () => {
  test('are read from a file, from a line, and with CRLF', () => {
    const line = signer.publicKey.toString();
    expect(line).toMatch(/^RW/);
    for (const text of [
      line,
      ` ${line}\n`,
      printPublicKey(signer.publicKey),
      printPublicKey(signer.publicKey).replaceAll('\n', '\r\n'),
    ]) {
      expect(parsePublicKey(text).keyId).toBe(signer.keyId);
    }
  });

  test.each([
    '',
    'RWQ',
    `${signer.publicKey.toString()}A`,
    'untrusted comment: x',
    `a\nb\n${signer.publicKey.toString()}`,
  ])('refuse %j, which is no public key', async (text) => {
    await expect(() => parsePublicKey(text)).toThrowCode('CONFIG_INVALID');
  });

  test('say how many keys a text holds that should hold one', () => {
    const two = printPublicKey(signer.publicKey) + printPublicKey(signer.publicKey);
    for (const text of [two, `${signer.publicKey.toString()}\n${signer.publicKey.toString()}`])
      expect(() => parsePublicKey(text, '"two.pub"')).toThrow('"two.pub" holds 2 minisign public keys');
  });
});

describe('identities and recipients', () => {
  const one = identity.secret().reveal();
  test('are read from a file with several keys and comments', () => {
    const other = generateIdentity(random);
    const text = `${printIdentity(identity, new Date(0))}\r\n\n# another\n${other.secret().reveal()}\n`;
    const found = parseIdentities(text).map(({ recipient }) => recipient.toString());
    expect(found).toEqual([identity.recipient.toString(), other.recipient.toString()]);
    expect(parseRecipient(found[0]!).toString()).toBe(found[0]);
  });

  test.each([
    ['nothing', ''],
    ['only comments', '# nothing here\n'],
    ['lower case', one.toLowerCase()],
    ['a typing error', `${one.slice(0, -1)}${one.endsWith('Q') ? 'P' : 'Q'}`],
    ['a plugin', 'AGE-PLUGIN-YUBIKEY-1QQQQ'],
    ['an SSH key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ])('are refused from a file with %s, which is not shown', async (_, text) => {
    await expect(() => parseIdentities(text)).toThrowCode('CONFIG_INVALID');
    const message = await openIdentityFile(Buffer.from(text), absent).catch(String);
    if (text !== '') expect(message).not.toContain(text);
  });

  test.each(['', 'age1', 'ssh-ed25519 AAAA', identity.recipient.toString().toUpperCase(), one.toLowerCase()])(
    'refuse %j, which is no recipient',
    async (text) => {
      await expect(() => parseRecipient(text)).toThrowCode('CONFIG_INVALID');
    },
  );
});

test('printed keys do not show their secrets', () => {
  const secret = identity.secret().reveal();
  const hidden = Buffer.from(signer.revealSecret());
  for (const text of [
    show({ identity, signer }, { depth: 9, showHidden: true }),
    JSON.stringify({ identity, signer }),
  ]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(hidden.toString('base64'));
    expect(text).not.toContain(hidden.subarray(0, 8).join(', '));
  }
});
