import { isMigratorError } from '../errors.ts';
import { inspect } from '../package/inspect.ts';
import type { StoredPackage } from '../ports/artifact.ts';
import type { ByteSource } from '../ports/bytes.ts';

/**
 * What a package says of itself, read from its ends. It is read from the package and not from a note beside it, so it is
 * what an import will find. It proves nothing: only a check of the signature does.
 */
export async function labelOf(source: ByteSource): Promise<Pick<StoredPackage, 'label' | 'fault'>> {
  try {
    const { manifest, signature } = await inspect(source);
    const { source: origin, createdAt, content } = manifest;
    const { product = '', version = '', instance = '' } = origin ?? {};
    return {
      label: {
        ...(signature === undefined ? {} : { signer: signature.keyId }),
        encrypted: content.encryption !== 'none',
        createdAt,
        ...(origin === undefined ? {} : { source: { product, version, instance } }),
      },
    };
  } catch (error) {
    if (!isMigratorError(error, 'PACKAGE_MALFORMED', 'PACKAGE_UNTRUSTED')) throw error;
    return { fault: error.message };
  }
}
