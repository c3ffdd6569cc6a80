import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { localError, systemCode } from '../../files/local-error.ts';
import { nearest } from '../../nearest.ts';
// Not from package/index.ts: `package inspect` needs these names, and loading ciphers takes longer than its work.
import { parsePublicKey, printPublicKey, type PublicKey } from '../../package/minisign/public-key.ts';
import type { IO } from '../terminal/io.ts';
import { keyPlaces, oldIdentity, readPublicKey, writePublicKey } from './key-files.ts';

export interface TrustedKey {
  /** The file's name without `.pub`. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** The public key files in a folder, sorted by name. Empty when the folder does not exist. */
export async function publicKeysIn(folder: string): Promise<readonly TrustedKey[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw localError(error, `could not read the keys in "${folder}"`);
  }
  const files = names.filter((name) => name.endsWith('.pub') && !name.startsWith('.')).sort();
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file);
      return { name: file.slice(0, -'.pub'.length), path, text: await readPublicKey(path) };
    }),
  );
}

/** The signers that this user trusts, sorted by name. */
export function listTrusted(io: IO): Promise<readonly TrustedKey[]> {
  return publicKeysIn(keyPlaces(io).trusted);
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/u;
const keyIdPattern = /^[0-9A-F]{16}$/iu;

/**
 * The name that a file gives to its key. Undefined for no file and for the names that programs choose: these say nothing of the
 * owner.
 */
export function nameOfFile(path: string): string | undefined {
  const name = /^(?:file:)?(.*)\.pub$/su.exec(path)?.[1];
  const bare = name === undefined ? undefined : basename(name);
  const isChosen = bare !== undefined && namePattern.test(bare) && !keyIdPattern.test(bare);
  return isChosen && !['migrator', 'minisign', 'key', 'id', 'signer'].includes(bare.toLowerCase()) ? bare : undefined;
}

/**
 * Trusts a signer and returns the path of its file; does nothing for a key that has this name already. A key that was
 * trusted without a name gets this one. USAGE for a name
 * that cannot be one, CONFLICT for a name of another key and for a key that has another name.
 */
export async function addTrusted(io: IO, name: string, key: PublicKey): Promise<{ path: string; isNew: boolean }> {
  if (!namePattern.test(name) || (keyIdPattern.test(name) && name !== key.keyId)) {
    throw new MigratorError('USAGE', `"${name}" cannot be the name of a trusted key`, {
      hint: keyIdPattern.test(name)
        ? 'it looks like the id of another key'
        : 'use letters, digits, ".", "_" and "-", at most 100',
    });
  }
  const kept = (await listTrusted(io)).map((one) => ({ ...one, key: parsePublicKey(one.text, `"${one.path}"`) }));
  const same = kept.find((one) => one.key.toString() === key.toString());
  if (same?.name === name) return { path: same.path, isNew: false };
  const unnamed = same?.name === key.keyId ? same : undefined;
  if (same !== undefined && unnamed === undefined)
    throw new MigratorError('CONFLICT', `you trust this key already, under the name ${same.name}`, {
      hint: `to give it another name: migrator key untrust ${same.name}, and then trust it again`,
      details: { name: same.name },
    });
  const namesake = kept.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (namesake !== undefined)
    throw new MigratorError('CONFLICT', `the name ${namesake.name} belongs to another key, ${namesake.key.keyId}`, {
      hint: `choose another name with --name; if ${namesake.name} has a new key: migrator key untrust ${namesake.name}, and then trust the new one`,
      details: { name: namesake.name, keyId: namesake.key.keyId },
    });
  const path = join(keyPlaces(io).trusted, `${name}.pub`);
  await writePublicKey(path, printPublicKey(key));
  if (unnamed !== undefined) await rm(unnamed.path, { force: true });
  return { path, isNew: unnamed === undefined };
}

export interface Untrusted {
  readonly name: string;
  readonly keyId: string;
  readonly path: string;
}

/**
 * Takes the trust from the keys of this name, id or public key: colleagues, and the user's own old keys. NOT_FOUND when
 * there are none.
 */
export async function removeTrusted(io: IO, wanted: string): Promise<readonly Untrusted[]> {
  const all = await Promise.all([listTrusted(io), publicKeysIn(keyPlaces(io).old)]);
  const kept = all
    .flat()
    // The public keys of old identities lie beside the old signing keys, and nobody trusts them.
    .filter(({ name }) => !name.startsWith(oldIdentity))
    .map(({ name, path, text }) => ({ name, path, key: parsePublicKey(text, `"${path}"`) }));
  const found = kept.filter(
    ({ name, key }) => name === wanted || key.keyId === wanted.toUpperCase() || key.toString() === wanted,
  );
  if (found.length === 0) {
    const near = nearest(
      wanted,
      kept.map(({ name }) => name),
    );
    throw new MigratorError('NOT_FOUND', `you trust no key with the name or id "${wanted.slice(0, 100)}"`, {
      hint: near === undefined ? '"migrator key list" shows whom you trust' : `did you mean "${near}"?`,
    });
  }
  for (const { path } of found) await rm(path, { force: true });
  return found.map(({ name, path, key }) => ({ name, path, keyId: key.keyId }));
}
