import { createHmac } from 'node:crypto';
import type { RunRecord } from '../../ports/journal.ts';
import type { Secrets } from '../../ports/options.ts';
import { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { keyRing } from './key-ring.ts';

/**
 * Secrets that servers need and that the user did not give. Each is derived from the user's identity and the id of the
 * run, so it is the same whenever this identity resumes or undoes the run, and nobody else knows it. It is never stored.
 */
export async function ownSecrets(
  names: readonly string[],
  { id }: Pick<RunRecord, 'id'>,
  context: Context,
): Promise<Secrets> {
  if (names.length === 0) return {};
  const ring = await keyRing(context);
  await ring.ownRecipients();
  const [identity] = await ring.identities([]);
  const secrets: Record<string, Secret> = {};
  for (const name of names) {
    const value = createHmac('sha256', identity?.secret().reveal() ?? '')
      .update(`migrator ${name} of run ${id}`)
      .digest('base64url');
    secrets[name] = new Secret(value);
    context.redactor.add(secrets[name]);
  }
  return secrets;
}
