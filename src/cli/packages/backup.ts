import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BackupPlace } from '../../core/steps/backup.ts';
import type { Run } from '../../ports/journal.ts';
import type { Context } from '../context.ts';
import type { CautionOptions } from '../flags/caution.ts';
import { keyRing } from '../keys/key-ring.ts';
import { ownSecrets } from '../keys/own-secrets.ts';
import { systemClock, systemRandom } from '../runtime.ts';
import { version } from '../version.ts';
import { packageOutput } from './output.ts';

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

/** A backup is signed with the user's key and encrypted to the user. Undefined when the user wants no backup. */
export function backupOutput(
  target: string,
  option: CautionOptions['backup'],
  run: Run,
  context: Context,
): BackupPlace | undefined {
  if (option === false) return undefined;
  let count = 0;
  const output: BackupPlace['output'] = async (replaces) => {
    count += 1;
    const stamp = systemClock
      .now()
      .toISOString()
      .replaceAll(/[-:]|\.\d+/gu, '');
    // Several imports into one instance may begin in the same second, also on several machines with one folder.
    const mark = Buffer.from(systemRandom.bytes(4)).toString('hex');
    // An absolute path, because the user may restore the backup from another folder.
    const name = typeof option === 'string' ? option : `${target}-backup-${stamp}-${mark}.tar`;
    // A move of several projects takes one backup for each.
    const file = resolve(context.io.cwd, count === 1 ? name : name.replace(/(\.tar)?$/u, `-${count}$1`));
    const ring = await keyRing(context);
    const settings = {
      createdBy: `migrator-cli ${version()}`,
      compression: 'auto',
      encryption: { recipients: await ring.ownRecipients() },
      signer: await ring.signingKey(undefined),
      privateManifest: false,
    } as const;
    return packageOutput(file, () => Promise.resolve(settings), file === replaces ? true : undefined, context);
  };
  return {
    named: typeof option === 'string',
    output,
    holds: isFile,
    secrets: (names) => ownSecrets(names, run, context),
  };
}
