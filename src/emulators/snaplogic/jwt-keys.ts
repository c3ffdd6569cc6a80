// The keys that JWTs must be signed with: what an administrator of the service names as the key set of an issuer.
import { createPublicKey, generateKeyPairSync, verify, type JsonWebKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asObjects, asText, memberAt } from '../shared/json.ts';

const keySet = (directory: string) => join(directory, 'setup', 'jwks.json');

/** Makes a key pair in a folder that has no key set: the public half is the set, the private half signs tokens for it. */
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
    // A set that is gone or that cannot be read names no key.
    return [];
  }
}

const kinds: Readonly<Record<string, string>> = { RS256: 'RSA', ES256: 'EC' };

/** Whether one of the keys made the signature; a token that names its key is held to that one. */
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
      // No key of its kind.
      return false;
    }
  });
}
