import { scrypt } from 'node:crypto';
import type { Random } from '../../ports/runtime.ts';
import type { Secret } from '../../secret.ts';
import { locked } from '../refusal.ts';
import { unwrapKey, wrapKey, wrappedKeyBytes } from './file-key.ts';
import { decodeBase64, encodeBase64, headerFault, type Stanza } from './header.ts';

export const passphraseStanza = 'scrypt';
const saltBytes = 16;
/** log2 of scrypt's N: 18 takes 256 MiB and about a second, as age itself does. */
export const workFactor = 18;

export async function wrapWithPassphrase(fileKey: Uint8Array, passphrase: Secret, random: Random): Promise<Stanza> {
  const salt = random.bytes(saltBytes);
  const body = wrapKey(fileKey, await stretch(passphrase, salt, workFactor));
  return { type: passphraseStanza, args: [encodeBase64(salt), String(workFactor)], body };
}

/** Undefined when the passphrase is wrong. */
export async function unwrapWithPassphrase(
  { args, body }: Stanza,
  passphrase: () => Promise<Secret>,
  maxWorkFactor: number,
): Promise<Uint8Array | undefined> {
  const salt = decodeBase64(args[0] ?? '');
  const factor = args[1] ?? '';
  if (
    args.length !== 2 ||
    salt?.length !== saltBytes ||
    !/^[1-9]\d*$/.test(factor) ||
    body.length !== wrappedKeyBytes
  ) {
    throw headerFault('the passphrase stanza is not well-formed');
  }
  if (Number(factor) > maxWorkFactor) {
    throw locked(
      'key',
      `the package asks for a scrypt work factor of ${factor.slice(0, 20)}, and at most ${maxWorkFactor} is allowed`,
      { hint: 'have it sealed again with a smaller work factor' },
    );
  }
  return unwrapKey(body, await stretch(await passphrase(), salt, Number(factor)));
}

function stretch(passphrase: Secret, salt: Uint8Array, factor: number): Promise<Uint8Array> {
  const label = Buffer.from('age-encryption.org/v1/scrypt');
  const cost = 2 ** factor;
  const options = { N: cost, r: 8, p: 1, maxmem: 128 * 8 * cost + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.reveal(), Buffer.concat([label, salt]), 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
