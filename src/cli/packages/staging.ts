import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Staging } from '../../core/operations/migrate-project/route.ts';
import type { SealSettings } from '../../core/steps/seal-artifact.ts';
import { openFileSource } from '../../files/file-source.ts';
import { spool } from '../../files/spool.ts';
import { createFileSink } from '../../files/whole-file.ts';
import type { Run } from '../../ports/journal.ts';
import type { Context } from '../context.ts';
import { keyRing } from '../keys/key-ring.ts';
import { version } from '../version.ts';
import { sealedSource } from './input.ts';
import { removeOpened, stagingDirectory } from './package-folder.ts';

/** A relayed package is staged in the state directory, encrypted to this user only. */
export async function openStaging(run: Run, context: Context): Promise<Staging> {
  const directory = stagingDirectory(context.io);
  await removeOpened(directory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${run.record.key}.tar`);
  const ring = await keyRing(context);
  const signer = await ring.signingKey(undefined);
  const settings: SealSettings = {
    createdBy: `migrator-cli ${version()}`,
    compression: 'none',
    encryption: { recipients: await ring.ownRecipients() },
    signer,
    privateManifest: false,
  };
  return {
    output: {
      settings,
      name: () => 'the staged package',
      create: () => createFileSink(path, { overwrite: true, mode: 0o600 }),
      spool,
    },
    reopen: async () => {
      const bytes = await openFileSource(path);
      context.onClose(() => bytes.close());
      const sealed = await sealedSource(path, bytes, { trust: [], identity: [] }, context);
      return { ...sealed, name: 'the staged package', trust: { trusted: [signer.publicKey], allowUnsigned: false } };
    },
    remove: () => rm(path, { force: true }),
  };
}
