/** Keys of both kinds: to sign and to trust (minisign), to encrypt and to open (age). */
export { openIdentityFile, parseIdentities, printIdentity } from './age/identity-file.ts';
export { generateIdentity, parseRecipient, type Identity, type Recipient } from './age/x25519.ts';
export { parsePublicKey, printPublicKey, type PublicKey } from './minisign/public-key.ts';
export { parseSecretKey, printSecretKey, type KeyFileCost } from './minisign/secret-key-file.ts';
export { generateSigningKey, type SigningKey } from './minisign/signing-key.ts';
