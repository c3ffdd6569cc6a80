import { isMigratorError, MigratorError } from '../errors.ts';
import type { Json } from '../ports/journal.ts';
import type { Secrets } from '../ports/options.ts';
import { Secret } from '../secret.ts';
import { decodeCanonical, encodeCanonical } from './canonical-json.ts';
import { maxSecretsBytes, secretsEntry } from './format.ts';
import { isWellFormed } from './manifest/rules.ts';
import { malformed } from './refusal.ts';

/** The name of an option, as in `Secrets`. §3.4 */
const namePattern = /^[a-z][A-Za-z0-9]{0,63}$/;
const most = { names: 16, length: 4096 };

/** secrets.json, §3.4. USAGE for secrets that a reader would refuse. */
export function encodeSecrets(secrets: Secrets): Uint8Array {
  const values = Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]));
  const bytes = encodeCanonical(values);
  const fault = faultOf(values) ?? (bytes.length > maxSecretsBytes ? 'they are too long' : undefined);
  if (fault !== undefined) throw new MigratorError('USAGE', `the secrets cannot go into a package: ${fault}`);
  return bytes;
}

/** PACKAGE_MALFORMED when it is not exactly as the format has it. The error shows nothing of the content. */
export function decodeSecrets(bytes: Uint8Array): Secrets {
  const values = decoded(bytes);
  const fault = faultOf(values);
  if (fault !== undefined) throw malformed('payload', `"${secretsEntry}" is refused: ${fault}`);
  const origin = 'secret that the package carries';
  return Object.fromEntries(
    Object.entries(values as Readonly<Record<string, string>>).map(([name, value]) => [
      name,
      new Secret(value, `${name}: ${origin}`),
    ]),
  );
}

function decoded(bytes: Uint8Array): Json {
  try {
    return decodeCanonical(bytes, secretsEntry, 1);
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    // The cause would quote a part of the text.
    throw malformed('payload', error.message);
  }
}

/** The words name no value. */
function faultOf(values: Json): string | undefined {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return 'it is not an object';
  const entries = Object.entries(values);
  if (entries.length === 0 || entries.length > most.names) return `it must hold 1 to ${most.names} secrets`;
  for (const [name, value] of entries) {
    if (!namePattern.test(name)) return 'a name in it is not that of an option';
    if (typeof value !== 'string' || value === '' || value.length > most.length || !isWellFormed(value))
      return `the value of "${name}" is not a text of 1 to ${most.length} characters`;
  }
  return undefined;
}
