import { MigratorError } from '../../../errors.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyRing } from '../../keys/key-ring.ts';
import type { TrustedSigner } from '../../keys/signers.ts';
import { removeTrusted } from '../../keys/trusted-keys.ts';
import { lines } from '../../terminal/table.ts';

export async function runKeyUntrust({ args: [wanted = ''] }: Invocation, context: Context) {
  const ring = await keyRing(context);
  const isMeant = ({ keyId, publicKey, name }: { keyId: string; publicKey: string; name: string | undefined }) =>
    [name, publicKey].includes(wanted) || keyId === wanted.toUpperCase();
  const own = await ring.ownPublicKey();
  if (own !== undefined && isMeant({ keyId: own.keyId, publicKey: own.toString(), name: undefined }))
    throw new MigratorError('USAGE', `${own.keyId} is your own signing key, and you always trust it`, {
      hint: 'if it is lost or stolen, replace it with: migrator key rotate --kind signing; then untrust the old one',
    });
  const meant = (await ring.trusted([])).filter(({ key, name }) =>
    isMeant({ keyId: key.keyId, publicKey: key.toString(), name }),
  );
  const [listed] = meant.filter(byRcFile);
  if (listed !== undefined && meant.every(byRcFile))
    throw new MigratorError('CONFLICT', `${listed.key.keyId} is trusted by ${listed.trustedBy}`, {
      hint: 'remove it from that list',
    });
  const removed = await removeTrusted(context.io, wanted);
  const still = (await ring.trusted([])).filter(({ key }) => removed.some(({ keyId }) => keyId === key.keyId));
  context.result(
    'key-untrust',
    { removed, stillTrustedBy: still.map(({ trustedBy }) => trustedBy) },
    lines(
      ...removed.map(({ name, keyId }) => `you no longer trust packages that are signed by ${who(name, keyId)}`),
      ...still.map(({ key, trustedBy }) => `but ${key.keyId} is still trusted by ${trustedBy}: remove it there`),
      'what you have imported from that signer stays imported',
    ),
  );
  return undefined;
}

const byRcFile = ({ trustedBy }: TrustedSigner): boolean => trustedBy.startsWith('keys.trust in ');

const who = (name: string, keyId: string): string => (name === keyId ? keyId : `${name} (${keyId})`);
