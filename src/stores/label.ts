import { isMigratorError } from '../errors.ts';
import { inspect } from '../package/inspect.ts';
import type { PackageLabel, PackageRef, StoredPackage } from '../ports/artifact.ts';
import type { ByteSource } from '../ports/bytes.ts';

/**
 * What a package says of itself, read from its ends. It is read from the package and not from a note beside it, so it is
 * what an import will find. It proves nothing: only a check of the signature does.
 */
export async function labelOf(
  source: ByteSource,
  { id, version }: PackageRef,
): Promise<Pick<StoredPackage, 'label' | 'fault'>> {
  try {
    const { manifest, signature } = await inspect(source);
    const { source: origin, createdAt, content } = manifest;
    // Whoever can write to the store could put any signed package in the place of another.
    if (manifest.id !== id || manifest.version !== version)
      return { fault: `it calls itself ${manifest.id} ${manifest.version}` };
    return {
      label: {
        ...(signature === undefined ? {} : { signer: signature.keyId }),
        encrypted: content.encryption !== 'none',
        createdAt,
        ...(origin === undefined ? {} : { source: originOf(origin) }),
      },
    };
  } catch (error) {
    if (!isMigratorError(error, 'PACKAGE_MALFORMED', 'PACKAGE_UNTRUSTED')) throw error;
    return { fault: error.message };
  }
}

/** Without the URL of the server, which a listing does not need. */
function originOf({ product, version, instance }: NonNullable<PackageLabel['source']>): PackageLabel['source'] {
  return { product, version, instance };
}
