/** The constants of docs/package-format.md, and nothing else. */

export const formatName = 'migrator-package/1';

/** §1 */
export const manifestMember = 'manifest.json';
export const sumsMember = 'SHA256SUMS';
export const signatureMember = 'SHA256SUMS.minisig';

/** §2.4: the payload's last entry in a package with a private manifest; no other entry may have this path. */
export const privateEntry = 'private.json';

/** Bytes. §6 */
export const maxManifestBytes = 16 * 1024 * 1024;
export const maxSumsBytes = 4 * 1024;
export const maxSignatureBytes = 16 * 1024;
/** Levels of nesting in manifest.json. §6 */
export const maxManifestDepth = 64;

/** What moves through compressor, cipher and sink at a time. Smaller writes cost more than the work done on them. */
export const batchBytes = 1024 * 1024;

export type Compression = 'gzip' | 'zstd' | 'none';
export type Encryption = 'recipients' | 'passphrase' | 'none';

const suffixes: Record<Compression, string> = { gzip: '.gz', zstd: '.zst', none: '' };

/** The name of member 1. §1.1 */
export function contentMember(compression: Compression, encryption: Encryption): string {
  return `content.tar${suffixes[compression]}${encryption === 'none' ? '' : '.age'}`;
}

export function isContentMember(name: string): boolean {
  return /^content\.tar(\.gz|\.zst)?(\.age)?$/.test(name);
}
