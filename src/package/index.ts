/** The signed, encrypted tarball of docs/package-format.md: bytes in, bytes out. */
export { pathFault } from '../portable-path.ts';
export type { DecryptionKeys } from './age/decrypt.ts';
export type { EncryptFor } from './age/encrypt.ts';
export { openIdentityFile, parseIdentities, printIdentity, printLockedIdentity } from './age/identity-file.ts';
export { generateIdentity, parseRecipient, type Identity, type Recipient } from './age/x25519.ts';
export { encodeSecrets } from './carried-secrets.ts';
export { hasZstd } from './compression/zstd.ts';
export { carriesSecrets, type Compression, type Encryption } from './format.ts';
export { inspect, looksLikePackage, type Inspection } from './inspect.ts';
export { defaultLimits, limitWarnings, type OpenLimits } from './limits.ts';
export type { PackageSource } from './manifest/draft.ts';
export type { Manifest, ManifestFile, PrivatePart } from './manifest/manifest.ts';
export { nameFault } from './manifest/rules.ts';
export { manifestJsonSchema, manifestSchema } from './manifest/schema.ts';
export { parsePublicKey, printPublicKey, type PublicKey } from './minisign/public-key.ts';
export { parseSecretKey, printSecretKey, type KeyFileCost } from './minisign/secret-key-file.ts';
export { generateSigningKey, type SigningKey } from './minisign/signing-key.ts';
export { signerOfText } from './minisign/text-signature.ts';
export { open } from './open.ts';
export type { OpenedEntry } from './opened-entry.ts';
export type { Check } from './refusal.ts';
export { seal, type SealedPackage, type SealInput, type SealTools } from './seal.ts';
export type { PayloadEntry } from './tar/payload-writer.ts';
export {
  verify,
  vouch,
  type Signer,
  type TrustOrigin,
  type TrustPolicy,
  type VerifiedPackage,
  type VouchedPackage,
} from './verify.ts';
