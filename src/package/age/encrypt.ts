import type { ByteStream } from '../../ports/artifact.ts';
import type { Random } from '../../ports/runtime.ts';
import type { Secret } from '../../secret.ts';
import { fileKeyBytes } from './file-key.ts';
import { derive, printHeader } from './header.ts';
import { wrapWithPassphrase } from './passphrase.ts';
import { encryptChunks } from './stream.ts';
import type { Recipient } from './x25519.ts';

export type EncryptFor = { readonly recipients: readonly Recipient[] } | { readonly passphrase: Secret };

export const nonceBytes = 16;

/** Makes an age v1 file. All its random bytes come from `random`. */
export async function* encryptAge(
  plain: ByteStream,
  target: EncryptFor,
  random: Random,
): AsyncGenerator<Uint8Array, void> {
  const fileKey = random.bytes(fileKeyBytes);
  const stanzas =
    'passphrase' in target
      ? [await wrapWithPassphrase(fileKey, target.passphrase, random)]
      : target.recipients.map((recipient) => recipient.wrap(fileKey, random));
  const nonce = random.bytes(nonceBytes);
  yield Buffer.concat([printHeader(stanzas, fileKey), nonce]);
  yield* encryptChunks(plain, derive(fileKey, nonce, 'payload'));
}
