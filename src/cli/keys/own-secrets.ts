import { createHmac } from 'node:crypto';
import { MigratorError } from '../../errors.ts';
import type { Run, RunRecord } from '../../ports/journal.ts';
import type { Secrets } from '../../ports/options.ts';
import type { Identity } from '../../package/index.ts';
import { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { secretDigest } from '../state/secret-digest.ts';
import { keyRing } from './key-ring.ts';

/**
 * Secrets that servers need and that the user did not give. Each is derived from the user's identity and the id of the
 * run, so it is the same whenever this identity resumes the run. It is never stored, but the run notes that it was made.
 * CONFLICT when the identity is not the one with which the run began.
 */
export async function ownSecrets(
  names: readonly string[],
  run: { readonly record: Pick<RunRecord, 'id' | 'facts'> } & Pick<Run, 'note'>,
  context: Context,
): Promise<Secrets> {
  const secrets = await ownSecretsOf(run.record, context, names);
  const noted = run.record.facts['own.secrets'] ?? {};
  const digests = digestsOf(secrets);
  if (Object.keys(digests).some((name) => noted[name] === undefined))
    await run.note({ 'own.secrets': { ...noted, ...digests } });
  return secrets;
}

/** The secrets that this machine made for a run, made again; by default all that the run noted. */
export async function ownSecretsOf(
  { id, facts }: Pick<RunRecord, 'id' | 'facts'>,
  context: Context,
  names: readonly string[] = Object.keys(facts['own.secrets'] ?? {}),
): Promise<Secrets> {
  if (names.length === 0) return {};
  const ring = await keyRing(context);
  await ring.ownRecipients();
  const noted = facts['own.secrets'] ?? {};
  // The run may have begun before the user's identity was replaced.
  for await (const identity of ring.usualIdentities()) {
    const secrets = secretsOf(identity, id, names);
    if (!(await isNoted(secrets, noted, context))) continue;
    for (const secret of Object.values(secrets)) context.redactor.add(secret);
    return secrets;
  }
  throw new MigratorError(
    'CONFLICT',
    `the ${names.join(' and ')} of this run cannot be made again: none of your encryption identities is the one with which the run began`,
    { hint: 'bring that identity back, or start a new run with --fresh' },
  );
}

/** Runs of earlier releases noted digests that only this machine can make. */
async function isNoted(secrets: Secrets, noted: Readonly<Record<string, string>>, { io }: Context): Promise<boolean> {
  const digests = digestsOf(secrets);
  for (const [name, secret] of Object.entries(secrets)) {
    const known = noted[name];
    if (known === undefined || known === digests[name]) continue;
    if (known !== (await secretDigest({ [name]: secret }, io))) return false;
  }
  return true;
}

function secretsOf(identity: Identity, run: string, names: readonly string[]): Readonly<Record<string, Secret>> {
  const secretOf = (name: string): Secret =>
    new Secret(
      createHmac('sha256', identity.secret().reveal()).update(`migrator ${name} of run ${run}`).digest('base64url'),
    );
  return Object.fromEntries(names.map((name) => [name, secretOf(name)]));
}

/**
 * The same on every machine that has the identity: a worker goes on with what another began. A digest without a key of this
 * machine tells nothing about a secret that has the 256 bits of an HMAC.
 */
function digestsOf(secrets: Secrets): Readonly<Record<string, string>> {
  const digestOf = (name: string, secret: Secret) =>
    createHmac('sha256', secret.reveal()).update(`migrator digest of ${name}`).digest('hex');
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, digestOf(name, secret)]));
}
