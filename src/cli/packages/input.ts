import type { SealedSource } from '../../core/steps/trust-package.ts';
import type { FileSource } from '../../files/file-source.ts';
import { defaultLimits } from '../../package/index.ts';
import type { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { factorFlag, sizeFlag } from '../flags/duration-and-size.ts';
import type { OpenOptions } from '../flags/opening.ts';
import { keyRing } from '../keys/key-ring.ts';
import { secretFlag } from '../secrets/read-secret.ts';
import { packageFolder } from './package-folder.ts';

/** A package file, with the keys, trust and limits from the flags, the rc file and the key folder. */
export async function sealedSource(
  path: string,
  bytes: FileSource,
  options: OpenOptions,
  context: Context,
): Promise<SealedSource> {
  const ring = await keyRing(context);
  const signers = await ring.trusted(options.trust);
  const { passphrase, maxExpandedSize, maxRatio } = options;
  const identities = await ring.identities(options.identity, options.identityPassphrase);
  let asked: Promise<Secret | undefined> | undefined;
  return {
    name: path === '-' ? 'standard input' : path,
    bytes,
    trust: {
      trusted: signers.map(({ key }) => key),
      allowUnsigned: options.allowUnsigned === true,
      allowUnknownSigner: options.allowUnknownSigner === true,
      origin: (key) => signers.find((one) => one.key.toString() === key.toString()),
    },
    keys: async (recipients) => ({
      identities: await identities(recipients),
      // A package is opened more than once, but the user is asked only once.
      passphrase: () =>
        (asked ??=
          passphrase === undefined && !context.io.stdinIsTTY
            ? Promise.resolve(undefined)
            : secretFlag(passphrase ?? 'prompt', 'passphrase', 'package passphrase', context)),
    }),
    mask: (secret) => context.redactor.add(secret),
    folder: () => packageFolder(context),
    limits: {
      ...defaultLimits,
      ...(maxExpandedSize === undefined
        ? {}
        : { maxExpandedBytes: sizeFlag(maxExpandedSize, context.flagSource('maxExpandedSize')) }),
      ...(maxRatio === undefined ? {} : { maxRatio: factorFlag(maxRatio, context.flagSource('maxRatio')) }),
    },
  };
}
