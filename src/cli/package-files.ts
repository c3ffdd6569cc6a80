import { resolve } from 'node:path';
import type { PackageOutput, SealSettings } from '../core/seal-artifact.ts';
import type { SealedSource } from '../core/sealed-source.ts';
import { defaultLimits } from '../package/index.ts';
import type { PackageRef } from '../ports/artifact.ts';
import type { OpenOptions } from './commands/options.ts';
import type { Context } from './context.ts';
import { sizeFlag } from './measures.ts';
import { createFileSink } from './files/atomic-output.ts';
import type { FileSource } from './files/file-source.ts';
import { spool } from './files/spool.ts';
import { openKeyRing } from './key-ring.ts';
import { secretFrom } from './secret-from.ts';

/** A package file with what the flags, the rc file and the key folder say about trusting and opening it. */
export async function sealedSource(
  path: string,
  bytes: FileSource,
  options: OpenOptions,
  context: Context,
): Promise<SealedSource> {
  const ring = await openKeyRing(context);
  const { passphrase, maxExpandedSize } = options;
  return {
    name: path === '-' ? 'standard input' : path,
    bytes,
    trust: { trusted: await ring.trusted(options.trust), allowUnsigned: options.allowUnsigned === true },
    keys: {
      identities: await ring.identities(options.identity),
      passphrase: () =>
        passphrase === undefined && !context.io.stdinIsTTY
          ? Promise.resolve(undefined)
          : secretFrom(passphrase ?? 'prompt', {
              context,
              directory: context.io.cwd,
              purpose: 'package passphrase',
              origin: 'command line',
            }),
    },
    limits: {
      ...defaultLimits,
      ...(maxExpandedSize === undefined ? {} : { maxExpandedBytes: sizeFlag(maxExpandedSize, '--max-expanded-size') }),
    },
  };
}

/** `file` undefined names the package after its id and version, in the working directory. */
export async function packageOutput(
  file: string | undefined,
  settings: SealSettings,
  force: boolean,
  context: Context,
): Promise<PackageOutput> {
  const sink = (name: string) => createFileSink(resolve(context.io.cwd, name), { overwrite: force });
  // A name that is taken must stop the run before a server is put to work.
  if (file !== undefined) await (await sink(file)).discard();
  const name = (ref: PackageRef) => file ?? defaultFileName(ref);
  return { settings, name, create: (ref) => sink(name(ref)), spool };
}

export function defaultFileName({ id, version }: PackageRef): string {
  return `${id}.${version}.tar`;
}
