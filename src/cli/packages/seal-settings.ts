import type { SealSettings } from '../../core/steps/seal-artifact.ts';
import type { Context } from '../context.ts';
import { contradiction } from '../flags/contradictions.ts';
import type { SealOptions } from '../flags/sealing.ts';
import { type KeyRing, keyRing } from '../keys/key-ring.ts';
import { newPassphrase } from '../keys/passphrase.ts';
import { version } from '../version.ts';

/** The settings for sealing, from the flags, the rc file and the key folder. */
export async function sealSettings(given: SealOptions, context: Context): Promise<SealSettings> {
  const options = withoutOutranked(given, context);
  refuseContradictions(options, context);
  const ring = await keyRing(context);
  // What is named is read before a key of the user's own is created, so that a wrong name leaves nothing behind.
  const isGiven = options.passphrase !== undefined || ring.names(options.recipient);
  const named = isGiven ? await encryption(options, context, ring) : undefined;
  const signer =
    options.unsigned === true ? undefined : await ring.signingKey(options.signingKey, options.signingKeyPassphrase);
  return {
    createdBy: `migrator-cli ${version()}`,
    compression: options.compression,
    encryption: named ?? (await encryption(options, context, ring)),
    signer,
    privateManifest: options.privateManifest === true,
  };
}

/** The usual recipients of the rc file give way to a flag that names another way to encrypt, or none. */
function withoutOutranked(options: SealOptions, context: Context): SealOptions {
  const origin = (flag: string) => context.flagSource(flag).origin;
  const other = [
    ...(options.unencrypted === true ? ['unencrypted'] : []),
    ...(options.passphrase === undefined ? [] : ['passphrase']),
  ];
  const isOutranked = origin('recipient') === 'rc file' && other.some((flag) => origin(flag) !== 'rc file');
  return isOutranked ? { ...options, recipient: [] } : options;
}

function refuseContradictions(options: SealOptions, context: Context): void {
  const given = {
    unencrypted: options.unencrypted === true,
    recipient: options.recipient.length > 0,
    passphrase: options.passphrase !== undefined,
    unsigned: options.unsigned === true,
    signingKey: options.signingKey !== undefined,
    privateManifest: options.privateManifest === true,
  };
  const clash = (
    [
      ['unencrypted', 'recipient'],
      ['unencrypted', 'passphrase'],
      ['passphrase', 'recipient'],
      ['unsigned', 'signingKey'],
      ['unencrypted', 'privateManifest'],
    ] as const
  ).find(([one, other]) => given[one] && given[other]);
  // A variable or a default may have set either.
  if (clash !== undefined) throw contradiction(context.flagSource(clash[0]).words, context.flagSource(clash[1]).words);
}

async function encryption(options: SealOptions, context: Context, ring: KeyRing): Promise<SealSettings['encryption']> {
  if (options.unencrypted === true) return undefined;
  if (options.passphrase === undefined) return { recipients: await ring.recipients(options.recipient) };
  return { passphrase: await newPassphrase(options.passphrase, 'passphrase', 'package passphrase', context) };
}
