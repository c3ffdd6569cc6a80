import { MigratorError } from '../errors.ts';
import type { AdapterModule } from '../ports/adapter.ts';
import { type OptionSpec, type ProductOptions, verbs } from '../ports/options.ts';
import { nearest } from '../nearest.ts';
import { options as enms } from './enms/options.ts';
import { options as microstrategy } from './microstrategy/options.ts';
import { options as octopus } from './octopus/options.ts';
import { options as snaplogic } from './snaplogic/options.ts';

export const products = ['octopus', 'enms', 'microstrategy', 'snaplogic'] as const;
export type Product = (typeof products)[number];

/** Each product's adapter, loaded when it is needed. A new product adds a line here. */
export const adapterModules = {
  octopus: async () => (await import('./octopus/index.ts')).adapter,
  microstrategy: async () => (await import('./microstrategy/index.ts')).adapter,
  snaplogic: async () => (await import('./snaplogic/index.ts')).adapter,
  enms: async () => (await import('./enms/index.ts')).adapter,
} satisfies Record<Product, () => Promise<AdapterModule>>;

export function isProduct(text: string): text is Product {
  return (products as readonly string[]).includes(text);
}

/** An adapter module that is not built in, as `adapters` in the rc file names it. CONFIG_INVALID says what it lacks. */
export function checkAdapterModule(value: unknown, origin: string): AdapterModule {
  const fail = (lack: string): MigratorError =>
    new MigratorError('CONFIG_INVALID', `${origin} is not an adapter for migrator: ${lack}`, {
      hint: 'an adapter module exports contract, product, secretSettings and create; see migrator help writing-an-adapter',
    });
  if (typeof value !== 'object' || value === null) throw fail('it exports nothing');
  const module = value as Partial<Record<keyof AdapterModule, unknown>>;
  if (module.contract !== 1) {
    throw fail(
      module.contract === undefined
        ? 'it exports no contract'
        : `it is written for contract ${JSON.stringify(module.contract)}, this release knows contract 1`,
    );
  }
  const { product, secretSettings, create, request } = module;
  if (typeof product !== 'string' || !/^[a-z][a-z0-9-]*$/.test(product)) {
    throw fail('product must be a name in lower case, such as acme');
  }
  if (isProduct(product)) throw fail(`the product ${product} is built in`);
  if (!Array.isArray(secretSettings) || secretSettings.some((name) => typeof name !== 'string')) {
    throw fail('secretSettings must be a list of names');
  }
  if (module.settings !== undefined && !isListOfSettings(module.settings))
    throw fail('settings must be a list of objects with a name, and a kind that is text or number');
  if (typeof create !== 'function') throw fail('create must be a function');
  if (request !== undefined && typeof request !== 'function') throw fail('request must be a function');
  const { title, options } = module;
  if (title !== undefined && (typeof title !== 'string' || title.trim() === '')) throw fail('title must be a text');
  const lack = options === undefined ? undefined : lackOfOptions(options);
  if (lack !== undefined) throw fail(lack);
  return value as AdapterModule;
}

function isListOfSettings(settings: unknown): boolean {
  const isSetting = (one: unknown): boolean => {
    const { name, kind = 'text', choices = ['any'], secret = false } = (one ?? {}) as Readonly<Record<string, unknown>>;
    const isKnown = kind === 'text' || kind === 'number';
    return typeof name === 'string' && name !== '' && isKnown && isListOfTexts(choices) && typeof secret === 'boolean';
  };
  return Array.isArray(settings) && settings.every(isSetting);
}

const texts = ['name', 'value', 'description'];
const switches = ['many', 'secret', 'url', 'file', 'bytes'];
const lists = ['choices', 'verbs'];
const members = [...texts, ...switches, ...lists];

/** What is wrong with the flags that an adapter declares. Undefined when nothing is. */
function lackOfOptions(options: unknown): string | undefined {
  if (!Array.isArray(options)) return 'options must be a list';
  const seen = new Set<string>();
  for (const option of options as readonly unknown[]) {
    if (typeof option !== 'object' || option === null) return 'each of its options must be an object';
    const { name } = option as { readonly name?: unknown };
    if (typeof name !== 'string' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u.test(name)) {
      return 'each of its options needs a name in lower case without dashes in front, such as with-comments';
    }
    if (seen.has(name)) return `it declares the option ${name} twice`;
    seen.add(name);
    const lack = lackOfOption(option as Readonly<Record<string, unknown>>);
    if (lack !== undefined) return `its option ${name} ${lack}`;
  }
  return undefined;
}

function lackOfOption(option: Readonly<Record<string, unknown>>): string | undefined {
  for (const [key, value] of Object.entries(option)) {
    if (!members.includes(key)) {
      const near = nearest(key, members);
      return `has an unknown member "${key}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
    }
    if (texts.includes(key) && (typeof value !== 'string' || value.trim() === '')) return `needs a text as its ${key}`;
    if (switches.includes(key) && typeof value !== 'boolean') return `needs true or false as its ${key}`;
    if (lists.includes(key) && !isListOfTexts(value)) return `needs a list of texts as its ${key}`;
  }
  const { value, description, verbs: of } = option as Partial<OptionSpec>;
  if (description === undefined) return 'has no description';
  const unknown = of?.find((verb) => !verbs.includes(verb));
  if (of === undefined || unknown !== undefined) {
    return `${unknown === undefined ? 'has no verbs' : `has the unknown verb "${unknown}"`}; there are ${verbs.join(', ')}`;
  }
  const needsValue = ['many', 'secret', 'file', 'bytes', 'choices'].find((key) => option[key] !== undefined);
  return value === undefined && needsValue !== undefined
    ? `has ${needsValue} and no value, so nothing could be given`
    : undefined;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && one !== '');
}

/** The flags of every product, as data. Help and parsing read them without loading an adapter. */
export const productOptions: readonly ProductOptions[] = [octopus, enms, microstrategy, snaplogic];

/** The URL that a product's short name stands for. */
export function knownUrl(product: string, name: string): string | undefined {
  const urls = productOptions.find((entry) => entry.product === product)?.urls;
  return urls !== undefined && Object.hasOwn(urls, name) ? urls[name] : undefined;
}

/** The short names of a product's public servers. Empty for products that have none. */
export function shortNames(product: string): readonly string[] {
  return Object.keys(productOptions.find((entry) => entry.product === product)?.urls ?? {});
}
