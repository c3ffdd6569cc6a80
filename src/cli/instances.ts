import { resolve } from 'node:path';
import { readOnly } from '../adapters/wrap/read-only.ts';
import type { Instance } from '../core/instance.ts';
import { MigratorError } from '../errors.ts';
import { createHttpFactory } from '../http/client.ts';
import type { AdapterModule, AdapterTools, Connection } from '../ports/adapter.ts';
import { Secret } from '../secret.ts';
import { type AdapterModules, adapterModulesOf } from './adapter-modules.ts';
import type { Config, InstanceConfig } from './config/config.ts';
import { nearest } from './config/nearest.ts';
import type { Context } from './context.ts';
import { embeddedOptions } from './embedded-options.ts';
import { httpSettings } from './http-settings.ts';
import { systemClock, systemRandom } from './runtime.ts';
import { secretFrom } from './secret-from.ts';

/** The servers of the rc file, opened by name. */
export interface Instances {
  config(name: string): InstanceConfig;
  /** A source is read-only: an export cannot write even if someone codes it to. */
  source(name: string): Promise<Instance>;
  target(name: string): Promise<Instance>;
}

export async function createInstances(context: Context): Promise<Instances> {
  const config = await context.config();
  const tools = await adapterTools(context, config);
  const modules = await adapterModulesOf(config);
  const opened = new Map<string, Promise<Instance>>();

  const find = (name: string): InstanceConfig => {
    const found = config.instances[name];
    if (found !== undefined) return found;
    const names = Object.keys(config.instances);
    const near = nearest(name, names);
    throw new MigratorError('CONFIG_INVALID', `no instance "${name}" in ${config.file ?? 'any rc file'}`, {
      hint:
        near !== undefined
          ? `did you mean "${near}"?`
          : names.length === 0
            ? 'write an rc file with: migrator init'
            : `there are: ${names.join(', ')}`,
    });
  };

  const open = (name: string): Promise<Instance> => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const instance = connect(find(name), config, context, modules, tools);
    opened.set(name, instance);
    return instance;
  };

  return {
    config: find,
    target: open,
    source: async (name) => {
      const instance = await open(name);
      return { name, adapter: readOnly(instance.adapter) };
    },
  };
}

async function connect(
  instance: InstanceConfig,
  config: Config,
  context: Context,
  modules: AdapterModules,
  tools: AdapterTools,
): Promise<Instance> {
  const module = await modules.of(instance);
  const connection = instance.url.startsWith('embedded:')
    ? await embedded(instance, config, context)
    : await remote(instance, module, config, context);
  const adapter = module.create(connection, tools);
  context.onClose(() => adapter.close?.());
  return { name: instance.name, adapter };
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
      throw new MigratorError('CONFIG_INVALID', `instances.${instance.name}.${key} must be a text: a secret reference`);
    }
  }
  return { name: instance.name, url: instance.url, settings, secrets };
}

/** `embedded:./path`: the product's emulator, in this process, on a loopback port, with its data at that path. */
async function embedded(instance: InstanceConfig, config: Config, context: Context): Promise<Connection> {
  const { startEmulator } = await import('../emulators/index.ts');
  const { options, settings } = embeddedOptions(instance);
  const directory = resolve(config.directory, instance.url.slice('embedded:'.length));
  const running = await startEmulator(instance.product, { ...options, directory });
  context.onClose(() => running.close());
  context.embedded.add(instance.name);
  const apiKey = new Secret(running.apiKey);
  context.redactor.add(apiKey);
  return { name: instance.name, url: running.url, settings, secrets: { apiKey } };
}

async function adapterTools(context: Context, config: Config): Promise<AdapterTools> {
  const reporter = await context.reporter();
  const debug = (message: string) => reporter.report({ type: 'debug', message });
  const settings = await httpSettings(config, context);
  return {
    http: createHttpFactory(settings, {
      clock: systemClock,
      random: systemRandom,
      debug,
      redact: (text) => context.redactor.redact(text),
    }),
    clock: systemClock,
    random: systemRandom,
    debug,
  };
}
