// The keys with which JWTs must be signed. In the service an administrator names them as the key set of an issuer.
import { createPublicKey, generateKeyPairSync, verify, type JsonWebKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asObjects, asText, memberAt } from '../shared/json.ts';

const keySet = (directory: string) => join(directory, 'setup', 'jwks.json');

/** Makes a key pair in a folder without a key set. The public key becomes the set, the private key signs tokens. */
export async function furnishKeys(directory: string): Promise<void> {
  if (existsSync(keySet(directory))) return;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'embedded', alg: 'ES256', use: 'sig' };
  await mkdir(join(directory, 'setup'), { recursive: true });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeFile(join(directory, 'setup', 'jwt-private-key.pem'), pem, { mode: 0o600 });
  await writeFile(keySet(directory), `${JSON.stringify({ keys: [key] }, null, 2)}\n`);
}

function keysIn(directory: string): readonly JsonWebKey[] {
  try {
    return asObjects(memberAt(JSON.parse(readFileSync(keySet(directory), 'utf8')), 'keys'));
  } catch {
    // A set that is missing or cannot be read has no keys.
    return [];
  }
}

const kinds: Readonly<Record<string, string>> = { RS256: 'RSA', ES256: 'EC' };

/** Whether one of the keys made the signature. When the token names its key, only that key counts. */
export function isSigned(directory: string, alg: string, kid: unknown, signed: string, signature: string): boolean {
  const fitting = keysIn(directory).filter(
    (key) => key.kty === kinds[alg] && (kid === undefined || asText(key['kid'], asText(kid)) === kid),
  );
  return fitting.some((jwk) => {
    try {
      const key = createPublicKey({ key: jwk, format: 'jwk' });
      const form = alg === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
      return verify('sha256', Buffer.from(signed), form, Buffer.from(signature, 'base64url'));
    } catch {
      // The key is not a valid one of its kind.
      return false;
    }
  });
}
