import { readFile } from 'node:fs/promises';
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
} from '../../package/index.ts';
import { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { systemRandom } from '../runtime.ts';
import { secretFrom } from '../secrets/read-secret.ts';
import { keyPlaces, listTrusted, readPublicKey, readSecretKey, writePublicKey, writeSecretKey } from './key-files.ts';

/** The user's keys: those of the command line, those the rc file names, and else those of the user's key folder. */
export interface KeyRing {
  /** Made on first use, when nobody named one. */
  signingKey(file: string | undefined): Promise<SigningKey>;
  identities(files: readonly string[]): Promise<readonly Identity[]>;
  /** Whom packages are encrypted to: those given, those of the rc file, or else the user, whose identity is made on first use. */
  recipients(given: readonly string[]): Promise<readonly Recipient[]>;
  trusted(given: readonly string[]): Promise<readonly PublicKey[]>;
  /** The user's own recipients, whoever else packages are encrypted to. */
  ownRecipients(): Promise<readonly Recipient[]>;
  /** The user's own public key; undefined before the first. */
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
    if (!(await wasFirst(writeSecretKey(places.identity, text)))) return identityFile(places.identity);
    notice(`made an encryption identity for you: ${places.identity}; keep a copy, packages open with nothing else`);
    return [identity];
  };

  const makeSigningKey = async (): Promise<SigningKey> => {
    const key = generateSigningKey(systemRandom);
    const text = new Secret(await printSecretKey(key, undefined, systemRandom));
    if (!(await wasFirst(writeSecretKey(places.signing, text)))) return signingKeyFile(places.signing);
    await wasFirst(writePublicKey(places.signingPublic, printPublicKey(key.publicKey)));
    notice(`made a signing key for you: ${places.signing} (key id ${key.keyId}); you trust it`);
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
      // A run that was killed between the two files left the key without its public half, by which the user trusts it.
      if ((await ownPublicKey()) === undefined) {
        await wasFirst(writePublicKey(places.signingPublic, printPublicKey(own.publicKey)));
      }
      return own;
    },
    async identities(files) {
      const named = [
        ...files.map((file) => resolve(io.cwd, file)),
        ...keys.identities.map((file) => resolve(directory, file)),
      ];
      const read: Identity[] = [];
      // One after the other: each may ask for a passphrase.
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

/** A bare key (`RW…`) or a file that holds one. */
export async function publicKeyFrom(text: string, directory: string): Promise<PublicKey> {
  if (/^RW[A-Za-z0-9+/]{54}$/u.test(text)) return parsePublicKey(text);
  const file = resolve(directory, text);
  try {
    return parsePublicKey(await readFile(file, 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new MigratorError('USAGE', `"${text}" is neither a minisign public key nor a file`, { cause });
  }
}

/** Two runs may both be the first to need a key: the one that comes too late uses the other's. */
async function wasFirst(writing: Promise<void>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (!isMigratorError(error, 'CONFLICT')) throw error;
    return false;
  }
}

/** A key that lies in its usual place, or undefined when there is none yet. */
export async function orAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMigratorError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}
