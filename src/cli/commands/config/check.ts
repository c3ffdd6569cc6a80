import { accountNames } from '../../../emulators/index.ts';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { AdapterModule, AdapterTools, Connection } from '../../../ports/adapter.ts';
import { Secret } from '../../../secret.ts';
import type { Invocation } from '../../build-command.ts';
import type { Config, InstanceConfig } from '../../config/config.ts';
import { proxyWarnings } from '../../config/proxy-variables.ts';
import { configWarnings } from '../../config/warnings.ts';
import type { Context } from '../../context.ts';
import { systemClock, systemRandom } from '../../runtime.ts';
import { resolveSecret } from '../../secrets/references.ts';
import { type AdapterModules, adapterModulesOf } from '../../servers/adapter-modules.ts';
import { embeddedOptions } from '../../servers/embedded.ts';
import { lines } from '../../terminal/table.ts';

export async function runConfigCheck(_: Invocation, context: Context) {
  const config = await context.config();
  const modules = await adapterModulesOf(config);
  const secrets = await secretSettings(config, modules);
  const warnings = [
    ...configWarnings(config, { secretSettings: secrets, products: modules.products }),
    ...proxyWarnings(context.io.env),
  ];
  for (const instance of Object.values(config.instances)) {
    if (!modules.products.includes(instance.product)) continue;
    const module = await modules.of(instance);
    checkSettings(instance, module);
    for (const name of module.secretSettings) {
      warnings.push(...(await referenceWarnings(instance, name, config, context)));
    }
  }
  const names = Object.keys(config.instances);
  context.result(
    'config-check',
    { file: config.file ?? null, instances: names, warnings },
    lines(
      config.file === undefined
        ? 'no rc file found; write one with: migrator init'
        : `${config.file} is valid: ${names.length} instance${names.length === 1 ? '' : 's'}${names.length > 0 ? ` (${names.join(', ')})` : ''}`,
      ...warnings.map((warning) => `warning: ${warning}`),
    ),
  );
  return undefined;
}

/** Resolves `env:` and `file:` references only. It runs no command and asks no question. */
async function referenceWarnings(
  { name, settings }: InstanceConfig,
  setting: string,
  { directory }: Config,
  { io, signal }: Context,
): Promise<readonly string[]> {
  const reference = settings[setting];
  if (typeof reference !== 'string' || !/^(env|file):/u.test(reference)) return [];
  const warnings: string[] = [];
  try {
    await resolveSecret(reference, {
      io,
      baseDirectory: directory,
      purpose: `${setting} of instance "${name}"`,
      interactive: false,
      signal,
      onWarning: (message) => warnings.push(message),
    });
  } catch (error) {
    if (!isMigratorError(error, 'CONFIG_INVALID')) throw error;
    warnings.push(error.message);
  }
  return warnings;
}

const unread = 'unread';

/** `create` checks the settings and opens no socket. It needs no real secrets, so none are read. */
function checkSettings(instance: InstanceConfig, module: AdapterModule): void {
  const embedded = instance.url.startsWith('embedded:');
  const { secretSettings } = module;
  const isSecret = (name: string): boolean => secretSettings.includes(name);
  const account = embedded ? accountNames(instance.product) : [];
  const settings = embedded
    ? embeddedOptions(instance, { directory: '.', secretSettings }).settings
    : Object.fromEntries(Object.entries(instance.settings).filter(([name]) => !isSecret(name)));
  const secretNames = embedded
    ? account.filter(isSecret)
    : secretSettings.filter((name) => instance.settings[name] !== undefined);
  const connection: Connection = {
    name: instance.name,
    url: embedded ? 'http://127.0.0.1' : instance.url,
    settings: {
      ...Object.fromEntries(account.filter((name) => !isSecret(name)).map((name) => [name, unread])),
      ...settings,
    },
    secrets: Object.fromEntries(secretNames.map((name) => [name, new Secret(unread)])),
  };
  module.create(connection, offline);
}

const offline: AdapterTools = {
  http: () => ({ json: refuse, text: refuse, stream: refuse }),
  clock: systemClock,
  random: systemRandom,
  notice: () => undefined,
  debug: () => undefined,
  guard: () => undefined,
  peer: refuse,
  peers: () => [],
};

function refuse(): never {
  throw new MigratorError('USAGE', 'config check opens no connection');
}

export async function secretSettings(
  config: Config,
  modules: AdapterModules,
): Promise<(product: string) => readonly string[]> {
  const products = [...new Set(Object.values(config.instances).map((instance) => instance.product))];
  const known = new Map<string, readonly string[]>();
  for (const product of products) known.set(product, await modules.secretSettings(product));
  return (product) => known.get(product) ?? [];
}
