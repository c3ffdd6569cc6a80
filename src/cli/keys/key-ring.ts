import { resolve } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import {
  generateIdentity,
  generateSigningKey,
  type Identity,
  openIdentityFile,
  parsePublicKey,
  parseRecipient,
  parseSecretKey,
  printIdentity,
  printPublicKey,
  printSecretKey,
  type PublicKey,
  type Recipient,
  type SigningKey,
  type TrustOrigin,
} from '../../package/index.ts';
import { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { systemRandom } from '../runtime.ts';
import { secretFlag, secretFrom } from '../secrets/read-secret.ts';
import {
  type KeyPlaces,
  keyPlaces,
  keyWarnings,
  listTrusted,
  keyBytes,
  readPublicKey,
  readSecretKey,
  writePublicKey,
  writeSecretKey,
} from './key-files.ts';

/** The user's keys: from the command line, from the rc file, or from the user's key folder. */
export interface KeyRing {
  /** The key in `file`, or the one of the rc file, or the user's own. The user's own key is created on first use. */
  signingKey(file: string | undefined): Promise<SigningKey>;
  /** `passphrase` is a reference to the passphrase of the named files. */
  identities(files: readonly string[], passphrase?: string): Promise<readonly Identity[]>;
  /** The given recipients, or those of the rc file, or the user's own. The user's identity is created on first use. */
  recipients(given: readonly string[]): Promise<readonly Recipient[]>;
  trusted(given: readonly string[]): Promise<readonly TrustedSigner[]>;
  /** The user's own recipients, also when packages are usually encrypted to others. */
  ownRecipients(): Promise<readonly Recipient[]>;
  /** The user's own public key, from the secret key where that has no passphrase. Undefined before it is created. */
  ownPublicKey(): Promise<PublicKey | undefined>;
}

export interface TrustedSigner extends TrustOrigin {
  readonly key: PublicKey;
}

export const keyRing = (context: Context): Promise<KeyRing> => context.once(openKeyRing);

export async function openKeyRing(context: Context): Promise<KeyRing> {
  const { io } = context;
  const { keys, directory, file } = await context.config();
  const reporter = await context.reporter();
  const places = keyPlaces(io);
  const notice = (message: string) => reporter.report({ type: 'notice', message });
  const told = new Set<string>();
  const warn = (message: string): void => {
    if (!told.has(message)) reporter.report({ type: 'warning', message });
    told.add(message);
  };
  for (const warning of await keyWarnings(io)) warn(warning);
  const passphraseOf = (file: string, reference: string | undefined) => (): Promise<Secret> =>
    secretFrom(reference ?? 'prompt', { context, directory, purpose: `passphrase of ${file}`, origin: 'rc file' });

  const opened = new Map<string, Promise<readonly Identity[]>>();
  // A run looks for identities more than once, and the user is asked only once.
  const identityFile = (file: string, passphrase?: string): Promise<readonly Identity[]> => {
    const known = opened.get(file) ?? openIdentities(file, passphrase);
    opened.set(file, known);
    known.catch(() => opened.delete(file));
    return known;
  };
  const openIdentities = async (file: string, passphrase: string | undefined): Promise<readonly Identity[]> =>
    openIdentityFile(
      keyBytes(await readSecretKey(file, io, warn)),
      passphrase === undefined
        ? passphraseOf(file, keys.identityPassphrase)
        : () => secretFlag(passphrase, 'identityPassphrase', `passphrase of ${file}`, context),
    );
  const signingKeyFile = async (file: string): Promise<SigningKey> =>
    parseSecretKey((await readSecretKey(file, io, warn)).reveal(), passphraseOf(file, keys.passphrase));

  const ownIdentities = async (): Promise<readonly Identity[]> =>
    (await orAbsent(identityFile(places.identity))) ?? (await makeIdentity());

  const makeIdentity = async (): Promise<readonly Identity[]> => {
    const identity = generateIdentity(systemRandom);
    const text = new Secret(printIdentity(identity, new Date()));
    if (!(await createdByUs(writeSecretKey(places.identity, text)))) return identityFile(places.identity);
    notice(
      `created your encryption identity ${places.identity}; keep a copy: without it you cannot open your packages`,
    );
    return [identity];
  };

  const makeSigningKey = async (): Promise<SigningKey> => {
    const key = generateSigningKey(systemRandom);
    const text = new Secret(await printSecretKey(key, undefined, systemRandom));
    if (!(await createdByUs(writeSecretKey(places.signing, text)))) return signingKeyFile(places.signing);
    await createdByUs(writePublicKey(places.signingPublic, printPublicKey(key.publicKey)));
    notice(`created your signing key ${places.signing} (key id ${key.keyId}); you trust this key`);
    return key;
  };

  const writtenPublicKey = async (): Promise<PublicKey | undefined> => {
    const text = await orAbsent(readPublicKey(places.signingPublic));
    return text === undefined ? undefined : parsePublicKey(text);
  };

  const ownPublicKey = async (): Promise<PublicKey | undefined> => {
    const written = await writtenPublicKey();
    const own = await orAbsent(readSecretKey(places.signing, io, () => undefined));
    const derived = own && (await unprotectedKey(own));
    if (derived === undefined) return own === undefined ? undefined : written;
    if (written !== undefined && written.toString() !== derived.publicKey.toString()) warn(notOurs(places));
    return derived.publicKey;
  };

  const ownRecipients = async (): Promise<readonly Recipient[]> =>
    (await ownIdentities()).map((identity) => identity.recipient);

  return {
    ownRecipients,
    ownPublicKey,
    async signingKey(file) {
      if (file !== undefined) return signingKeyFile(resolve(io.cwd, file));
      if (keys.signing !== undefined) return signingKeyFile(resolve(directory, keys.signing));
      const own = await orAbsent(signingKeyFile(places.signing));
      if (own === undefined) return makeSigningKey();
      // A run that was killed after the first file left no public key. Without it, the user does not trust the key.
      const written = await writtenPublicKey();
      if (written !== undefined && written.toString() !== own.publicKey.toString())
        throw new MigratorError('CONFIG_INVALID', notOurs(places), {
          hint: 'find out who replaced it; without that file migrator writes the right one again',
          details: { path: places.signingPublic },
        });
      if (written === undefined) {
        await createdByUs(writePublicKey(places.signingPublic, printPublicKey(own.publicKey)));
      }
      return own;
    },
    async identities(files, passphrase) {
      const read: Identity[] = [];
      // One after the other, because each may ask for a passphrase.
      for (const file of files) read.push(...(await identityFile(resolve(io.cwd, file), passphrase)));
      for (const file of keys.identities) read.push(...(await identityFile(resolve(directory, file))));
      return [...read, ...((await orAbsent(identityFile(places.identity))) ?? [])];
    },
    async recipients(given) {
      const texts = given.length > 0 ? given : keys.recipients;
      if (texts.length > 0) return texts.map((text) => parseRecipient(text));
      return ownRecipients();
    },
    async trusted(given) {
      const kept = (await listTrusted(io)).map(({ name, path, text }) => ({
        key: parsePublicKey(text, `"${path}"`),
        name,
        trustedBy: path,
      }));
      const own = await ownPublicKey();
      const flag = context.flagSource('trust').words;
      const signers: TrustedSigner[] = [
        ...kept,
        ...(own === undefined ? [] : [{ key: own, name: 'your own key', trustedBy: places.signing }]),
      ];
      // The user's own folder comes first: whom it trusts needs no rc file.
      for (const text of given) signers.push({ key: await publicKeyFrom(text, io.cwd), trustedBy: flag });
      for (const text of keys.trust)
        signers.push({
          key: await publicKeyFrom(text, directory),
          trustedBy: `keys.trust in ${file ?? 'the rc file'}`,
        });
      return signers;
    },
  };
}

const notOurs = ({ signing, signingPublic }: KeyPlaces): string =>
  `"${signingPublic}" is not the public key of your signing key "${signing}"`;

/** Undefined for a key with a passphrase. */
async function unprotectedKey(text: Secret): Promise<SigningKey | undefined> {
  const isProtected = new Error('protected');
  try {
    return await parseSecretKey(text.reveal(), () => Promise.reject(isProtected));
  } catch (error) {
    if (error === isProtected) return undefined;
    throw error;
  }
}

/** Reads a public key from its text (`RW…`) or from a file. */
export async function publicKeyFrom(text: string, directory: string): Promise<PublicKey> {
  if (/^RW[A-Za-z0-9+/]{54}$/u.test(text)) return parsePublicKey(text);
  try {
    return parsePublicKey(await readPublicKey(resolve(directory, text)), `"${text}"`);
  } catch (cause) {
    if (!isMigratorError(cause, 'NOT_FOUND')) throw cause;
    throw new MigratorError('USAGE', `"${text}" is neither a minisign public key nor a file`, { cause });
  }
}

/** False when another run created the key at the same time. Then that key is used. */
async function createdByUs(writing: Promise<void>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (!isMigratorError(error, 'CONFLICT')) throw error;
    return false;
  }
}

/** The key, or undefined when it does not exist yet. */
export async function orAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMigratorError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}
