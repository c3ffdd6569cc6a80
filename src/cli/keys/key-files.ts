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
  /** A folder with one public key file for each trusted signer. */
  readonly trusted: string;
}

/** Where the keys of the user are, unless the rc file names other files. */
export function keyPlaces(io: IO): KeyPlaces {
  const folder = join(configDirectory(io), 'keys');
  return {
    folder,
    signing: join(folder, 'migrator.key'),
    signingPublic: join(folder, 'migrator.pub'),
    identity: join(folder, 'identity.txt'),
    trusted: join(folder, 'trusted'),
  };
}

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
      hint: 'migrator never replaces a key: move the old key to another folder first, and keep it for the packages that need it',
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

async function readKey(path: string): Promise<{ readonly bytes: Buffer; readonly mode: number }> {
  try {
    // Without O_NONBLOCK, opening a pipe waits until somebody writes into it.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new MigratorError('USAGE', `"${path}" is not a key file`, { details: { path } });
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
    throw new MigratorError('NOT_FOUND', `the key file "${path}" does not exist`, {
      hint: 'give the path of a file that exists; migrator key show names your own keys',
      details: { path },
      cause: error,
    });
  }
}

const encrypted = 'age-encryption.org/';

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

export interface TrustedKey {
  /** The file's name without `.pub`. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** The signers that this user trusts, sorted by name. Empty when the folder does not exist. */
export async function listTrusted(io: IO): Promise<readonly TrustedKey[]> {
  const { trusted } = keyPlaces(io);
  let names: string[];
  try {
    names = await readdir(trusted);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw localError(error, `could not read the trusted keys in "${trusted}"`);
  }
  const files = names.filter((name) => name.endsWith('.pub') && !name.startsWith('.')).sort();
  return Promise.all(
    files.map(async (file) => {
      const path = join(trusted, file);
      return { name: file.slice(0, -'.pub'.length), path, text: await readPublicKey(path) };
    }),
  );
}

/**
 * Adds a trusted signer and returns the path of its file. USAGE for an invalid name, CONFLICT when the name is in use.
 */
export async function addTrusted(io: IO, name: string, text: string): Promise<string> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw new MigratorError('USAGE', `"${name}" cannot be the name of a trusted key`, {
      hint: 'use letters, digits, ".", "_" and "-"',
    });
  }
  const path = join(keyPlaces(io).trusted, `${name}.pub`);
  await writePublicKey(path, text);
  return path;
}

/** One sentence for each place of keys that other users can change: who writes there decides whom this user trusts. */
export async function keyWarnings(io: IO): Promise<readonly string[]> {
  if (io.uid === undefined) return [];
  const { folder, trusted, signingPublic } = keyPlaces(io);
  const kept = (await readdir(trusted).catch(() => [])).map((name) => join(trusted, name));
  const warnings = await Promise.all(
    [folder, trusted, signingPublic, ...kept].map(async (path) => {
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
