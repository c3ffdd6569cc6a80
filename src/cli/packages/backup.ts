import { resolve } from 'node:path';
import type { BackupOutput } from '../../core/steps/backup.ts';
import type { Context } from '../context.ts';
import type { CautionOptions } from '../flags/caution.ts';
import { keyRing } from '../keys/key-ring.ts';
import { systemClock } from '../runtime.ts';
import { version } from '../version.ts';
import { packageOutput } from './output.ts';

/** A backup is sealed with and for the user's own keys; undefined when the user wants none. */
export function backupOutput(
  target: string,
  option: CautionOptions['backup'],
  context: Context,
): BackupOutput | undefined {
  if (option === false) return undefined;
  return async (replaces) => {
    const stamp = systemClock
      .now()
      .toISOString()
      .replaceAll(/[-:]|\.\d+/gu, '');
    // Whoever brings it back may stand in another folder.
    const name = typeof option === 'string' ? option : `${target}-backup-${stamp}.tar`;
    const file = resolve(context.io.cwd, name);
    const ring = await keyRing(context);
    const settings = {
      createdBy: `migrator-cli ${version()}`,
      compression: 'auto',
      encryption: { recipients: await ring.ownRecipients() },
      signer: await ring.signingKey(undefined),
      privateManifest: false,
    } as const;
    return packageOutput(file, settings, file === replaces, context);
  };
}
