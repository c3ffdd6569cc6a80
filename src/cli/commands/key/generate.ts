import { lstat, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { MigratorError } from '../../../errors.ts';
import {
  generateIdentity,
  generateSigningKey,
  type Identity,
  parseIdentities,
  parseSecretKey,
  printIdentity,
  printPublicKey,
  printSecretKey,
  type SigningKey,
} from '../../../package/index.ts';
import { makePrivateFolder } from '../../../files/private-folder.ts';
import { writePrivateFile } from '../../../files/whole-file.ts';
import { Secret } from '../../../secret.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyPlaces, readSecretKey, writePublicKey, writeSecretKey } from '../../keys/key-files.ts';
import { systemRandom } from '../../runtime.ts';
import { secretFlag } from '../../secrets/read-secret.ts';
import { lines } from '../../terminal/table.ts';
import type { KeyGenerateOptions } from './flags.ts';

export async function runKeyGenerate({ options }: Invocation<KeyGenerateOptions>, context: Context) {
  const { kind } = options;
  const places = placesFor(options.output, context);
  const wanted = [
    ...(kind === 'identity' ? [] : [places.signing, places.signingPublic]),
    ...(kind === 'signing' ? [] : [places.identity]),
  ];
  // A run that was killed between its files left this mark. What it wrote is then kept, and the rest is made.
  const mark = join(dirname(places.signing), '.generating');
  const goesOn = await present(mark);
  // The command writes both keys or none, so it looks for existing keys before it writes the first.
  if (!goesOn) for (const file of wanted) await refuseExisting(file);
  const passphrase =
    options.passphrase === undefined
      ? undefined
      : await secretFlag(options.passphrase, 'passphrase', 'passphrase of the signing key', context);
  await makePrivateFolder(dirname(mark));
  await writePrivateFile(mark, '', 'replace');
  const made: { signing?: object; identity?: object } = {};
  const text: string[] = [];
  if (kind !== 'identity') {
    const key = goesOn ? await keptOrNew(places, passphrase, context) : await newKey(places, passphrase);
    if (!(await present(places.signingPublic)))
      await writePublicKey(places.signingPublic, printPublicKey(key.publicKey));
    const publicKey = key.publicKey.toString();
    made.signing = { file: places.signing, keyId: key.keyId, publicKey, protected: passphrase !== undefined };
    text.push(`signing key:  ${places.signing} (key id ${key.keyId})`, `public key:   ${publicKey}`);
  }
  if (kind !== 'signing') {
    const kept = goesOn && (await present(places.identity));
    const identity = kept ? await identityIn(places.identity, context) : generateIdentity(systemRandom);
    const recipient = identity.recipient.toString();
    if (!kept) await writeSecretKey(places.identity, new Secret(printIdentity(identity, new Date())));
    made.identity = { file: places.identity, recipient };
    text.push(`identity:     ${places.identity}`, `recipient:    ${recipient}`);
  }
  await rm(mark, { force: true });
  context.result(
    'key-generate',
    made,
    lines(
      ...text,
      'Keep copies of these files. A package that is encrypted to an identity can be opened only with that identity.',
    ),
  );
  return undefined;
}

function placesFor(output: string | undefined, { io }: Context) {
  if (output === undefined) return keyPlaces(io);
  const folder = resolve(io.cwd, output);
  return {
    signing: join(folder, 'migrator.key'),
    signingPublic: join(folder, 'migrator.pub'),
    identity: join(folder, 'identity.txt'),
  };
}

type Places = ReturnType<typeof placesFor>;

async function newKey({ signing }: Places, passphrase: Secret | undefined): Promise<SigningKey> {
  const key = generateSigningKey(systemRandom);
  await writeSecretKey(signing, new Secret(await printSecretKey(key, passphrase, systemRandom)));
  return key;
}

async function keptOrNew(places: Places, passphrase: Secret | undefined, { io }: Context): Promise<SigningKey> {
  if (!(await present(places.signing))) return newKey(places, passphrase);
  const text = await readSecretKey(places.signing, io, () => undefined);
  return parseSecretKey(text.reveal(), () => Promise.resolve(passphrase));
}

async function identityIn(file: string, { io }: Context): Promise<Identity> {
  const [identity] = parseIdentities((await readSecretKey(file, io, () => undefined)).reveal());
  if (identity === undefined) throw new MigratorError('CONFIG_INVALID', `there is no identity in "${file}"`);
  return identity;
}

async function present(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function refuseExisting(file: string): Promise<void> {
  if (!(await present(file))) return;
  throw new MigratorError('CONFLICT', `there is already a key at "${file}"`, {
    hint: 'migrator never replaces a key: move the old key to another folder first, and keep it for the packages that need it',
  });
}
