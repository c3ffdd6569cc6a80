import { nearest } from '../../nearest.ts';
import { isReference, looksSecret } from '../secrets/references.ts';
import type { Config } from './config.ts';

export interface WarningOptions {
  readonly secretSettings: (product: string) => readonly string[];
  /** Products with an adapter, third-party ones included. */
  readonly products: readonly string[];
}

const isPlain = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '' && !isReference(value)) || typeof value === 'number';

function plainSecrets(config: Config, secretSettings: WarningOptions['secretSettings']): string[] {
  const found: string[] = [];
  for (const { name, product, settings } of Object.values(config.instances)) {
    const secrets = secretSettings(product);
    for (const [key, value] of Object.entries(settings)) {
      if ((secrets.includes(key) || looksSecret(key)) && isPlain(value)) found.push(`instances.${name}.${key}`);
    }
  }
  for (const [key, value] of Object.entries(config.defaults)) {
    if (looksSecret(key) && isPlain(value)) found.push(`defaults.${key}`);
  }
  if (isPlain(config.keys.passphrase)) found.push('keys.passphrase');
  if (isPlain(config.http.keyPassphrase)) found.push('http.keyPassphrase');
  return found;
}

/** 127.0.0.0/8, ::1, and the names that mean them (RFC 6761). */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** What is allowed and unwise, one sentence each. */
export function configWarnings(config: Config, options: WarningOptions): string[] {
  const warnings: string[] = [];
  const plain = plainSecrets(config, options.secretSettings);
  for (const path of plain) {
    warnings.push(`${path} is the secret itself; put a reference there, such as env:NAME or file:path`);
  }
  if (plain.length > 0 && config.file !== undefined && config.mode !== undefined && (config.mode & 0o044) !== 0) {
    warnings.push(`"${config.file}" holds secrets and can be read by others; chmod 600 it`);
  }
  for (const { name, product, url } of Object.values(config.instances)) {
    if (url.startsWith('http://') && !isLoopback(url)) {
      warnings.push(`instances.${name}.url is http: its credentials cross the network readable; use https`);
    }
    if (!options.products.includes(product)) {
      const meant = nearest(product, options.products);
      const tail = meant === undefined ? `; known are ${options.products.join(', ')}` : `; did you mean "${meant}"?`;
      warnings.push(`instances.${name}.product is "${product}", for which there is no adapter${tail}`);
    }
  }
  return warnings;
}
