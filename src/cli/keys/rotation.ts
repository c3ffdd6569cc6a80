import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { syncFolder } from '../../files/durable.ts';
import { localError, systemCode } from '../../files/local-error.ts';
import { partialName, removeStalePartials } from '../../files/partial-name.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { createFileSink, writePrivateFile } from '../../files/whole-file.ts';
import type { Secret } from '../../secret.ts';
import { type KeyPlaces, oldIdentity, placesIn, publicBeside } from './key-files.ts';
import { type IdentityPair, type SigningPair, writeIdentityPair, writeSigningPair } from './own-keys.ts';

/** What a rotation does, public facts only. It is written before the first key moves. */
export interface Rotation {
  readonly signing?: { readonly old: SigningPair; readonly new: SigningPair };
  readonly identity?: { readonly old: IdentityPair; readonly new: IdentityPair };
}

export interface RotationPassphrases {
  readonly signing: Secret | undefined;
  readonly identity: Secret | undefined;
}

const next = (places: KeyPlaces): string => join(places.folder, 'next');
const planFile = 'rotation.json';

/** The rotation that a killed run left; undefined when there is none. */
export async function leftRotation(places: KeyPlaces): Promise<Rotation | undefined> {
  const path = join(next(places), planFile);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Rotation;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw localError(error, `could not read "${path}"`);
  }
}

/**
 * Makes the new keys in a folder of their own, and gives it its name when all of them are in it. Until then nothing has
 * changed. CONFLICT when another run rotates.
 */
export async function prepareRotation(
  places: KeyPlaces,
  old: { readonly signing?: SigningPair | undefined; readonly identity?: IdentityPair | undefined },
  passphrases: RotationPassphrases,
): Promise<Rotation> {
  const folder = next(places);
  await makePrivateFolder(places.folder);
  await removeStalePartials(folder);
  const partial = partialName(folder);
  try {
    await makePrivateFolder(partial);
    const made = placesIn(partial);
    const plan: Rotation = {
      ...(old.signing && { signing: { old: old.signing, new: await writeSigningPair(made, passphrases.signing) } }),
      ...(old.identity && {
        identity: { old: old.identity, new: await writeIdentityPair(made, passphrases.identity) },
      }),
    };
    await writePrivateFile(join(partial, planFile), `${JSON.stringify(plan, undefined, 2)}\n`, 'create');
    await rename(partial, folder);
    await syncFolder(places.folder);
    return plan;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? ''))
      throw new MigratorError('CONFLICT', 'another rotation of your keys is not finished', {
        hint: 'run the command again: it finishes that one',
      });
    throw isMigratorError(error) ? error : localError(error, `could not make new keys in "${places.folder}"`);
  }
}

/** Gives the new keys the place of the old ones. */
export async function finishRotation(plan: Rotation, places: KeyPlaces): Promise<void> {
  for (const step of rotationSteps(plan, places)) await step();
}

/**
 * Every step may be repeated, and after each of them there is a secret key that works: a copy of the old one is complete
 * before the new one replaces it in one call.
 */
export function rotationSteps(plan: Rotation, places: KeyPlaces): readonly (() => Promise<unknown>)[] {
  const { signing, identity } = plan;
  const made = placesIn(next(places));
  const kept = keptPlaces(plan, places);
  return [
    () => makePrivateFolder(places.old),
    ...(signing === undefined
      ? []
      : [
          () => keep(places.signing, kept.signing, made.signing),
          () => place(kept.signingPublic, publicText(signing.old)),
          // Between two renames, the public key of the other pair would look like somebody's forgery.
          () => dropWhile(made.signing, places.signingPublic),
          () => move(made.signing, places.signing),
          () => writePrivateFile(places.signingPublic, publicText(signing.new), 'replace'),
        ]),
    ...(identity === undefined
      ? []
      : [
          () => keep(places.identity, kept.identity, made.identity),
          () => place(publicBeside(kept.identity), recipientText(identity.old)),
          () => dropWhile(made.identity, places.identityPublic),
          () => move(made.identity, places.identity),
          async () => {
            if (identity.new.protected)
              await writePrivateFile(places.identityPublic, recipientText(identity.new), 'replace');
          },
        ]),
    () => syncFolder(places.folder),
    () => rm(next(places), { recursive: true, force: true }),
  ];
}

/** Where the old keys are after the rotation. */
export function keptPlaces({ signing, identity }: Rotation, { old }: KeyPlaces) {
  const keyId = signing?.old.keyId ?? '';
  const short = identity?.old.recipients[0]?.slice(4, 16) ?? 'unknown';
  return {
    signing: join(old, `${keyId}.key`),
    signingPublic: join(old, `${keyId}.pub`),
    identity: join(old, `${oldIdentity}${short}.txt`),
  };
}

const publicText = ({ keyId, publicKey }: SigningPair): string =>
  `untrusted comment: minisign public key ${keyId}\n${publicKey}\n`;

const recipientText = ({ recipients }: IdentityPair): string => recipients.map((one) => `${one}\n`).join('');

/** Copies the old key, byte for byte, while the new one has not taken its place. */
async function keep(current: string, copy: string, made: string): Promise<void> {
  if (await isThere(made)) await place(copy, await readFile(current));
}

async function dropWhile(made: string, path: string): Promise<void> {
  if (await isThere(made)) await rm(path, { force: true });
}

async function place(path: string, content: Uint8Array | string): Promise<void> {
  if (content.length === 0 || (await isThere(path))) return;
  const sink = await createFileSink(path, { overwrite: false, mode: 0o600 });
  try {
    await sink.write(Buffer.from(content));
    await sink.commit();
  } finally {
    await sink.discard();
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    // An earlier run moved it.
    if (systemCode(error) !== 'ENOENT') throw localError(error, `could not replace "${to}"`);
  }
}

const isThere = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return false;
      throw localError(error, `could not read "${path}"`);
    },
  );
