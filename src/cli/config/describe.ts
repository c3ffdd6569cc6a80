import { shownReference, looksSecret } from '../secrets/references.ts';
import { wayTo } from './proxy-variables.ts';
import type { Config } from './config.ts';

/** One value of `config show`. */
export interface ConfigLine {
  readonly path: string;
  /** The value as JSON prints it. A secret is `***`; a reference to a secret is shown as it is. */
  readonly value: string | number | boolean;
  /** The file, `environment NAME`, or `built-in`. */
  readonly origin: string;
}

export interface DescribeOptions {
  /** The names of the settings that hold secrets. */
  readonly secretSettings: (product: string) => readonly string[];
  /** The names of the flags that hold secrets, in camel case. */
  readonly secretFlags?: readonly string[];
  /** When given, its MIGRATOR_… variables are listed too, because they override the file. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

type Leaf = readonly [path: string, value: unknown, secret: boolean];

function leaves(path: string, value: unknown, secret: boolean): Leaf[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(`${path}[${String(index)}]`, item, secret));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => leaves(`${path}.${key}`, item, secret || looksSecret(key)));
  }
  return [[path, value, secret]];
}

function shown(value: unknown, secret: boolean): string | number | boolean {
  if (secret) return shownReference(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

function proxyOrigin({ http, file }: Config, url: string): string {
  if (http.proxy !== undefined) return file ?? 'built-in';
  return `environment ${url.startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY'}`;
}

/** Every value that is set, with its origin, in the order of the documentation. */
export function describeConfig(config: Config, options: DescribeOptions): ConfigLine[] {
  const all: Leaf[] = [];
  for (const { name, product, url, settings } of Object.values(config.instances)) {
    const path = `instances.${name}`;
    all.push([`${path}.product`, product, false], [`${path}.url`, url, false]);
    const secrets = options.secretSettings(product);
    for (const [key, value] of Object.entries(settings)) {
      all.push(...leaves(`${path}.${key}`, value, secrets.includes(key) || looksSecret(key)));
    }
  }
  const { secretFlags = [] } = options;
  for (const [key, value] of Object.entries(config.defaults)) {
    all.push(...leaves(`defaults.${key}`, value, secretFlags.includes(key) || looksSecret(key)));
  }
  all.push(...leaves('keys', config.keys, false));
  all.push(...leaves('http', config.http, false));
  all.push(...leaves('adapters', config.adapters, false));
  const lines = all.map(([path, value, secret]) => ({
    path,
    value: shown(value, secret),
    origin: config.file === undefined || config.builtIn.includes(path) ? 'built-in' : config.file,
  }));
  for (const { name, url } of Object.values(config.instances)) {
    const way = wayTo(url, config.http.proxy, options.env ?? {});
    if (way !== undefined && way !== 'directly')
      lines.push({ path: `instances.${name} is reached`, value: way, origin: proxyOrigin(config, url) });
  }
  const environment = Object.entries(options.env ?? {})
    .filter(([name, value]) => name.startsWith('MIGRATOR_') && value !== undefined && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, value] of environment) {
    const secret = looksSecret(name) || secretFlags.some((flag) => variableOf(flag) === name);
    lines.push({ path: name, value: shown(value, secret), origin: `environment ${name}` });
  }
  return lines;
}

const variableOf = (flag: string): string =>
  `MIGRATOR_${flag.replace(/[A-Z]/gu, (letter) => `_${letter}`).toUpperCase()}`;
