import { MigratorError } from '../../../errors.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { type KeyPlaces, keyPlaces } from '../../keys/key-files.ts';
import { keyRing } from '../../keys/key-ring.ts';
import { passphraseOf, keySettings } from '../../keys/key-settings.ts';
import { keptIdentity, keptSigningPair } from '../../keys/own-keys.ts';
import { finishRotation, keptPlaces, leftRotation, prepareRotation, type Rotation } from '../../keys/rotation.ts';
import { lines } from '../../terminal/table.ts';
import { passphrasesOf } from './generate.ts';
import type { KeyRotateOptions } from './flags.ts';

export async function runKeyRotate({ options }: Invocation<KeyRotateOptions>, context: Context) {
  const places = keyPlaces(context.io);
  const left = await leftRotation(places);
  const plan = left ?? (await begin(options, places, context));
  await finishRotation(plan, places);
  // Only now, because the key ring reads the keys that are there.
  const groups = await groupsWith(plan.identity?.old.recipients ?? [], context);
  const elsewhere = (await context.config()).keys;
  const kept = keptPlaces(plan, places);
  const { signing, identity } = plan;
  context.result(
    'key-rotate',
    {
      finished: left !== undefined,
      signing: signing && {
        old: { ...signing.old, file: kept.signing },
        new: { ...signing.new, file: places.signing },
      },
      identity: identity && {
        old: { ...identity.old, file: kept.identity },
        new: { ...identity.new, file: places.identity },
      },
      groups,
    },
    lines(
      left === undefined ? undefined : 'finished the rotation that a killed run left',
      ...signingWords(signing, kept.signing, places),
      ...identityWords(identity, kept.identity, places),
      groups.length === 0
        ? undefined
        : `these groups of the rc file still have the old recipient: ${groups.join(', ')}`,
      signing !== undefined && elsewhere.signing !== undefined
        ? 'the rc file names another signing key (keys.signing), which was not rotated'
        : undefined,
      'Keep copies of the new files, and of the old ones as long as their packages are needed.',
    ),
  );
  return undefined;
}

function signingWords(signing: Rotation['signing'], kept: string, { signing: file }: KeyPlaces): readonly string[] {
  if (signing === undefined) return [];
  return [
    `signing key:  ${signing.new.keyId}, in ${file}`,
    `  before it:  ${signing.old.keyId}, kept in ${kept}; it no longer signs,`,
    '              and you still trust what it signed',
    '  who trusts your packages gets the new public key from you, apart from any',
    `  package, and runs: migrator key trust ${signing.new.publicKey}`,
    `  if the old key is lost or stolen, they and you also run: migrator key untrust ${signing.old.keyId}`,
  ];
}

function identityWords(identity: Rotation['identity'], kept: string, { identity: file }: KeyPlaces): readonly string[] {
  if (identity === undefined) return [];
  return [
    `identity:     ${file}`,
    `  before it:  kept in ${kept}; it still opens old packages`,
    '  who encrypts to you replaces the recipient',
    ...(identity.old.recipients.length === 0
      ? ['    (the old one is not known without its passphrase)']
      : identity.old.recipients.map((one) => `    ${one}`)),
    `  by ${identity.new.recipients.join(', ')}`,
    '  packages for the old recipient stay readable with the old identity: a new',
    '  identity takes nothing back',
  ];
}

async function begin(options: KeyRotateOptions, places: KeyPlaces, context: Context): Promise<Rotation> {
  const { kind } = options;
  const { io } = context;
  const settings = await keySettings(context);
  const ask = passphraseOf(places.signing, settings, 'passphrase');
  const signing = kind === 'identity' ? undefined : await keptSigningPair(places, io, ask);
  const identity = kind === 'signing' ? undefined : await keptIdentity(places, io);
  const missing = [
    ...(kind !== 'identity' && signing === undefined ? ['signing key'] : []),
    ...(kind !== 'signing' && identity === undefined ? ['identity'] : []),
  ];
  if (missing.length > 0)
    throw new MigratorError('NOT_FOUND', `you have no ${missing.join(' and no ')} that could be replaced`, {
      hint: missing.length === 1 && kind === 'both' ? oneKind(missing) : 'create your keys with: migrator key generate',
      details: { folder: places.folder },
    });
  return prepareRotation(places, { signing, identity }, await passphrasesOf(options, context));
}

const oneKind = ([missing]: readonly string[]): string =>
  missing === 'identity'
    ? 'create it with: migrator key generate --kind identity; or rotate only the other: --kind signing'
    : 'create it with: migrator key generate --kind signing; or rotate only the other: --kind identity';

async function groupsWith(recipients: readonly string[], context: Context): Promise<readonly string[]> {
  const groups = await (await keyRing(context)).groups();
  return groups.filter((group) => recipients.some((one) => group.recipients.includes(one))).map(({ name }) => name);
}
