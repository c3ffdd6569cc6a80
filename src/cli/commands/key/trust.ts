import { MigratorError } from '../../../errors.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyRing } from '../../keys/key-ring.ts';
import { publicKeyFrom } from '../../keys/signers.ts';
import { addTrusted, nameOfFile } from '../../keys/trusted-keys.ts';
import { lines } from '../../terminal/table.ts';
import type { KeyTrustOptions } from './flags.ts';

export async function runKeyTrust({ args: [text = ''], options }: Invocation<KeyTrustOptions>, context: Context) {
  const key = await publicKeyFrom(text, context.io.cwd, 'key trust');
  const own = await (await keyRing(context)).ownPublicKey();
  if (own?.toString() === key.toString())
    throw new MigratorError('CONFLICT', `${key.keyId} is your own key, and you trust it already`, {
      hint: 'give the public key of the colleague who signs the packages',
    });
  const name = options.name ?? nameOfFile(text) ?? key.keyId;
  const { path, isNew } = await addTrusted(context.io, name, key);
  const who = name === key.keyId ? key.keyId : `${name} (${key.keyId})`;
  context.result(
    'key-trust',
    { keyId: key.keyId, name, file: path },
    lines(
      isNew ? `you now trust packages that are signed by ${who}: ${path}` : `you trust ${who} already: ${path}`,
      isNew && name === key.keyId ? 'with --name <name>, messages would say whose key it is' : undefined,
    ),
  );
  return undefined;
}
