import { resolve } from 'node:path';
import type { Placed } from '../../core/instance.ts';
import { naming, unnamed } from '../../core/naming.ts';
import { readOnly } from '../../core/read-only.ts';
import type { EmulatorOptions, RunningEmulator } from '../../emulators/index.ts';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { nearest } from '../../nearest.ts';
import type { AdapterModule, AdapterTools, Connection } from '../../ports/adapter.ts';
import type { GivenOptions, OptionRequest, Secrets } from '../../ports/options.ts';
import { Secret } from '../../secret.ts';
import { isStore } from '../../stores/index.ts';
import type { Config, InstanceConfig } from '../config/config.ts';
import { noRcFile } from '../config/no-rc-file.ts';
import type { Context } from '../context.ts';
import { systemRandom, tellingClock, tellingWait } from '../runtime.ts';
import { secretFrom } from '../secrets/read-secret.ts';
import { type AdapterModules, adapterModulesOf } from './adapter-modules.ts';
import { embeddedOptions } from './embedded.ts';
import { noInstance, onlyRead, openStore, type PlacedKeeper, storeModuleOf, storePlace } from './stores.ts';

type Given = Omit<GivenOptions, 'secrets'> & { readonly secrets: Secrets };
type Halves = Required<Pick<OptionRequest, 'exportOptions' | 'importOptions'>>;

/** Opens the instances of the rc file by name. */
export interface Instances {
  config(name: string): InstanceConfig;
  /** The places of all instances, by name. Opens none. */
  places(): Promise<ReadonlyMap<string, string>>;
  /** What the given options mean for a run on this instance. Opens no instance. */
  request(name: string, given: Given): Promise<OptionRequest & Halves>;
  /** A source is read-only: its adapter refuses all writes to projects and packages. */
  source(name: string): Promise<Placed>;
  target(name: string): Promise<Placed>;
  /** An instance for the verbs of packages, or a store. `read`: it refuses all writes. */
  keeper(name: string, how: 'read' | 'write'): Promise<PlacedKeeper>;
}

export const instancesOf = (context: Context): Promise<Instances> => context.once(createInstances);

async function createInstances(context: Context): Promise<Instances> {
  const config = await context.config();
  const tools: AdapterTools = {
    ...(await adapterTools(context)),
    peer: async (name) => unnamed((await open(name)).adapter),
    peers: () => Object.values(config.instances).map(({ name, product, url }) => ({ name, product, url })),
  };
  const modules = await adapterModulesOf(config);
  const opened = new Map<string, Promise<Placed>>();

  const find = (name: string): InstanceConfig => {
    const found = config.instances[name];
    if (found !== undefined) return found;
    const names = Object.keys(config.instances);
    const near = nearest(name, names);
    const where = config.file === undefined ? '' : ` in ${config.file}`;
    throw new MigratorError('CONFIG_INVALID', `no instance "${name}"${where}`, {
      hint: near !== undefined ? `did you mean "${near}"?` : `there are: ${names.join(', ') || 'none'}`,
      details: { instance: name },
    });
  };

  const emulators = new Map<string, Promise<RunningEmulator>>();
  const open = (name: string): Promise<Placed> => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const instance = connect(ofProduct(find(name)), { config, context, modules, tools, emulators });
    opened.set(name, instance);
    return instance;
  };

  const stores = new Map<string, Promise<PlacedKeeper>>();
  const source = async (name: string): Promise<Placed> => {
    const instance = await open(name);
    return { ...instance, adapter: readOnly(instance.adapter) };
  };

  return {
    config: find,
    places: async () => {
      const places = new Map<string, string>();
      for (const instance of Object.values(config.instances))
        places.set(instance.name, await placeIn(instance, modules, config));
      return places;
    },
    request: async (name, given) => ({
      exportOptions: given.options,
      importOptions: given.options,
      ...(await modules.of(ofProduct(find(name)))).request?.({
        ...given,
        secrets: Object.keys(given.secrets),
        confided: given.secrets,
      }),
    }),
    target: open,
    source,
    keeper: async (name, how) => {
      const wanted = find(name);
      const module = storeModuleOf(wanted.product);
      if (module === undefined) return how === 'read' ? source(name) : open(name);
      const store = stores.get(name) ?? openStore(wanted, await module, config, context);
      stores.set(name, store);
      return how === 'read' ? onlyRead(await store) : store;
    },
  };
}

/** UNSUPPORTED for a store. */
function ofProduct(instance: InstanceConfig): InstanceConfig {
  if (isStore(instance.product)) throw noInstance(instance);
  return instance;
}

async function placeIn(instance: InstanceConfig, modules: AdapterModules, config: Config): Promise<string> {
  const module = await storeModuleOf(instance.product);
  if (module === undefined) return placeOf(instance, await modules.of(instance), config);
  return storePlace(instance, module, config);
}

interface Opening {
  readonly config: Config;
  readonly context: Context;
  readonly modules: AdapterModules;
  readonly tools: AdapterTools;
  /** By product and folder, because two instances may be two accounts, or two parts, of one server. */
  readonly emulators: Map<string, Promise<RunningEmulator>>;
}

async function connect(instance: InstanceConfig, opening: Opening): Promise<Placed> {
  const { config, context, modules, tools } = opening;
  const module = await modules.of(instance);
  const connection = instance.url.startsWith('embedded:')
    ? await embedded(instance, module, opening)
    : await remote(instance, module, config, context);
  const adapter = module.create(connection, tools);
  context.onClose(() => adapter.close?.());
  return { name: instance.name, adapter: naming(instance.name, adapter), place: placeOf(instance, module, config) };
}

/** By the folder of an embedded instance, and by what the adapter says of any other. */
function placeOf({ product, url, settings }: InstanceConfig, module: AdapterModule, { directory }: Config): string {
  const own = Object.entries(settings).filter(([name]) => !module.secretSettings.includes(name));
  const embedded = url.startsWith('embedded:') ? `embedded:${resolve(directory, url.slice('embedded:'.length))}` : url;
  return `${product} ${module.place?.({ url: embedded, settings }) ?? `${embedded} ${JSON.stringify(own.sort())}`}`;
}

async function remote(
  instance: InstanceConfig,
  module: AdapterModule,
  config: Config,
  context: Context,
): Promise<Connection> {
  const secrets: Record<string, Secret> = {};
  const settings: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(instance.settings)) {
    if (!module.secretSettings.includes(key)) {
      settings[key] = value;
    } else if (typeof value === 'string') {
      const origin = `${key} of instance "${instance.name}"`;
      secrets[key] = await secretFrom(value, {
        context,
        directory: config.directory,
        purpose: origin,
        origin: 'rc file',
      });
    } else {
      throw new MigratorError('CONFIG_INVALID', `instances.${instance.name}.${key} must be text: a secret reference`);
    }
  }
  return { name: instance.name, url: instance.url, settings, secrets };
}

/** Starts the emulator of `embedded:./path` in this process, on a loopback port, with its data at that path. */
async function embedded(
  instance: InstanceConfig,
  { secretSettings }: AdapterModule,
  { config, context, emulators }: Opening,
): Promise<Connection> {
  const { options, settings } = embeddedOptions(instance, { directory: config.directory, secretSettings });
  const directory = resolve(config.directory, instance.url.slice('embedded:'.length));
  const key = `${instance.product} ${directory}`;
  const starting = emulators.get(key) ?? started(instance.product, { ...options, directory }, context);
  emulators.set(key, starting);
  const running = await starting;
  context.jobsLeft.embedded.add(instance.name);
  const secrets: Record<string, Secret> = {};
  const account: Record<string, string> = {};
  for (const [name, value] of Object.entries(running.credentials)) {
    if (secretSettings.includes(name)) context.redactor.add((secrets[name] = new Secret(value)));
    else account[name] = value;
  }
  return { name: instance.name, url: running.url, settings: { ...account, ...settings }, secrets };
}

async function started(product: string, options: EmulatorOptions, context: Context): Promise<RunningEmulator> {
  const { startEmulator } = await import('../../emulators/index.ts');
  await makePrivateFolder(options.directory, 'change the url of the instance');
  const what = `the embedded ${product} in ${options.directory} to start`;
  const running = await tellingWait(what, startEmulator(product, options), await context.reporter());
  context.onClose(() => running.close());
  return running;
}

async function adapterTools(context: Context): Promise<Omit<AdapterTools, 'peer' | 'peers'>> {
  const reporter = await context.reporter();
  const debug = (message: string) => reporter.report({ type: 'debug', message });
  const { httpOf } = await import('./http.ts');
  return {
    http: await httpOf(context),
    clock: tellingClock(reporter),
    random: systemRandom,
    notice: (message) => reporter.report({ type: 'notice', message }),
    debug,
    guard: (secret) => context.redactor.add(secret),
  };
}

/**
 * What only the whole run knows of an instance that is missing or unknown: that there is no rc file, which instances there
 * are, and which variable or default named it.
 */
export async function aboutInstances(error: unknown, context: Context): Promise<unknown> {
  const asksForInstance =
    (isMigratorError(error, 'USAGE', 'CONFIG_INVALID') && error.details['missing'] !== undefined) ||
    (isMigratorError(error, 'CONFIG_INVALID') && error.details['instance'] !== undefined);
  if (!asksForInstance) return error;
  const { file, instances } = await context.config();
  if (file === undefined) return noRcFile(context.io);
  const { code, message, hint = '', details } = error;
  if (typeof details['missing'] === 'string' && details['missing'].startsWith('--')) {
    const names = Object.keys(instances).join(', ');
    return new MigratorError(code, message, { hint: `${hint}; there are: ${names || 'none'}`, details, cause: error });
  }
  const named = ['from', 'to', 'at']
    .map((flag) => context.flagSource(flag).words)
    .find(
      (words) =>
        words.startsWith('MIGRATOR_') && context.io.env[words]?.split(',').includes(String(details['instance'])),
    );
  return named === undefined ? error : new MigratorError(code, `${named}: ${message}`, { hint, details, cause: error });
}

/** Checked here and not by commander, because `--from` and `--to` may come from the rc file's defaults. */
export function requireInstance(name: string | undefined, flag: '--from' | '--to' | '--at'): string {
  if (name !== undefined && name !== '') return name;
  throw new MigratorError('USAGE', `${flag} is missing: name an instance of the rc file`, {
    hint: `give ${flag} <instance>, or set defaults.${flag.slice(2)} in the rc file`,
    details: { missing: flag },
  });
}
