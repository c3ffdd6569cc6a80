import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makePrivateFolder, refuseFile } from '../../../files/private-folder.ts';
import { writePrivateFile } from '../../../files/whole-file.ts';
import type { Secret } from '../../../secret.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { type KeyPlaces, keyPlaces, placesIn } from '../../keys/key-files.ts';
import {
  exists,
  keptIdentity,
  keptSigningPair,
  present,
  writeIdentityPair,
  writeSigningPair,
} from '../../keys/own-keys.ts';
import { newPassphrase } from '../../keys/passphrase.ts';
import { lines } from '../../terminal/table.ts';
import type { KeyGenerateOptions } from './flags.ts';

export async function runKeyGenerate({ options }: Invocation<KeyGenerateOptions>, context: Context) {
  const { kind } = options;
  const places =
    options.output === undefined ? keyPlaces(context.io) : placesIn(resolve(context.io.cwd, options.output));
  await refuseFile(dirname(places.signing), 'name another folder with --output');
  // A run that was killed between its files left this mark. What it wrote is then kept, and the rest is made.
  const mark = join(dirname(places.signing), '.generating');
  const goesOn = await present(mark);
  // The command writes both keys or none, so it looks for existing keys before it writes the first.
  if (!goesOn) await refuseExisting(kind, places);
  const passphrases = await passphrasesOf(options, context);
  await makePrivateFolder(dirname(mark));
  await writePrivateFile(mark, '', 'replace');
  const signing = kind === 'identity' ? undefined : await signingPair(places, passphrases.signing, goesOn, context);
  const identity = kind === 'signing' ? undefined : await identityPair(places, passphrases.identity, goesOn, context);
  await rm(mark, { force: true });
  context.result(
    'key-generate',
    { signing, identity },
    lines(
      signing && `signing key:  ${signing.file} (key id ${signing.keyId})${keptWords(signing)}`,
      signing && `public key:   ${signing.publicKey}`,
      identity && `identity:     ${identity.file}${keptWords(identity)}`,
      identity &&
        `recipient:    ${identity.recipient === '' ? 'not known without its passphrase' : identity.recipient}`,
      'Keep copies of these files. A package that is encrypted to an identity can be opened only with that identity.',
    ),
  );
  return undefined;
}

const keptWords = ({ kept }: { readonly kept: boolean }): string => (kept ? ', kept from a run that was killed' : '');

export async function passphrasesOf(
  { passphrase, identityPassphrase }: Pick<KeyGenerateOptions, 'passphrase' | 'identityPassphrase'>,
  context: Context,
): Promise<{ readonly signing: Secret | undefined; readonly identity: Secret | undefined }> {
  return {
    signing:
      passphrase === undefined
        ? undefined
        : await newPassphrase(passphrase, 'passphrase', 'passphrase of the signing key', context),
    identity:
      identityPassphrase === undefined
        ? undefined
        : await newPassphrase(identityPassphrase, 'identityPassphrase', 'passphrase of the identity', context),
  };
}

async function signingPair(places: KeyPlaces, passphrase: Secret | undefined, goesOn: boolean, { io }: Context) {
  const kept = goesOn ? await keptSigningPair(places, io, () => Promise.resolve(passphrase)) : undefined;
  const pair = kept ?? (await writeSigningPair(places, passphrase));
  return { file: places.signing, ...pair, kept: kept !== undefined };
}

async function identityPair(places: KeyPlaces, passphrase: Secret | undefined, goesOn: boolean, { io }: Context) {
  const kept = goesOn ? await keptIdentity(places, io) : undefined;
  // A public key without its identity is of no use: the run was killed before it wrote the secret.
  if (goesOn && kept === undefined) await rm(places.identityPublic, { force: true });
  const pair = kept ?? (await writeIdentityPair(places, passphrase));
  return {
    file: places.identity,
    recipient: pair.recipients[0] ?? '',
    protected: pair.protected,
    kept: kept !== undefined,
  };
}

async function refuseExisting(kind: KeyGenerateOptions['kind'], places: KeyPlaces): Promise<void> {
  const signing = (await present(places.signing)) || (await present(places.signingPublic));
  const identity = (await present(places.identity)) || (await present(places.identityPublic));
  const rotate = 'migrator never overwrites a key; "migrator key rotate" makes new ones and keeps the old ones';
  const clash = kind === 'identity' ? identity : kind === 'signing' ? signing : signing || identity;
  if (!clash) return;
  const file = kind === 'identity' || !signing ? places.identity : places.signing;
  const other = signing ? 'identity' : 'signing';
  throw exists(
    file,
    kind === 'both' && signing !== identity ? `add the missing key with --kind ${other}; ${rotate}` : rotate,
  );
}
