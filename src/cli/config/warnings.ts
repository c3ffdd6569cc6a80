import { isReference, looksSecret, meantReference } from '../secrets/references.ts';
import { isPublicUrl } from '../secrets/secret-url.ts';
import type { Config } from './config.ts';

type SecretSettings = (product: string) => readonly string[];

const isPlain = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '' && !isReference(value)) || typeof value === 'number';

interface PlainSecret {
  readonly path: string;
  /** `env:`, when the text was probably meant as such a reference. */
  readonly meant: string | undefined;
}

function plainSecrets(config: Config, secretSettings: SecretSettings): PlainSecret[] {
  const found: PlainSecret[] = [];
  const add = (path: string, value: unknown): void => {
    found.push({ path, meant: typeof value === 'string' ? meantReference(value) : undefined });
  };
  for (const { name, product, settings } of Object.values(config.instances)) {
    const secrets = secretSettings(product);
    for (const [key, value] of Object.entries(settings)) {
      if ((secrets.includes(key) || looksSecret(key)) && isPlain(value)) add(`instances.${name}.${key}`, value);
    }
  }
  for (const [key, value] of Object.entries(config.defaults)) {
    const isSecretUrl = key.endsWith('Callback') && typeof value === 'string' && !isPublicUrl(value);
    if ((looksSecret(key) || isSecretUrl) && isPlain(value)) add(`defaults.${key}`, value);
  }
  const { keys, http } = config;
  for (const [path, value] of [
    ['keys.passphrase', keys.passphrase],
    ['keys.identityPassphrase', keys.identityPassphrase],
    ['http.keyPassphrase', http.keyPassphrase],
  ] as const) {
    if (isPlain(value)) add(path, value);
  }
  return found;
}

/** True for 127.0.0.0/8, ::1 and the names for them (RFC 6761). */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** One sentence for each setting that is allowed but unsafe. */
export function configWarnings(config: Config, secretSettings: SecretSettings): string[] {
  const warnings: string[] = [...config.warnings];
  const plain = plainSecrets(config, secretSettings);
  for (const { path, meant } of plain) {
    const way = meant === undefined ? 'use a reference such as env:NAME or file:path' : `did you mean ${meant}?`;
    warnings.push(`${path} is a secret in plain text; ${way}`);
  }
  if (plain.length > 0 && config.file !== undefined && config.mode !== undefined && (config.mode & 0o044) !== 0) {
    warnings.push(`"${config.file}" holds secrets and can be read by other users; run chmod 600 on it`);
  }
  for (const { name, url, settings } of Object.values(config.instances)) {
    if (url.startsWith('http://') && !isLoopback(url)) {
      warnings.push(`instances.${name}.url is http, so its credentials cross the network unencrypted; use https`);
    }
    const { endpoint } = settings;
    if (
      typeof endpoint === 'string' &&
      endpoint.startsWith('http://') &&
      URL.canParse(endpoint) &&
      !isLoopback(endpoint)
    ) {
      warnings.push(`instances.${name}.endpoint is http, so what goes to the store can be read on the way; use https`);
    }
  }
  return warnings;
}
