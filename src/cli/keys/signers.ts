import { resolve } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { parsePublicKey, type PublicKey, type TrustOrigin } from '../../package/index.ts';
import { oldIdentity, readPublicKey } from './key-files.ts';
import type { KeySettings } from './key-settings.ts';
import { kindOfKey, wrongKind } from './kinds.ts';
import { ownPublicKey } from './signing-keys.ts';
import { listTrusted, nameOfFile, publicKeysIn } from './trusted-keys.ts';

export interface TrustedSigner extends TrustOrigin {
  readonly key: PublicKey;
}

/** Whom the user trusts: the key folder, the user's own keys, `--trust` and `keys.trust`. */
export async function trustedSigners(given: readonly string[], settings: KeySettings): Promise<TrustedSigner[]> {
  const { context, places, keys, directory, file } = settings;
  const read = ({ name, path, text }: { name: string; path: string; text: string }): TrustedSigner => ({
    key: parsePublicKey(text, `"${path}"`),
    name,
    trustedBy: path,
  });
  const own = await ownPublicKey(settings);
  const old = (await publicKeysIn(places.old)).filter(({ name }) => !name.startsWith(oldIdentity));
  // The user's own folder comes first: whom it trusts needs no rc file, and its names cannot be taken by another key.
  const signers: TrustedSigner[] = [
    ...(await listTrusted(context.io)).map(read),
    ...(own === undefined ? [] : [{ key: own, name: 'your own key', trustedBy: places.signing }]),
    ...old.map((one) => ({ ...read(one), name: 'your old key' })),
  ];
  const add = async (text: string, from: string, trustedBy: string): Promise<void> => {
    const key = await publicKeyFrom(text, from, trustedBy);
    const name = nameOfFile(text);
    const taken = signers.some((one) => one.name?.toLowerCase() === name?.toLowerCase());
    signers.push({ key, trustedBy, ...(taken ? {} : { name }) });
  };
  for (const text of given) await add(text, context.io.cwd, context.flagSource('trust').words);
  for (const text of keys.trust) await add(text, directory, `keys.trust in ${file ?? 'the rc file'}`);
  return signers;
}

/** Reads a public key from its text (`RW…`) or from a file. `where` names the flag or the key of the rc file. */
export async function publicKeyFrom(text: string, directory: string, where: string): Promise<PublicKey> {
  const typed = kindOfKey(text);
  if (typed?.name === 'public key') return parsePublicKey(text.trim());
  if (typed !== undefined) throw wrongKind(`the key of ${where}`, typed, 'public key');
  const path = resolve(directory, text.replace(/^file:/u, ''));
  const content = await readPublicKey(path).catch((cause: unknown) => {
    if (!isMigratorError(cause, 'NOT_FOUND')) throw cause;
    const cut = /^RW[A-Za-z0-9+/=]{20,}$/u.test(text);
    throw new MigratorError(
      'USAGE',
      cut
        ? `"${text.slice(0, 100)}" is not a whole minisign public key, which has 56 characters`
        : `"${text.slice(0, 100)}" is neither a minisign public key nor a file`,
      {
        hint: cut
          ? 'copy the key again'
          : 'give the key itself (RW…) or the path of its file; to trust a key for good: migrator key trust <key> --name <name>',
        cause,
      },
    );
  });
  const kind = kindOfKey(content);
  if (kind !== undefined && kind.name !== 'public key') throw wrongKind(`"${text.slice(0, 200)}"`, kind, 'public key');
  return parsePublicKey(content, `"${text.slice(0, 200)}"`);
}
