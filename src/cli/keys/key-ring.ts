import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { decodeText } from '../../files/text.ts';
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
} from '../../package/index.ts';
import { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { systemRandom } from '../runtime.ts';
import { secretFrom } from '../secrets/read-secret.ts';
import { keyPlaces, listTrusted, readPublicKey, readSecretKey, writePublicKey, writeSecretKey } from './key-files.ts';

/** The user's keys: from the command line, from the rc file, or from the user's key folder. */
export interface KeyRing {
  /** The key in `file`, or the one of the rc file, or the user's own. The user's own key is created on first use. */
  signingKey(file: string | undefined): Promise<SigningKey>;
  identities(files: readonly string[]): Promise<readonly Identity[]>;
  /** The given recipients, or those of the rc file, or the user's own. The user's identity is created on first use. */
  recipients(given: readonly string[]): Promise<readonly Recipient[]>;
  trusted(given: readonly string[]): Promise<readonly PublicKey[]>;
  /** The user's own recipients, also when packages are usually encrypted to others. */
  ownRecipients(): Promise<readonly Recipient[]>;
  /** The user's own public key. Undefined before it is created. */
  ownPublicKey(): Promise<PublicKey | undefined>;
}

export const keyRing = (context: Context): Promise<KeyRing> => context.once(openKeyRing);

export async function openKeyRing(context: Context): Promise<KeyRing> {
  const { io } = context;
  const { keys, directory } = await context.config();
  const reporter = await context.reporter();
  const places = keyPlaces(io);
  const notice = (message: string) => reporter.report({ type: 'notice', message });
  const warn = (message: string) => reporter.report({ type: 'warning', message });
  const passphraseOf = (file: string, reference: string | undefined) => (): Promise<Secret> =>
    secretFrom(reference ?? 'prompt', { context, directory, purpose: `passphrase of ${file}`, origin: 'rc file' });

  const identityFile = async (file: string): Promise<readonly Identity[]> =>
    openIdentityFile(
      Buffer.from((await readSecretKey(file, io, warn)).reveal(), 'latin1'),
      passphraseOf(file, undefined),
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

  const ownPublicKey = async (): Promise<PublicKey | undefined> => {
    const text = await orAbsent(readPublicKey(places.signingPublic));
    return text === undefined ? undefined : parsePublicKey(text);
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
      if ((await ownPublicKey()) === undefined) {
        await createdByUs(writePublicKey(places.signingPublic, printPublicKey(own.publicKey)));
      }
      return own;
    },
    async identities(files) {
      const named = [
        ...files.map((file) => resolve(io.cwd, file)),
        ...keys.identities.map((file) => resolve(directory, file)),
      ];
      const read: Identity[] = [];
      // One after the other, because each may ask for a passphrase.
      for (const file of named) read.push(...(await identityFile(file)));
      return [...read, ...((await orAbsent(identityFile(places.identity))) ?? [])];
    },
    async recipients(given) {
      const texts = given.length > 0 ? given : keys.recipients;
      if (texts.length > 0) return texts.map((text) => parseRecipient(text));
      return ownRecipients();
    },
    async trusted(given) {
      const named = await Promise.all([
        ...given.map((text) => publicKeyFrom(text, io.cwd)),
        ...keys.trust.map((text) => publicKeyFrom(text, directory)),
      ]);
      const kept = (await listTrusted(io)).map(({ text }) => parsePublicKey(text));
      const own = await ownPublicKey();
      return [...named, ...kept, ...(own === undefined ? [] : [own])];
    },
  };
}

/** Reads a public key from its text (`RW…`) or from a file. */
export async function publicKeyFrom(text: string, directory: string): Promise<PublicKey> {
  if (/^RW[A-Za-z0-9+/]{54}$/u.test(text)) return parsePublicKey(text);
  const file = resolve(directory, text);
  try {
    return parsePublicKey(decodeText(await readFile(file)));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
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
