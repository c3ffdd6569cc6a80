import { plural } from '../../../plural.ts';
import { resolve } from 'node:path';
import { openPackage } from '../../../core/operations/package-open.ts';
import { createFileSink } from '../../../files/whole-file.ts';
import { createTreeWriter } from '../../../files/tree/write-tree.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { sealedSource } from '../../packages/input.ts';
import { packageBytes } from '../../packages/store-package.ts';
import { lines } from '../../terminal/table.ts';
import { signerWords } from '../readers.ts';
import type { PackageOpenOptions } from './flags.ts';

export async function runPackageOpen({ args: [path = ''], options }: Invocation<PackageOpenOptions>, context: Context) {
  const { io } = context;
  const reporter = await context.reporter();
  const sealed = await sealedSource(path, await packageBytes(path, options.from, context), options, context);
  let folder = '';
  const { secretsFile } = options;
  const into = ({ id, version }: PackageRef) => {
    folder = options.output ?? `${id}.${version}`;
    return createTreeWriter(resolve(io.cwd, folder), { overwrite: options.force === true });
  };
  const secrets =
    secretsFile === undefined
      ? undefined
      : () =>
          createFileSink(resolve(io.cwd, secretsFile), {
            overwrite: options.force === true,
            flag: '--force',
            mode: 0o600,
          });
  const { files, signer } = await openPackage(sealed, { folder: into, secrets }, reporter, context.signal);
  context.result(
    'package-open',
    {
      folder,
      files,
      signer: signer?.keyId ?? null,
      signerName: signer?.name ?? null,
      trustedBy: signer?.trustedBy ?? null,
      secretsFile,
    },
    lines(
      `wrote ${plural(files.length, 'file')} to ${folder}`,
      secretsFile === undefined ? undefined : `wrote the secrets of its import to ${secretsFile}`,
      signer?.trustedBy === undefined
        ? undefined
        : `signed by ${signerWords(signer.keyId, signer.name)}, trusted by ${signer.trustedBy}`,
      ...files.slice(0, 20),
    ),
  );
  return undefined;
}
