import { z } from 'zod';
import { knownUrl, shortNames } from '../../adapters/index.ts';
import { parseDuration } from './duration.ts';

const text = z.string().min(1, 'must not be empty');
const reference = 'A secret reference: env:NAME, file:path, command:…, or prompt.';

/** What is wrong with an instance's URL, or undefined. */
function urlFault(value: string): string | undefined {
  if (value.startsWith('embedded:')) {
    return value.length > 'embedded:'.length ? undefined : 'must name a folder after "embedded:"';
  }
  if (!URL.canParse(value)) return 'must be a URL such as https://octopus.example.com, or embedded:./folder';
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://, http:// or embedded:';
  if (url.username !== '' || url.password !== '') return userInfo;
  if (url.search !== '' || url.hash !== '') return 'must end before any "?" or "#"';
  return undefined;
}

const userInfo = 'must not hold a user name or password; put them into settings of their own, as secret references';

/** Products with well-known servers have short names for them. */
function shortNamed(product: string, fault: string | undefined): string | undefined {
  const names = shortNames(product);
  return fault === undefined || names.length === 0 ? fault : `${fault}; ${product} also knows ${names.join(', ')}`;
}

/** A proxy with credentials is a secret as a whole, so it comes by reference. */
function proxyFault(value: string): string | undefined {
  if (/^(env|file|command):/.test(value)) return undefined;
  if (!URL.canParse(value)) return 'must be a URL such as http://proxy.example.com:3128';
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with http:// or https://';
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a user name or password; give the whole URL as a reference such as env:HTTPS_PROXY';
  }
  return undefined;
}

const checked = (faultOf: (value: string) => string | undefined) =>
  text.superRefine((value, context) => {
    const fault = value === '' ? undefined : faultOf(value);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

const instance = z
  .looseObject({
    product: text.describe('octopus, enms, microstrategy, snaplogic, or the product of a third-party adapter.'),
    url: text.describe(
      'Base URL of the server, embedded:<folder> for an emulator in this process, or a short name the product knows.',
    ),
  })
  .superRefine(({ product, url }, context) => {
    const fault = url === '' || knownUrl(product, url) !== undefined ? undefined : shortNamed(product, urlFault(url));
    if (fault !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: fault });
  })
  .describe("A server. Keys other than product and url are the adapter's own settings; secrets are references.");

const flagValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())], {
  error: 'must be text, a number, true or false, or a list of texts',
});

const keys = z.strictObject({
  signing: text.optional().describe('File with the secret key that signs packages (minisign format).'),
  identities: z.array(text).optional().describe('Files with age identities that open packages.'),
  recipients: z.array(text).optional().describe('Public keys (age1…) that packages are encrypted for.'),
  trust: z.array(text).optional().describe('Public keys (RW…) or their files whose signatures are trusted.'),
  passphrase: text.optional().describe(`Passphrase of the signing key. ${reference}`),
});

const duration = z
  .union([z.number(), z.string()], { error: 'must be a duration such as 60s, or milliseconds' })
  .refine((value) => (typeof value === 'number' ? value > 0 : (parseDuration(value) ?? 0) > 0), {
    error: 'must be a duration such as 60s or 2m, or milliseconds',
  });

const http = z.strictObject({
  timeout: duration.optional().describe('How long a server may be silent: 60s, 2m, or milliseconds. Default 60s.'),
  retries: z.int().min(0).max(100).optional().describe('How often a read is repeated. Default 5.'),
  proxy: checked(proxyFault).optional().describe('Proxy URL; with credentials only as a reference (env:HTTPS_PROXY).'),
  ca: text.optional().describe('File with certificates to trust beside those of Node.js (PEM).'),
  cert: text.optional().describe('File with the client certificate (PEM).'),
  key: text.optional().describe('File with the key of the client certificate (PEM).'),
  keyPassphrase: text.optional().describe(`Passphrase of that key. ${reference}`),
});

const instanceName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
  error: 'is no name for an instance; use letters, digits, ".", "_" and "-"',
});

const flagName = z.string().regex(/^[a-z][A-Za-z0-9]*$/, {
  error: "is no flag's name in camel case, such as packageId for --package-id",
});

export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors; not read.'),
    instances: z.record(instanceName, instance).optional().describe('Servers by name.'),
    defaults: z.record(flagName, flagValue).optional().describe('Values for flags, by their camel-case name.'),
    keys: keys.optional().describe('Keys of packages. Paths are relative to this file.'),
    http: http.optional().describe('How servers are reached.'),
    adapters: z.array(text).optional().describe('Third-party adapters: files or npm packages.'),
  })
  .meta({ title: 'migrator configuration', description: 'The file .migratorrc and its other spellings.' });

export type ConfigInput = z.infer<typeof configSchema>;

/** The keys that are known where `path` points; empty where any key goes. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(configSchema.shape).filter((key) => key !== '$schema');
  if (path.length > 1) return [];
  if (path[0] === 'keys') return Object.keys(keys.shape);
  return path[0] === 'http' ? Object.keys(http.shape) : [];
}

/** The rc file's JSON Schema (draft 2020-12), for editors and for `config schema`. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input' });
}
