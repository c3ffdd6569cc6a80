import { printPublicKey } from '../../../package/index.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { addTrusted } from '../../keys/key-files.ts';
import { publicKeyFrom } from '../../keys/key-ring.ts';
import type { KeyTrustOptions } from './flags.ts';

export async function runKeyTrust({ args: [text = ''], options }: Invocation<KeyTrustOptions>, context: Context) {
  const key = await publicKeyFrom(text, context.io.cwd);
  const name = options.name ?? key.keyId;
  const file = await addTrusted(context.io, name, printPublicKey(key));
  context.result(
    'key-trust',
    { keyId: key.keyId, name, file },
    `you trust packages signed by ${key.keyId} from now on (${file})`,
  );
  return undefined;
}
