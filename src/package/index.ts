/** The signed, encrypted tarball of docs/package-format.md: bytes in, bytes out. */
export type { DecryptionKeys } from './age/decrypt.ts';
export type { EncryptFor } from './age/encrypt.ts';
export { hasZstd } from './compression/zstd.ts';
export type { Compression, Encryption } from './format.ts';
export { inspect, type Inspection } from './inspect.ts';
export * from './keys.ts';
export type { PackageSource } from './manifest/draft.ts';
export { defaultLimits, type OpenLimits } from './limits.ts';
export type { Manifest, ManifestFile, PrivatePart } from './manifest/manifest.ts';
export { manifestJsonSchema, manifestSchema } from './manifest/schema.ts';
export { open, type OpenedEntry } from './open.ts';
export { pathFault } from '../portable-path.ts';
export type { Check } from './refusal.ts';
export { looksLikePackage } from './inspect.ts';
export { seal, type SealedPackage, type SealInput, type SealTools } from './seal.ts';
export type { PayloadEntry } from './tar/payload-writer.ts';
export { verify, vouch, type TrustPolicy, type VerifiedPackage, type VouchedPackage } from './verify.ts';
