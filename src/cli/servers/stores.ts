import { resolve } from 'node:path';
import type { Keeper } from '../../core/instance.ts';
import { readOnlyFeed } from '../../core/read-only.ts';
import { MigratorError } from '../../errors.ts';
import type { Connection } from '../../ports/adapter.ts';
import type { Secret } from '../../secret.ts';
import { isStore, type StoreModule, storeModules, type StoreTools } from '../../stores/index.ts';
import type { Config, InstanceConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { tellingClock } from '../runtime.ts';
import { secretFrom } from '../secrets/read-secret.ts';

/** Undefined when the product is none of the stores. */
export function storeModuleOf(product: string): Promise<StoreModule> | undefined {
  return isStore(product) ? storeModules[product]() : undefined;
}

/** The folder of an `embedded:` URL is relative to the rc file, as for any instance. */
export function storeUrl({ url }: Pick<InstanceConfig, 'url'>, { directory }: Pick<Config, 'directory'>): string {
  return url.startsWith('embedded:') ? `embedded:${resolve(directory, url.slice('embedded:'.length))}` : url;
}

/** Where packages lie, and the folder, bucket or server that it means: `folder /srv/packages`. */
export interface PlacedKeeper extends Keeper {
  readonly place: string;
}

export async function openStore(
  instance: InstanceConfig,
  module: StoreModule,
  config: Config,
  context: Context,
): Promise<PlacedKeeper> {
  const secrets: Record<string, Secret> = {};
  const settings: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(instance.settings)) {
    if (!module.secretSettings.includes(key)) settings[key] = value;
    else {
      const purpose = `${key} of instance "${instance.name}"`;
      const { directory } = config;
      secrets[key] = await secretFrom(String(value), { context, directory, purpose, origin: 'rc file' });
    }
  }
  const { name } = instance;
  // It would write among the progress, which may be JSON.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const connection: Connection = { name, url: storeUrl(instance, config), settings, secrets };
  const store = module.create(connection, await storeTools(context));
  context.onClose(() => store.close?.());
  return { name, adapter: store, place: storePlace(instance, module, config) };
}

export const storePlace = (instance: InstanceConfig, module: StoreModule, config: Config): string =>
  `${instance.product} ${module.place({ url: storeUrl(instance, config), settings: instance.settings })}`;

async function storeTools(context: Context): Promise<StoreTools> {
  const reporter = await context.reporter();
  return {
    clock: tellingClock(reporter),
    notice: (message) => reporter.report({ type: 'notice', message }),
    debug: (message) => reporter.report({ type: 'debug', message }),
    wires: async (server) => (await (await import('./http.ts')).wiresOf(context))(server),
  };
}

/** The same store, without what writes to it. */
export function onlyRead({ name, adapter, place }: PlacedKeeper): PlacedKeeper {
  const { product, feed } = adapter;
  return {
    name,
    place,
    adapter: {
      product,
      probe: (signal) => adapter.probe(signal),
      ...(feed === undefined ? {} : { feed: readOnlyFeed(feed, product) }),
    },
  };
}

/** A store where an instance of a product is needed. */
export function noInstance({ name, product }: InstanceConfig): MigratorError {
  return new MigratorError(
    'UNSUPPORTED',
    `"${name}" is a store of packages (${product}), and no server with projects`,
    {
      hint: `see its packages with: migrator package list --from ${name}; import one with: migrator import <id>@<version> --from ${name} --to <instance>; move projects by it with: migrator migrate-project <project> --from <instance> --to <instance> --via-store ${name}`,
      details: { store: name },
    },
  );
}
