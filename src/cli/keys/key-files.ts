import { constants, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { localError, systemCode } from '../../files/local-error.ts';
import { decodeText } from '../../files/text.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { createFileSink } from '../../files/whole-file.ts';
import { Secret } from '../../secret.ts';
import { configDirectory } from '../state/directories.ts';
import type { IO } from '../terminal/io.ts';

/** A key file has a few lines. A larger file was named by mistake. */
const sizeLimit = 64 * 1024;

export interface KeyPlaces {
  /** `keys` in the user's configuration folder. */
  readonly folder: string;
  /** The secret key that signs packages, in minisign format. */
  readonly signing: string;
  /** The public key of `signing`, in minisign format. */
  readonly signingPublic: string;
  /** The secret key that opens packages, in age format. */
  readonly identity: string;
  /** The public key of `identity`, where that has a passphrase. */
  readonly identityPublic: string;
  /** A folder with one public key file for each trusted signer. */
  readonly trusted: string;
  /** A folder with the keys of the user that a rotation replaced. */
  readonly old: string;
}

/** Where the keys of the user are, unless the rc file names other files. */
export function keyPlaces(io: IO): KeyPlaces {
  return placesIn(join(configDirectory(io), 'keys'));
}

/** The names that the files have in any folder of keys. */
export function placesIn(folder: string): KeyPlaces {
  return {
    folder,
    signing: join(folder, 'migrator.key'),
    signingPublic: join(folder, 'migrator.pub'),
    identity: join(folder, 'identity.txt'),
    identityPublic: join(folder, 'identity.pub'),
    trusted: join(folder, 'trusted'),
    old: join(folder, 'old'),
  };
}

export const neverReplaced =
  'migrator never overwrites a key; "migrator key rotate" makes a new one and keeps the old one for the packages that need it';

async function writeKey(path: string, text: string, mode: number): Promise<void> {
  await makePrivateFolder(dirname(path));
  try {
    const sink = await createFileSink(path, { overwrite: false, mode });
    try {
      await sink.write(Buffer.from(text));
      await sink.commit();
    } finally {
      await sink.discard();
    }
  } catch (error) {
    if (!isMigratorError(error, 'CONFLICT')) throw error;
    throw new MigratorError('CONFLICT', `there is already a key at "${path}"`, {
      hint: neverReplaced,
      details: { path },
      cause: error,
    });
  }
}

/** Writes a new secret key that only its user can read. CONFLICT when the file exists: a replaced key would be lost. */
export function writeSecretKey(path: string, text: Secret): Promise<void> {
  return writeKey(path, text.reveal(), 0o600);
}

/** Writes a new public key. CONFLICT when the file exists. */
export function writePublicKey(path: string, text: string): Promise<void> {
  return writeKey(path, text, 0o644);
}

/** How the names of old identities begin, in the folder of old keys. Old signing keys are named by their key ids. */
export const oldIdentity = 'identity-';

/** The identities that rotations replaced. None when the folder does not exist. */
export const oldIdentities = (places: KeyPlaces): Promise<readonly string[]> =>
  oldKeys(places, (name) => name.startsWith(oldIdentity) && name.endsWith('.txt'));

/** The secret signing keys that rotations replaced. */
export const oldSigningKeys = (places: KeyPlaces): Promise<readonly string[]> =>
  oldKeys(places, (name) => name.endsWith('.key'));

async function oldKeys({ old }: KeyPlaces, isWanted: (name: string) => boolean): Promise<readonly string[]> {
  const names = await readdir(old).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw localError(error, `could not read the old keys in "${old}"`);
  });
  return names
    .filter((name) => !name.startsWith('.') && isWanted(name))
    .sort()
    .map((name) => join(old, name));
}

/** The file with the public half of a secret key. */
export const publicBeside = (secret: string): string => secret.replace(/\.(?:txt|key)$/u, '.pub');

/** The public keys in the lines of a text; lines of other kinds are left out. */
export const recipientsIn = (text: string): readonly string[] =>
  text.split(/\r?\n/u).flatMap((line) => /^(?:# public key: )?(age1[0-9a-z]+)\s*$/u.exec(line)?.[1] ?? []);

/**
 * The user's public age keys, now and before, as far as they can be read without a passphrase. For display: a file that
 * cannot be read is left out.
 */
export async function ownRecipientTexts(io: IO): Promise<readonly string[]> {
  const places = keyPlaces(io);
  const files = [places.identity, ...(await oldIdentities(places).catch(() => []))];
  const texts = await Promise.all(
    files.flatMap((file) => [file, publicBeside(file)]).map((file) => readPublicKey(file).catch(() => '')),
  );
  return [...new Set(texts.flatMap(recipientsIn))];
}

async function readKey(path: string): Promise<{ readonly bytes: Buffer; readonly mode: number }> {
  try {
    // Without O_NONBLOCK, opening a pipe waits until somebody writes into it.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) {
        const what = stats.isDirectory() ? 'is a folder, not a key file' : 'is not a key file';
        throw new MigratorError('USAGE', `"${path}" ${what}`, { hint: 'name the file of the key', details: { path } });
      }
      if (stats.size > sizeLimit) {
        throw new MigratorError('USAGE', `"${path}" is too large to be a key file`, { details: { path } });
      }
      return { bytes: await handle.readFile(), mode: stats.mode };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') {
      throw localError(error, `could not read the key "${path}"`);
    }
    throw new MigratorError('NOT_FOUND', `there is no key at "${path}"`, {
      hint: 'give the path of a key file, or env:NAME for a key in a variable; "migrator key list" shows your own keys',
      details: { path },
      cause: error,
    });
  }
}

const encrypted = 'age-encryption.org/';

/** An identity file that `age -p` encrypted with a passphrase, armored or not. */
export const isLocked = (text: Secret): boolean => /^(?:age-encryption\.org\/|\s*-----BEGIN AGE)/u.test(text.reveal());

/** An encrypted identity is no text: each of its bytes becomes one character. `keyBytes` takes it back. */
function keyText(bytes: Buffer): string {
  return bytes.toString('latin1', 0, encrypted.length) === encrypted ? bytes.toString('latin1') : decodeText(bytes);
}

/** The bytes of a key file, as UTF-8 where it is a text. */
export function keyBytes(text: Secret): Buffer {
  return Buffer.from(text.reveal(), text.reveal().startsWith(encrypted) ? 'latin1' : 'utf8');
}

/**
 * The text of a secret key file. `onWarning` is called when other users can read it. NOT_FOUND when there is no file.
 */
export async function readSecretKey(
  path: string,
  io: Pick<IO, 'platform'>,
  onWarning: (message: string) => void,
): Promise<Secret> {
  const { bytes, mode } = await readKey(path);
  if (io.platform !== 'win32' && (mode & 0o077) !== 0) {
    onWarning(`the secret key "${path}" can be read by other users: run chmod 600 on it`);
  }
  return new Secret(keyText(bytes));
}

/** The text of a public key file. NOT_FOUND when there is no file. */
export async function readPublicKey(path: string): Promise<string> {
  return decodeText((await readKey(path)).bytes);
}

/** One sentence for each place of keys that other users can change: who writes there decides whom this user trusts. */
export async function keyWarnings(io: IO): Promise<readonly string[]> {
  if (io.uid === undefined) return [];
  const { folder, trusted, signingPublic, identityPublic, old } = keyPlaces(io);
  const kept = await Promise.all(
    [trusted, old].map(async (below) => (await readdir(below).catch(() => [])).map((name) => join(below, name))),
  );
  const warnings = await Promise.all(
    [folder, trusted, signingPublic, identityPublic, ...kept.flat()].map(async (path) => {
      const stats = await stat(path).catch(() => undefined);
      if (stats === undefined) return undefined;
      if (stats.uid !== io.uid && stats.uid !== 0)
        return `"${path}", which decides whom you trust, belongs to another user`;
      const shared = (stats.mode & 0o002) !== 0 || ((stats.mode & 0o020) !== 0 && stats.gid !== stats.uid);
      return shared
        ? `"${path}", which decides whom you trust, can be written by other users: run chmod go-w on it`
        : undefined;
    }),
  );
  return warnings.filter((warning) => warning !== undefined);
}
