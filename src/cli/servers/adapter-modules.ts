import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { adapterModules, checkAdapterModule, isProduct, productOptions, products } from '../../adapters/index.ts';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { AdapterModule } from '../../ports/adapter.ts';
import type { ProductOptions } from '../../ports/options.ts';
import { isStore, storeModules, storeNames } from '../../stores/index.ts';
import type { Config, InstanceConfig } from '../config/config.ts';
import { isAdapterFile, refuseFolder } from '../config/adapter-path.ts';
import type { Context } from '../context.ts';

export interface AdapterModules {
  /** The products of the built-in adapters, of the adapters in the rc file, and of the stores. */
  readonly products: readonly string[];
  /** The flags of the adapters in the rc file. */
  readonly options: readonly ProductOptions[];
  /** The settings that the adapters in the rc file declare. */
  readonly declared: readonly Pick<ProductOptions, 'product' | 'settings'>[];
  /** CONFIG_INVALID when there is no adapter for the instance's product. */
  of(instance: InstanceConfig): Promise<AdapterModule>;
  /** The names of the settings that hold secrets. Empty for a product without an adapter. */
  secretSettings(product: string): Promise<readonly string[]>;
}

/** The adapters that an rc file can use. Those that it names are loaded here, from exactly that file or package. */
export async function adapterModulesOf(
  config: Pick<Config, 'adapters' | 'directory' | 'allowCode'>,
): Promise<AdapterModules> {
  const named = new Map<string, AdapterModule>();
  for (const name of config.adapters) {
    await config.allowCode(`the adapter ${name}`);
    const module = await load(name, config.directory);
    if (isStore(module.product)) {
      throw new MigratorError(
        'CONFIG_INVALID',
        `the adapter "${name}" is for "${module.product}", which is a store of migrator`,
        {
          hint: 'give its product another name',
        },
      );
    }
    if (named.has(module.product)) {
      throw new MigratorError('CONFIG_INVALID', `two adapters of the rc file are for the product "${module.product}"`, {
        hint: 'name one of them under "adapters"',
      });
    }
    named.set(module.product, module);
  }
  const known = [...products, ...named.keys()];
  const all = [...known, ...storeNames];
  const find = async (product: string): Promise<AdapterModule | undefined> =>
    isProduct(product) ? adapterModules[product]() : named.get(product);
  return {
    products: all,
    options: [...named.values()].flatMap(({ product, title = product, options }) =>
      options === undefined ? [] : [{ product, title, options }],
    ),
    declared: [...named.values()].map(({ product, settings }) => ({
      product,
      ...(settings === undefined ? {} : { settings }),
    })),
    secretSettings: async (product) =>
      (isStore(product) ? await storeModules[product]() : await find(product))?.secretSettings ?? [],
    async of({ name, product }) {
      const module = await find(product);
      if (module !== undefined) return module;
      const near = nearest(product, all);
      throw new MigratorError('CONFIG_INVALID', `instance "${name}": no adapter for product "${product}"`, {
        hint:
          near === undefined
            ? `there are: ${all.join(', ')}; list other adapters under "adapters" in the rc file`
            : `did you mean "${near}"?`,
      });
    },
  };
}

async function load(name: string, directory: string): Promise<AdapterModule> {
  await refuseFolder(name, directory);
  const file = isAdapterFile(name) ? resolve(directory, name) : undefined;
  let loaded: unknown;
  try {
    loaded = await import(file === undefined ? name : pathToFileURL(file).href);
  } catch (cause) {
    throw new MigratorError(
      'CONFIG_INVALID',
      `the adapter "${name}" cannot be loaded: ${cause instanceof Error ? cause.message : 'unknown'}`,
      { hint: wayOut(cause, file), cause },
    );
  }
  return checkAdapterModule(loaded, name);
}

/** A module that is not found, a package that it needs, or one that is there and does not run. */
function wayOut(cause: unknown, file: string | undefined): string {
  const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
  if (!isAbsent) return 'correct the module; node --check <file> shows where it is not valid JavaScript';
  if (file === undefined) return 'install it where migrator is installed, or give its path relative to the rc file';
  // Of a file, Node says "Cannot find module". The package is what a file that is there needs.
  return cause.message.startsWith('Cannot find package')
    ? `run npm install in "${dirname(file)}"`
    : 'correct its path; it is relative to the rc file';
}

/**
 * The flags of all products: the built-in ones, and those of the rc file's adapters. Code of an rc file that the user has
 * not allowed is not run for that. Why an adapter's flags are not known is kept for the moment in which one is given.
 */
export async function productTable(context: Context): Promise<readonly ProductOptions[]> {
  let names: readonly string[] = [];
  try {
    const config = await context.readConfig();
    names = config.adapters;
    return names.length === 0 ? productOptions : [...productOptions, ...(await adapterModulesOf(config)).options];
  } catch (error) {
    // What is wrong with the rc file is told when the command reads it. The help must work without it.
    if (!isMigratorError(error)) throw error;
    if (names.length > 0 || error.code === 'CONFIG_UNTRUSTED') context.unreadAdapters = error;
    return productOptions;
  }
}
