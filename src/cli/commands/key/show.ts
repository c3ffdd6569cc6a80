import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyPlaces } from '../../keys/key-files.ts';
import { keyRing } from '../../keys/key-ring.ts';
import { keptIdentity } from '../../keys/own-keys.ts';
import { lines } from '../../terminal/table.ts';

export async function runKeyShow(_: Invocation, context: Context) {
  const ring = await keyRing(context);
  const places = keyPlaces(context.io);
  const own = await ring.ownPublicKey();
  // The recipient of a file with a passphrase is not asked for: this command shows what can be seen.
  const identity = await keptIdentity(places, context.io);
  const recipients = identity?.recipients ?? [];
  const isLocked = identity?.protected === true;
  const trusted = (await ring.trusted([])).map(({ key, name, trustedBy }) => ({
    keyId: key.keyId,
    publicKey: key.toString(),
    name: name ?? null,
    trustedBy,
  }));
  context.result(
    'key-show',
    {
      folder: places.folder,
      signing: own === undefined ? null : { keyId: own.keyId, publicKey: own.toString() },
      recipients,
      trusted,
    },
    lines(
      `your keys are in ${places.folder}`,
      own === undefined
        ? 'signing key: none yet; it is created with the first package, or with: migrator key generate'
        : `signing key: ${own.keyId}\n  others trust it with: migrator key trust ${own.toString()}`,
      ...recipients.map(
        (recipient) => `recipient:   ${recipient}\n  others encrypt to you with: --recipient ${recipient}`,
      ),
      isLocked ? `identity:    ${places.identity} has a passphrase` : undefined,
      trusted.length === 0 ? 'you trust no keys yet' : 'you trust:',
      ...trusted.map((key) => `  ${key.keyId}  ${key.publicKey}  ${key.name ?? `by ${key.trustedBy}`}`),
    ),
  );
  return undefined;
}
