import { lstat } from 'node:fs/promises';
import { basename } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { localError, systemCode } from '../../files/local-error.ts';
import {
  generateIdentity,
  generateSigningKey,
  parseIdentities,
  parsePublicKey,
  printIdentity,
  printLockedIdentity,
  printPublicKey,
  printSecretKey,
  parseSecretKey,
} from '../../package/index.ts';
import { Secret } from '../../secret.ts';
import { systemRandom } from '../runtime.ts';
import type { IO } from '../terminal/io.ts';
import {
  isLocked,
  type KeyPlaces,
  oldIdentities,
  oldSigningKeys,
  publicBeside,
  readPublicKey,
  readSecretKey,
  recipientsIn,
  writePublicKey,
  writeSecretKey,
} from './key-files.ts';
import { orAbsent } from './key-settings.ts';
import { unprotectedKey } from './signing-keys.ts';

export interface SigningPair {
  readonly keyId: string;
  readonly publicKey: string;
  readonly protected: boolean;
}

export interface IdentityPair {
  /** More than one only in a file that the user wrote. */
  readonly recipients: readonly string[];
  readonly protected: boolean;
}

export async function present(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw localError(error, `could not look at "${file}"`);
  }
}

/** Writes a new signing key and its public key. CONFLICT when one of them exists. */
export async function writeSigningPair(places: KeyPlaces, passphrase: Secret | undefined): Promise<SigningPair> {
  const key = generateSigningKey(systemRandom);
  await writeSecretKey(places.signing, new Secret(await printSecretKey(key, passphrase, systemRandom)));
  await writePublicKey(places.signingPublic, printPublicKey(key.publicKey));
  return { keyId: key.keyId, publicKey: key.publicKey.toString(), protected: passphrase !== undefined };
}

/** Writes a new identity; one with a passphrase gets its public key beside it. CONFLICT when one of them exists. */
export async function writeIdentityPair(places: KeyPlaces, passphrase: Secret | undefined): Promise<IdentityPair> {
  const identity = generateIdentity(systemRandom);
  const recipient = identity.recipient.toString();
  const now = new Date();
  const text =
    passphrase === undefined
      ? printIdentity(identity, now)
      : await printLockedIdentity(identity, now, passphrase, systemRandom);
  // The public key first: a run that is killed then leaves no identity whose public key nobody knows.
  if (passphrase !== undefined) await writePublicKey(places.identityPublic, `${recipient}\n`);
  await writeSecretKey(places.identity, new Secret(text));
  return { recipients: [recipient], protected: passphrase !== undefined };
}

/**
 * The signing key that is there; its public key is written if it is missing. `passphrase` is asked for only then, and
 * only for a key that has one. Undefined when there is no key.
 */
export async function keptSigningPair(
  places: KeyPlaces,
  io: IO,
  passphrase: () => Promise<Secret | undefined>,
): Promise<SigningPair | undefined> {
  const text = await orAbsent(readSecretKey(places.signing, io, () => undefined));
  if (text === undefined) return undefined;
  const plain = await unprotectedKey(text);
  const isProtected = plain === undefined;
  const written = await orAbsent(readPublicKey(places.signingPublic));
  if (written !== undefined && plain === undefined) {
    const key = parsePublicKey(written, `"${places.signingPublic}"`);
    return { keyId: key.keyId, publicKey: key.toString(), protected: true };
  }
  const key = plain ?? (await parseSecretKey(text.reveal(), passphrase, `the signing key "${places.signing}"`));
  if (written === undefined) await writePublicKey(places.signingPublic, printPublicKey(key.publicKey));
  return { keyId: key.keyId, publicKey: key.publicKey.toString(), protected: isProtected };
}

/** The identity that is there. Undefined when there is none. No recipients when only its passphrase could tell them. */
export async function keptIdentity(places: KeyPlaces, io: IO): Promise<IdentityPair | undefined> {
  const text = await orAbsent(readSecretKey(places.identity, io, () => undefined));
  if (text === undefined) return undefined;
  if (!isLocked(text)) {
    const found = parseIdentities(text.reveal(), `the identity "${places.identity}"`);
    return { recipients: found.map(({ recipient }) => recipient.toString()), protected: false };
  }
  const beside = await orAbsent(readPublicKey(places.identityPublic));
  return { recipients: recipientsIn(beside ?? ''), protected: true };
}

export function exists(file: string, hint: string): MigratorError {
  return new MigratorError('CONFLICT', `there is already a key at "${file}"`, { hint, details: { path: file } });
}

export interface OwnKeys {
  readonly signing: readonly {
    readonly keyId: string;
    /** Undefined for an old key that is no longer trusted, and for one that only its passphrase can tell. */
    readonly publicKey: string | undefined;
    readonly file: string;
    /** It signs. */
    readonly current: boolean;
    readonly protected: boolean;
    readonly trusted: boolean;
  }[];
  readonly identities: readonly (IdentityPair & { readonly file: string; readonly current: boolean })[];
}

/** The user's own keys, now and before, as far as no passphrase is needed. Writes nothing. */
export async function listOwnKeys(places: KeyPlaces, io: IO): Promise<OwnKeys> {
  const signing = [
    await signingEntry(places.signing, places.signingPublic, true, io),
    ...(await Promise.all(
      (await oldSigningKeys(places)).map((file) => signingEntry(file, publicBeside(file), false, io)),
    )),
  ];
  const files = [places.identity, ...(await oldIdentities(places))];
  const identities = await Promise.all(
    files.map(async (file, index) => {
      const pair = await keptIdentity({ ...places, identity: file, identityPublic: publicBeside(file) }, io);
      return pair && { ...pair, file, current: index === 0 };
    }),
  );
  return {
    signing: signing.filter((one) => one !== undefined),
    identities: identities.filter((one) => one !== undefined),
  };
}

async function signingEntry(file: string, publicFile: string, current: boolean, io: IO) {
  const text = await orAbsent(readSecretKey(file, io, () => undefined));
  if (text === undefined) return undefined;
  const plain = await unprotectedKey(text);
  const written = await orAbsent(readPublicKey(publicFile));
  const key = plain?.publicKey ?? (written === undefined ? undefined : parsePublicKey(written, `"${publicFile}"`));
  const keyId = key?.keyId ?? (current ? '' : basename(file, '.key'));
  const trusted = current || written !== undefined;
  return { keyId, publicKey: key?.toString(), file, current, protected: plain === undefined, trusted };
}
