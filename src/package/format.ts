/** The constants of docs/package-format.md. */

export const plainFormat = 'migrator-package/1';
/** The format of a package that carries secrets, and of no other. §3.4 */
export const carryingFormat = 'migrator-package/2';
export const formatNames = [plainFormat, carryingFormat] as const;

export function isKnownFormat(name: string): boolean {
  return name === plainFormat || name === carryingFormat;
}

/** Whether a package of this format carries secrets. */
export function carriesSecrets(format: string): boolean {
  return format === carryingFormat;
}

/** §1 */
export const manifestMember = 'manifest.json';
export const sumsMember = 'SHA256SUMS';
export const signatureMember = 'SHA256SUMS.minisig';

/** §3.3: the last entry of the payload when the manifest is private. No other entry may have this path. */
export const privateEntry = 'private.json';

/** §3.4: the first entry of the payload in format 2. No file may have this path. */
export const secretsEntry = 'secrets.json';

/** Bytes. §6 */
export const maxManifestBytes = 16 * 1024 * 1024;
export const maxSumsBytes = 4 * 1024;
export const maxSignatureBytes = 16 * 1024;
export const maxSecretsBytes = 64 * 1024;
/** Levels of nesting in manifest.json. §6 */
export const maxManifestDepth = 64;

/** Bytes that are compressed, encrypted and written at a time. With smaller pieces the overhead exceeds the work. */
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
