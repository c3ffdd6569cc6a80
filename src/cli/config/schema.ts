import { z } from 'zod';
import { knownUrl, shortNames } from '../../adapters/index.ts';
import { isStore, storeUrlFault } from '../../stores/index.ts';
import { parseDuration } from './duration.ts';

const text = z.string().min(1, 'must not be empty');
const reference = 'A secret reference: env:NAME, file:path, command:…, or prompt.';

/** The problem with the URL of an instance, or undefined. */
function urlFault(value: string): string | undefined {
  if (value.startsWith('embedded:')) {
    return value.length > 'embedded:'.length ? undefined : 'must name a folder after "embedded:"';
  }
  if (!URL.canParse(value)) return 'must be a URL such as https://octopus.example.com, or embedded:./folder';
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://, http:// or embedded:';
  if (url.username !== '' || url.password !== '') return userInfo;
  if (url.search !== '' || url.hash !== '') return 'must not have a query ("?") or a fragment ("#")';
  return undefined;
}

const userInfo = 'must not contain a user name or password; use the settings for them, with secret references';

/** Adds the short names of the product's public servers to a problem. */
function shortNamed(product: string, fault: string | undefined): string | undefined {
  const names = shortNames(product);
  return fault === undefined || names.length === 0
    ? fault
    : `${fault}; for ${product} it can also be ${names.join(', ')}`;
}

/** A proxy URL with credentials is a secret, so it must be a reference. */
function proxyFault(value: string): string | undefined {
  if (/^(env|file|command):/.test(value)) return undefined;
  if (!URL.canParse(value)) return 'must be a URL such as http://proxy.example.com:3128';
  const url = new URL(value);
  if (url.protocol !== 'http:') return 'must begin with http://: https targets go through it as tunnels';
  if (url.username !== '' || url.password !== '') {
    return 'must not contain a user name or password; use a reference to the whole URL, such as env:HTTPS_PROXY';
  }
  return undefined;
}

const checked = (faultOf: (value: string) => string | undefined) =>
  text.superRefine((value, context) => {
    const fault = value === '' ? undefined : faultOf(value);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

function faultOf(product: string, url: string): string | undefined {
  if (isStore(product)) return storeUrlFault(product, url);
  if (knownUrl(product, url) !== undefined) return undefined;
  const isOfStore = /^(file|s3):/u.test(url);
  return isOfStore ? 'is that of a store; its product must be folder or s3' : shortNamed(product, urlFault(url));
}

const instance = z
  .looseObject({
    product: text.describe(
      'octopus, enms, microstrategy, snaplogic, or the product of a third-party adapter; or a store of packages: folder, s3.',
    ),
    url: text.describe(
      'Base URL of the server, embedded:<folder> for an emulator in this process, or a short name of a public server. Of a store: file:///<folder>, embedded:<folder> or s3://<bucket>/<prefix>.',
    ),
  })
  .superRefine(({ product, url }, context) => {
    const fault = url === '' ? undefined : faultOf(product, url);
    if (fault !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: fault });
  })
  .describe('A server. All keys except product and url are settings of the adapter. Secrets are references.');

const flagValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())], {
  error: 'must be text, a number, true or false, or a list of texts',
});

/** The problem with a text in `keys.recipients`, or undefined. A secret key is not repeated. */
function recipientFault(value: string): string | undefined {
  if (/^age1|^file:./u.test(value)) return undefined;
  if (/^age-(?:secret|plugin)-/iu.test(value)) return 'is a secret key, and a public key (age1…) belongs here';
  return 'must be a public key (age1…) or file:path; a group cannot hold another group';
}

// Unknown, because a union says of a wrong item only that the whole is wrong.
const recipientList = z.array(z.unknown().meta({ type: 'string' })).superRefine((list, context) => {
  for (const [index, value] of list.entries()) {
    const path = [index];
    if (typeof value !== 'string') context.addIssue({ code: 'invalid_type', expected: 'string', path, input: value });
    else if (recipientFault(value) !== undefined)
      context.addIssue({ code: 'custom', path, message: recipientFault(value) });
  }
});
const groupNamePattern = /^(?!age1|me$)[A-Za-z0-9][A-Za-z0-9._-]*$/u;

const groups = z.record(z.string(), recipientList).superRefine((all, context) => {
  for (const [name, list] of Object.entries(all)) {
    const fault = !groupNamePattern.test(name)
      ? 'is not a valid name for a group; use letters, digits, ".", "_" and "-", and neither "me" nor "age1…"'
      : list.length === 0
        ? 'is an empty group, and nobody could open its packages; add a public key, or remove the group'
        : undefined;
    if (fault !== undefined) context.addIssue({ code: 'custom', path: [name], message: fault });
  }
});

const recipients = z.union([recipientList, groups], {
  error: ({ input }) => {
    const [wrong] = Object.entries(input ?? {}).find(([, value]) => !Array.isArray(value)) ?? [];
    return typeof input === 'object' && input !== null && !Array.isArray(input) && wrong !== undefined
      ? `must have a list of public keys for each group, and "${wrong}" has none`
      : 'must be a list of public keys (age1… or file:path), or groups of them by name';
  },
});

const keys = z.strictObject({
  signing: text
    .optional()
    .describe('The secret key that signs packages (minisign format): a file, env:NAME or command:….'),
  identities: z.array(text).optional().describe('Age identities that open packages: files, env:NAME or command:….'),
  recipients: recipients
    .optional()
    .describe(
      'Public keys (age1…, or file:path) that packages are encrypted for; or groups of them by name, for --recipient.',
    ),
  trust: z.array(text).optional().describe('Public keys (RW…), or files with them, whose signatures are trusted.'),
  passphrase: text.optional().describe(`Passphrase of the signing key. ${reference}`),
  identityPassphrase: text.optional().describe(`Passphrase of the identity files. ${reference}`),
});

const duration = z
  .union([z.number(), z.string()], { error: 'must be a duration such as 60s, or milliseconds' })
  .refine((value) => (typeof value === 'number' ? value > 0 : (parseDuration(value) ?? 0) > 0), {
    error: 'must be a duration such as 60s or 2m, or milliseconds',
  });

const http = z.strictObject({
  timeout: duration
    .optional()
    .describe('How long to wait for data from a server: 60s, 2m, or milliseconds. Default 60s.'),
  retries: z.int().min(0).max(100).optional().describe('How often a failed read is repeated. Default 5.'),
  patience: duration
    .optional()
    .describe(
      'How long an unavailable server is asked again: 10m. Without it, `retries` ends a request, and 2m do. --patience overrides it.',
    ),
  proxy: checked(proxyFault)
    .optional()
    .describe('Proxy URL. A URL with credentials must be a reference (env:HTTPS_PROXY).'),
  ca: text.optional().describe('File with certificates to trust in addition to those of Node.js (PEM).'),
  cert: text.optional().describe('File with the client certificate (PEM).'),
  key: text.optional().describe('File with the key of the client certificate (PEM).'),
  keyPassphrase: text.optional().describe(`Passphrase of the client key. ${reference}`),
});

const instanceName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
  error: 'is not a valid name for an instance; use letters, digits, ".", "_" and "-"',
});

const flagName = z.string().regex(/^[a-z][A-Za-z0-9]*$/, {
  error: 'is not the name of a flag in camel case, such as packageId for --package-id',
});

export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors. migrator does not read it.'),
    instances: z.record(instanceName, instance).optional().describe('Servers by name.'),
    defaults: z.record(flagName, flagValue).optional().describe('Values for flags, by their camel-case name.'),
    keys: keys.optional().describe('Keys of packages. Paths are relative to this file.'),
    http: http.optional().describe('Connections to servers.'),
    adapters: z.array(text).optional().describe('Third-party adapters: files or npm packages.'),
  })
  .meta({ title: 'migrator configuration', description: 'The file .migratorrc and the other rc files.' });

export type ConfigInput = z.infer<typeof configSchema>;

/** The valid keys at `path`. Empty where any key is valid. */
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
