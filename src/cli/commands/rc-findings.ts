import { createPrivateKey, X509Certificate } from 'node:crypto';
import { access, constants, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isMigratorError } from '../../errors.ts';
import { systemCode } from '../../files/local-error.ts';
import { parsePublicKey } from '../../package/index.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { readPublicKey, readSecretKey } from '../keys/key-files.ts';
import { recipientsFrom } from '../keys/recipients.ts';
import { isReference, looksSecret, resolveSecret } from '../secrets/references.ts';
import { secretFlags } from '../flags/product-values.ts';
import { adapterModulesOf } from '../servers/adapter-modules.ts';

/** What a look at one thing found. `bad`: what needs it will fail. */
export interface Finding {
  /** `keys.signing`, the name of an instance, or another thing. */
  readonly subject: string;
  readonly state: 'good' | 'warning' | 'bad';
  readonly text: string;
  readonly hint?: string | undefined;
}

type Looked = Omit<Finding, 'subject'>;

const bad = (text: string, hint?: string): Looked => ({ state: 'bad', text, hint });
const warning = (text: string, hint?: string): Looked => ({ state: 'warning', text, hint });

/** All that is wrong or unwise with the files that the rc file names, its adapters among them. Runs no command. */
export async function fileFindings(config: Config, context: Context): Promise<readonly Finding[]> {
  const looks: [string, Promise<readonly Looked[]>][] = [];
  const { keys, http, defaults, adapters, instances, directory } = config;
  const place = (path: string): string => resolve(directory, path);

  for (const [subject, path] of [
    ['keys.signing', keys.signing],
    ...keys.identities.map((path, index) => [`keys.identities[${String(index)}]`, path] as const),
  ] as const) {
    if (path === undefined) continue;
    looks.push([
      subject,
      isReference(path) ? reference(path, subject, config, context) : secretKey(place(path), context),
    ]);
  }
  keys.trust.forEach((text, index) => {
    looks.push([`keys.trust[${String(index)}]`, publicKey(text, place(text))]);
  });
  for (const [subject, text] of recipientTexts(keys.recipients)) looks.push([subject, recipients(text, directory)]);
  for (const [key, value] of Object.entries({
    'keys.passphrase': keys.passphrase,
    'keys.identityPassphrase': keys.identityPassphrase,
    'http.keyPassphrase': http.keyPassphrase,
    'http.proxy': http.proxy,
  })) {
    if (value !== undefined) looks.push([key, reference(value, key, config, context)]);
  }
  looks.push(...certificates(http, place));
  const products = await context.productOptions();
  const files = new Map(products.flatMap(({ options }) => options.map((one) => [camelCase(one.name), one] as const)));
  for (const [key, value] of Object.entries(defaults)) {
    const subject = `defaults.${key}`;
    const spec = files.get(key);
    const paths = typeof value === 'string' ? [value] : typeof value === 'object' ? value : [];
    if (spec?.file === true || spec?.bytes === true) {
      for (const path of paths) looks.push([subject, readable(place(path), spec.secret === true, context)]);
    } else if (typeof value === 'string' && (secretFlags(products).includes(key) || looksSecret(key))) {
      looks.push([subject, reference(value, subject, config, context)]);
    }
  }
  adapters.forEach((name, index) => {
    looks.push([`adapters[${String(index)}]`, adapter(name, config)]);
  });
  for (const { name, url, settings } of Object.values(instances)) {
    if (!url.startsWith('embedded:')) continue;
    looks.push([`instances.${name}.url`, folder(place(url.slice('embedded:'.length)))]);
    const { storage } = settings;
    if (typeof storage === 'string') looks.push([`instances.${name}.storage`, folder(place(storage))]);
  }
  const found = await Promise.all(
    looks.map(async ([subject, look]) => (await look).map((one) => ({ subject, ...one }))),
  );
  return found.flat();
}

/** Resolves `env:` and `file:` references only. It runs no command and asks no question. */
export async function reference(
  text: string,
  purpose: string,
  { directory }: Pick<Config, 'directory'>,
  { io, signal }: Pick<Context, 'io' | 'signal'>,
): Promise<readonly Looked[]> {
  if (!/^(env|file):/u.test(text)) return [];
  const found: Looked[] = [];
  try {
    await resolveSecret(text, {
      io,
      baseDirectory: directory,
      purpose,
      interactive: false,
      signal,
      onWarning: (message) => found.push(warning(message)),
    });
  } catch (error) {
    if (!isMigratorError(error, 'CONFIG_INVALID')) throw error;
    // Another machine may have it.
    found.push(warning(error.message, error.hint));
  }
  return found;
}

async function secretKey(path: string, { io }: Context): Promise<readonly Looked[]> {
  const found: Looked[] = [];
  try {
    const key = await readSecretKey(path, io, (message) => found.push(warning(message)));
    if (key.reveal().trim() === '') found.push(bad(`"${path}" is empty`, 'name the right file'));
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    // The general hint would make a key in another place.
    found.push(bad(error.message, 'correct the path in the rc file, or put the key there'));
  }
  return found;
}

async function publicKey(text: string, path: string): Promise<readonly Looked[]> {
  try {
    if (/^RW[A-Za-z0-9+/]{54}$/u.test(text)) parsePublicKey(text);
    else parsePublicKey(await readPublicKey(path), `"${path}"`);
    return [];
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    return [bad(error.message, 'write a public key (RW…) or the path of a file with one')];
  }
}

/** A list, or lists by the name of a group. */
function recipientTexts(recipients: unknown): readonly (readonly [string, string])[] {
  const lists = Array.isArray(recipients)
    ? [['keys.recipients', recipients] as const]
    : Object.entries(recipients ?? {});
  return lists.flatMap(([name, list]) =>
    (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((text, index) => {
      const subject = name === 'keys.recipients' ? name : `keys.recipients.${name}`;
      return typeof text === 'string' ? [[`${subject}[${String(index)}]`, text] as const] : [];
    }),
  );
}

async function recipients(text: string, directory: string): Promise<readonly Looked[]> {
  try {
    await recipientsFrom(text, directory, 'this entry');
    return [];
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    return [bad(error.message, 'write a public key (age1…), or file: and the path of a file with one on each line')];
  }
}

function certificates({ ca, cert, key, keyPassphrase }: Config['http'], place: (path: string) => string) {
  const looks: [string, Promise<readonly Looked[]>][] = [];
  if (ca !== undefined) looks.push(['http.ca', certificate(place(ca))]);
  if (cert !== undefined) looks.push(['http.cert', certificate(place(cert))]);
  if (key !== undefined)
    looks.push(['http.key', clientKey(place(key), cert && place(cert), keyPassphrase !== undefined)]);
  const [alone] = [cert === undefined && key !== undefined ? 'http.key' : key === undefined && cert ? 'http.cert' : ''];
  if (alone !== '') {
    const other = alone === 'http.key' ? 'http.cert' : 'http.key';
    looks.push([alone, Promise.resolve([bad(`needs ${other} beside it`, `set ${other} too`)])]);
  }
  return looks;
}

async function certificate(path: string): Promise<readonly Looked[]> {
  const text = await textOf(path);
  if (typeof text !== 'string') return [text];
  try {
    const { validTo, subject } = new X509Certificate(text);
    const name = subject.replaceAll('\n', ', ');
    return Date.parse(validTo) < Date.now()
      ? [warning(`the certificate of ${name} in "${path}" ended on ${validTo}`)]
      : [];
  } catch {
    return [
      bad(`"${path}" holds no certificate in PEM format`, 'name a file that begins with -----BEGIN CERTIFICATE-----'),
    ];
  }
}

async function clientKey(path: string, cert: string | undefined, isProtected: boolean): Promise<readonly Looked[]> {
  const text = await textOf(path);
  if (typeof text !== 'string') return [text];
  const found = await exposed(path);
  if (isProtected) return found;
  try {
    const key = createPrivateKey(text);
    const of = cert === undefined ? undefined : await textOf(cert);
    if (typeof of !== 'string' || new X509Certificate(of).checkPrivateKey(key)) return found;
    return [
      ...found,
      bad(`"${path}" is not the key of the certificate in "${String(cert)}"`, 'name the two of one pair'),
    ];
  } catch (error) {
    const locked = /passphrase|interrupted or cancelled/iu.test(error instanceof Error ? error.message : '');
    return locked
      ? [
          ...found,
          bad(`"${path}" has a passphrase`, 'set http.keyPassphrase to a reference, such as env:KEY_PASSPHRASE'),
        ]
      : [...found, bad(`"${path}" holds no private key in PEM format`, 'name the file of the key')];
  }
}

async function readable(path: string, secret: boolean, { io }: Context): Promise<readonly Looked[]> {
  const text = await textOf(path);
  if (typeof text !== 'string') return [text];
  return secret && io.platform !== 'win32' ? exposed(path) : [];
}

async function exposed(path: string): Promise<readonly Looked[]> {
  const isShared = process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0;
  return isShared ? [warning(`"${path}" can be read by other users: run chmod 600 on it`)] : [];
}

/** The text of a file, or why it cannot be read. */
async function textOf(path: string): Promise<string | Looked> {
  const hint = 'correct the path in the rc file; it is relative to that file';
  try {
    if (!(await stat(path)).isFile()) return bad(`"${path}" is not a file`, hint);
    return await readFile(path, 'latin1');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    return bad(`"${path}" ${isAbsent ? 'does not exist' : `cannot be read (${code})`}`, hint);
  }
}

async function adapter(name: string, config: Config): Promise<readonly Looked[]> {
  try {
    await adapterModulesOf({ ...config, adapters: [name] });
    return [];
  } catch (error) {
    // Without a permission nothing of the file runs, and that is all there is to say.
    if (!isMigratorError(error) || error.code === 'CONFIG_UNTRUSTED') throw error;
    return [bad(error.message, error.hint)];
  }
}

/** A folder that is there and can be written, or that can be made. */
async function folder(path: string): Promise<readonly Looked[]> {
  for (let place = path; ; place = dirname(place)) {
    try {
      if (!(await stat(place)).isDirectory())
        return [bad(`"${place}" is not a folder`, 'name a folder after "embedded:"')];
      await access(place, constants.W_OK | constants.X_OK);
      return [];
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      if (code === 'ENOENT' && dirname(place) !== place) continue;
      if (code === 'ENOTDIR') return [bad(`a part of "${path}" is not a folder`, 'name another folder')];
      return [bad(`"${place}" cannot be written (${code})`, 'name a folder that you can write')];
    }
  }
}

function camelCase(name: string): string {
  return name.replace(/-(.)/gu, (_, letter: string) => letter.toUpperCase());
}
