import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MigratorError } from '../../../errors.ts';
import {
  generateIdentity,
  generateSigningKey,
  printIdentity,
  printPublicKey,
  printSecretKey,
} from '../../../package/index.ts';
import { Secret } from '../../../secret.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyPlaces, writePublicKey, writeSecretKey } from '../../keys/key-files.ts';
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
  // Both or none: a key that exists stops the command before it writes the other.
  for (const file of wanted) await refuseExisting(file);
  const passphrase =
    options.passphrase === undefined
      ? undefined
      : await secretFlag(options.passphrase, 'passphrase', 'passphrase of the signing key', context);
  const made: { signing?: object; identity?: object } = {};
  const text: string[] = [];
  if (kind !== 'identity') {
    const key = generateSigningKey(systemRandom);
    await writeSecretKey(places.signing, new Secret(await printSecretKey(key, passphrase, systemRandom)));
    await writePublicKey(places.signingPublic, printPublicKey(key.publicKey));
    const publicKey = key.publicKey.toString();
    made.signing = { file: places.signing, keyId: key.keyId, publicKey, protected: passphrase !== undefined };
    text.push(`signing key:  ${places.signing} (key id ${key.keyId})`, `public key:   ${publicKey}`);
  }
  if (kind !== 'signing') {
    const identity = generateIdentity(systemRandom);
    const recipient = identity.recipient.toString();
    await writeSecretKey(places.identity, new Secret(printIdentity(identity, new Date())));
    made.identity = { file: places.identity, recipient };
    text.push(`identity:     ${places.identity}`, `recipient:    ${recipient}`);
  }
  context.result(
    'key-generate',
    made,
    lines(...text, 'Keep copies of these files: what is encrypted to an identity opens with nothing else.'),
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

async function refuseExisting(file: string): Promise<void> {
  try {
    await lstat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  throw new MigratorError('CONFLICT', `there is a key at "${file}" already`, {
    hint: 'a key is never replaced: move the old one away first, and keep it for the packages it belongs to',
  });
}
