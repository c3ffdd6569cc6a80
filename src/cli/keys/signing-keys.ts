import { MigratorError } from '../../errors.ts';
import {
  generateSigningKey,
  parsePublicKey,
  parseSecretKey,
  printPublicKey,
  printSecretKey,
  type PublicKey,
  type SigningKey,
} from '../../package/index.ts';
import { Secret } from '../../secret.ts';
import { systemRandom } from '../runtime.ts';
import { secretFlag } from '../secrets/read-secret.ts';
import { type KeyPlaces, readPublicKey, readSecretKey, writePublicKey, writeSecretKey } from './key-files.ts';
import {
  createdByUs,
  type KeySettings,
  type KeySource,
  nameOfSource,
  orAbsent,
  passphraseOf,
  secretKeyText,
} from './key-settings.ts';
import { keyOnCommandLine, kindOfKey, wrongKind } from './kinds.ts';

/** `passphrase` is the reference of the flag `--signing-key-passphrase`. */
export async function openSigningKey(
  source: KeySource,
  settings: KeySettings,
  passphrase?: string,
): Promise<SigningKey> {
  const typed = kindOfKey(source.text);
  if (typed?.isSecret === true && source.origin === 'command line') throw keyOnCommandLine('--signing-key');
  if (typed !== undefined) throw wrongKind(`"${source.text.slice(0, 100)}"`, typed, 'signing key');
  const name = nameOfSource(source);
  const text = (await secretKeyText(source, settings)).reveal();
  const kind = kindOfKey(text);
  if (kind !== undefined && kind.name !== 'signing key') throw wrongKind(`"${name}"`, kind, 'signing key');
  const ask =
    passphrase === undefined
      ? passphraseOf(name, settings, 'passphrase')
      : () => secretFlag(passphrase, 'signingKeyPassphrase', `passphrase of ${name}`, settings.context);
  return parseSecretKey(text, ask, `the signing key "${name}"`);
}

const own = ({ signing }: KeyPlaces): KeySource => ({ text: signing, directory: '/', origin: 'rc file' });

/** The user's own key that signs. It is created on first use. */
export async function ownSigningKey(settings: KeySettings, passphrase?: string): Promise<SigningKey> {
  const { places } = settings;
  const key = await orAbsent(openSigningKey(own(places), settings, passphrase));
  if (key === undefined) return createSigningKey(settings);
  // A run that was killed after the first file left no public key. Without it, the user does not trust the key.
  const written = await writtenPublicKey(places);
  if (written !== undefined && written.toString() !== key.publicKey.toString())
    throw new MigratorError('CONFIG_INVALID', notOurs(places), {
      hint: 'find out who replaced it; without that file migrator writes the right one again',
      details: { path: places.signingPublic },
    });
  if (written === undefined) await createdByUs(writePublicKey(places.signingPublic, printPublicKey(key.publicKey)));
  return key;
}

async function createSigningKey(settings: KeySettings): Promise<SigningKey> {
  const { places, notice } = settings;
  const key = generateSigningKey(systemRandom);
  const text = new Secret(await printSecretKey(key, undefined, systemRandom));
  if (!(await createdByUs(writeSecretKey(places.signing, text)))) return openSigningKey(own(places), settings);
  await createdByUs(writePublicKey(places.signingPublic, printPublicKey(key.publicKey)));
  notice(`created your signing key ${places.signing} (key id ${key.keyId}); you trust this key`);
  return key;
}

async function writtenPublicKey({ signingPublic }: KeyPlaces): Promise<PublicKey | undefined> {
  const text = await orAbsent(readPublicKey(signingPublic));
  return text === undefined ? undefined : parsePublicKey(text, `"${signingPublic}"`);
}

/** The user's own public key, from the secret key where that has no passphrase. Undefined before it is created. */
export async function ownPublicKey({ context, places, warn }: KeySettings): Promise<PublicKey | undefined> {
  const written = await writtenPublicKey(places);
  const text = await orAbsent(readSecretKey(places.signing, context.io, () => undefined));
  const derived = text && (await unprotectedKey(text));
  if (derived === undefined) return text === undefined ? undefined : written;
  if (written !== undefined && written.toString() !== derived.publicKey.toString()) warn(notOurs(places));
  return derived.publicKey;
}

const notOurs = ({ signing, signingPublic }: KeyPlaces): string =>
  `"${signingPublic}" is not the public key of your signing key "${signing}"`;

/** Undefined for a key with a passphrase. */
export async function unprotectedKey(text: Secret): Promise<SigningKey | undefined> {
  const isProtected = new Error('protected');
  try {
    return await parseSecretKey(text.reveal(), () => Promise.reject(isProtected));
  } catch (error) {
    if (error === isProtected) return undefined;
    throw error;
  }
}
