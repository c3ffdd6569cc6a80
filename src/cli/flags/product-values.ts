import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { decodeText } from '../../files/text.ts';
import { wordHint } from '../../nearest.ts';
import type { OptionValue, Options, Secrets, OptionSpec, ProductOptions, Verb } from '../../ports/options.ts';
import { Secret } from '../../secret.ts';
import type { Context } from '../context.ts';
import { secretFlag } from '../secrets/read-secret.ts';
import { secretsIn } from '../secrets/secret-document.ts';
import { isHttpUrl, isPublicUrl, secretParts } from '../secrets/secret-url.ts';

export interface ProductFlags {
  readonly options: Options;
  readonly secrets: Secrets;
  /** Options that this product does not know and that migrator carries out by itself. */
  readonly byMigrator: Secrets;
}

/**
 * Flags that migrator carries out by itself when the product does not know them, and for a move, which has several jobs
 * and one result.
 */
const carriedOut: readonly string[] = ['success-callback', 'failure-callback'];

/**
 * Splits the product flags of a verb into plain options and secrets. USAGE for a flag that the product does not know.
 */
export async function productFlags(
  command: Command,
  verb: Verb,
  product: string,
  context: Context,
): Promise<ProductFlags> {
  const table = await context.productOptions();
  refuseForeign(command, verb, product, table);
  const options: Record<string, OptionValue> = {};
  const secrets: Record<string, Secret> = {};
  const specs = specsOf(product, verb, table);
  for (const spec of specs) {
    const name = camelCase(spec.name);
    const value: unknown = command.getOptionValue(name);
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    if (isOfAnother(command, spec, value)) continue;
    if (verb === 'migrate-project' && carriedOut.includes(spec.name)) continue;
    if (spec.bytes === true) {
      const paths = typeof value === 'string' ? [value] : (value as readonly string[]);
      options[name] = await Promise.all(paths.map((path) => bytesOfFile(path, name, context)));
    } else if (spec.file === true) {
      const text = await textOfFile(value as string, name, context);
      if (spec.secret === true) {
        secrets[name] = new Secret(text);
        for (const secret of secretsIn(text)) context.redactor.add(secret);
      } else {
        options[name] = text;
      }
    } else if (spec.secret === true) {
      secrets[name] = await secretOf(spec, value as string, context);
    } else {
      options[name] = value as OptionValue;
    }
  }
  return {
    options: { ...options, ...thirdParty(command, product, table) },
    secrets,
    byMigrator: await byMigrator(command, verb === 'migrate-project' ? [] : specs, context),
  };
}

/** The flags of all products whose values are references to secrets, in camel case. */
export function secretFlags(table: readonly ProductOptions[]): readonly string[] {
  const specs = table.flatMap(({ options }) => options.filter((spec) => spec.secret === true && spec.file !== true));
  return [...new Set(specs.map((spec) => camelCase(spec.name)))];
}

function specsOf(product: string, verb: Verb, table: readonly ProductOptions[]): readonly OptionSpec[] {
  return table.find((entry) => entry.product === product)?.options.filter((spec) => spec.verbs.includes(verb)) ?? [];
}

function refuseForeign(command: Command, verb: Verb, product: string, table: readonly ProductOptions[]): void {
  const own = new Set(specsOf(product, verb, table).map((spec) => spec.name));
  for (const { product: other, title, options } of table) {
    for (const { name } of options) {
      if (other === product || own.has(name) || carriedOut.includes(name)) continue;
      const source = command.getOptionValueSource(camelCase(name));
      // Defaults in the rc file are for the products that know them, so others ignore them.
      if (source !== 'cli' && source !== 'env') continue;
      throw new MigratorError('USAGE', `--${name} is for ${title}, and this instance is ${product}`, {
        hint: `leave out --${name}, or name an instance of ${title}; --help=${product} shows the flags of ${product}`,
      });
    }
  }
}

/**
 * A flag of several products may take other words for each. USAGE for a word that this product does not take, unless it is
 * a default of the rc file: that is for the products that take it.
 */
function isOfAnother(command: Command, { name, choices }: OptionSpec, value: unknown): boolean {
  if (choices === undefined || typeof value !== 'string' || choices.includes(value)) return false;
  if (command.getOptionValueSource(camelCase(name)) === 'config') return true;
  throw new MigratorError('USAGE', `--${name} cannot be "${value}" for this instance`, {
    hint: wordHint(value, choices),
  });
}

async function byMigrator(command: Command, own: readonly OptionSpec[], context: Context): Promise<Secrets> {
  const secrets: Record<string, Secret> = {};
  for (const name of carriedOut.filter((one) => !own.some((spec) => spec.name === one))) {
    const value = command.getOptionValue(camelCase(name)) as string | undefined;
    if (value !== undefined) secrets[camelCase(name)] = await secretOf({ name, url: true }, value, context);
  }
  return secrets;
}

/** USAGE for a URL that is none. */
async function secretOf(
  { name, url }: Pick<OptionSpec, 'name' | 'url'>,
  reference: string,
  context: Context,
): Promise<Secret> {
  if (url !== true) return secretFlag(reference, camelCase(name), `--${name}`, context);
  const secret = isPublicUrl(reference)
    ? new Secret(reference)
    : await secretFlag(reference, camelCase(name), `--${name}`, context);
  const text = secret.reveal();
  if (!isHttpUrl(text)) throw new MigratorError('USAGE', `--${name} must be an http or https URL`);
  for (const part of secretParts(new URL(text))) context.redactor.add(part);
  return secret;
}

function thirdParty(command: Command, product: string, table: readonly ProductOptions[]): Options {
  const settings = (command.getOptionValue('set') as readonly string[] | undefined) ?? [];
  if (settings.length > 0 && table.some((entry) => entry.product === product)) {
    if (command.getOptionValueSource('set') === 'config') return {};
    throw new MigratorError(
      'USAGE',
      `--set is for adapters that declare no flags, but ${product} has flags of its own`,
      {
        hint: `use the flags of ${product}; --help lists them`,
      },
    );
  }
  const given = new Map<string, string>();
  for (const setting of settings) {
    const [name, ...value] = setting.split('=');
    if (name === undefined || name === '' || value.length === 0) {
      throw new MigratorError('USAGE', `--set "${setting}" must be name=value`);
    }
    if (given.has(name)) throw new MigratorError('USAGE', `--set gives ${name} more than once`);
    given.set(name, value.join('='));
  }
  return Object.fromEntries(given);
}

const longestText = 64 * 1024 * 1024;
const mostBytes = 16 * 1024 * 1024;

async function textOfFile(path: string, flag: string, context: Context): Promise<string> {
  return decodeText(await contentOf(path, flag, longestText, context));
}

async function bytesOfFile(path: string, flag: string, context: Context): Promise<string> {
  return `${basename(path)}/${(await contentOf(path, flag, mostBytes, context)).toString('base64')}`;
}

/** A path in the rc file is relative to that file. Any other path is relative to the working directory. */
async function contentOf(path: string, flag: string, longest: number, context: Context): Promise<Buffer> {
  const { origin, words } = context.flagSource(flag);
  const directory = origin === 'rc file' ? (await context.config()).directory : context.io.cwd;
  const file = resolve(directory, path);
  try {
    const { size } = await stat(file);
    if (size > longest)
      throw new MigratorError('USAGE', `${words}: "${path}" is longer than ${longest / 1024 / 1024} MiB`);
    return await readFile(file);
  } catch (cause) {
    if (isMigratorError(cause)) throw cause;
    throw new MigratorError('USAGE', `${words}: "${path}" cannot be read`, { cause });
  }
}

function camelCase(name: string): string {
  return name.replace(/-(.)/gu, (_, letter: string) => letter.toUpperCase());
}
