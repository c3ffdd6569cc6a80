import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from '@jest/globals';
import { decryptAge } from '../../../../src/package/age/decrypt.ts';
import { encryptAge } from '../../../../src/package/age/encrypt.ts';
import { openIdentityFile, parseIdentities, printIdentity } from '../../../../src/package/age/identity-file.ts';
import { generateIdentity } from '../../../../src/package/age/x25519.ts';
import { Secret } from '../../../../src/secret.ts';
import { seededRandom } from '../../../support/memory-bytes.ts';
import { collect, once } from '../../../support/packages.ts';

const random = seededRandom('age');
const chunk = 64 * 1024;
const sizes = [0, 1, chunk - 1, chunk, chunk + 1, 16 * chunk, 16 * chunk + 1, 33 * chunk + 5];
const identity = generateIdentity(random);
const others = [generateIdentity(random), generateIdentity(random)];

function bytesOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 7) & 255);
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left).equals(right);
}

describe('migrator and the age-encryption package', () => {
  test.each(sizes)('the package opens %i bytes that migrator sealed', async (size) => {
    const recipients = [...others, identity].map(({ recipient }) => recipient);
    const sealed = await collect(encryptAge(once(bytesOf(size)), { recipients }, random));
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity.secret().reveal());
    expect(same(await decrypter.decrypt(sealed), bytesOf(size))).toBe(true);
  });

  test.each(sizes)(
    'migrator opens %i bytes that the package sealed, however they are cut into pieces',
    async (size) => {
      const encrypter = new Encrypter();
      for (const { recipient } of [...others, identity]) encrypter.addRecipient(recipient.toString());
      const sealed = await encrypter.encrypt(bytesOf(size));
      const pieces = [sealed.subarray(0, 1), sealed.subarray(1, 400), sealed.subarray(400)];
      expect(same(await collect(decryptAge(once(...pieces), { identities: [identity] })), bytesOf(size))).toBe(true);
    },
  );

  test('each opens what the other locked with a passphrase', async () => {
    const passphrase = new Secret('größer als 1 Passwort');
    const ours = await collect(encryptAge(once(bytesOf(10)), { passphrase }, random));
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase.reveal());
    expect(same(await decrypter.decrypt(ours), bytesOf(10))).toBe(true);
    const encrypter = new Encrypter();
    encrypter.setPassphrase(passphrase.reveal());
    encrypter.setScryptWorkFactor(12);
    const theirs = await encrypter.encrypt(bytesOf(10));
    const keys = { identities: [], passphrase: () => Promise.resolve(passphrase) };
    expect(same(await collect(decryptAge(once(theirs), keys)), bytesOf(10))).toBe(true);
  });

  test('derive the same recipient from an identity', async () => {
    expect(await identityToRecipient(identity.secret().reveal())).toBe(identity.recipient.toString());
  });

  test('migrator opens an identity file that the package encrypted', async () => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase('key to the key');
    encrypter.setScryptWorkFactor(10);
    const file = await encrypter.encrypt(printIdentity(identity, new Date(0)));
    const found = await openIdentityFile(file, () => Promise.resolve(new Secret('key to the key')));
    expect(found.map(String)).toEqual(parseIdentities(printIdentity(identity, new Date(0))).map(String));
    expect(found[0]?.recipient.toString()).toBe(identity.recipient.toString());
    await expect(() => openIdentityFile(file, () => Promise.resolve(new Secret('wrong')))).toThrowCode(
      'PACKAGE_LOCKED',
    );
  });
});
