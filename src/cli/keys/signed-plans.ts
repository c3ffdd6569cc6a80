import { signerOfText } from '../../package/index.ts';
import type { SignerOf, SignText } from '../../queue/queued-plan.ts';
import type { Context } from '../context.ts';
import { keyRing } from './key-ring.ts';

/** Signs a plan with the user's signing key. Its comment says what the signature is for. */
export async function planSigner(context: Context): Promise<SignText> {
  const key = await (await keyRing(context)).signingKey(undefined);
  return (text) => Promise.resolve(key.sign(Buffer.from(text), 'a plan of migrator, for its workers'));
}

/** Whom this machine trusts. Keys that are trusted later count too. */
export async function planSignerOf(context: Context): Promise<SignerOf> {
  const ring = await keyRing(context);
  return async (text, signature) => {
    const trusted = await ring.trusted([]);
    const key = signerOfText(
      text,
      signature,
      trusted.map((one) => one.key),
    );
    if (key === undefined) return undefined;
    return trusted.find((one) => one.key === key)?.name ?? key.keyId;
  };
}
