import { MigratorError } from '../errors.ts';
import type { AdapterModule } from '../ports/adapter.ts';
import type { ProductOptions } from '../ports/options.ts';
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
  if (typeof create !== 'function') throw fail('create must be a function');
  if (request !== undefined && typeof request !== 'function') throw fail('request must be a function');
  return value as AdapterModule;
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
