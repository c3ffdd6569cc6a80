/** Keys of both kinds: to sign and to trust (minisign), to encrypt and to open (age). */
export { openIdentityFile, parseIdentities, printIdentity } from './age/identity-file.ts';
export { generateIdentity, Identity, parseRecipient, Recipient } from './age/x25519.ts';
export { parsePublicKey, printPublicKey, PublicKey } from './minisign/public-key.ts';
export { keyFileCost, parseSecretKey, printSecretKey, type KeyFileCost } from './minisign/secret-key-file.ts';
export { generateSigningKey, SigningKey } from './minisign/signing-key.ts';
