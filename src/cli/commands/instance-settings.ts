import { accountNames } from '../../emulators/index.ts';
import { MigratorError } from '../../errors.ts';
import type { AdapterModule, AdapterTools, Connection } from '../../ports/adapter.ts';
import { Secret } from '../../secret.ts';
import type { StoreModule } from '../../stores/index.ts';
import type { InstanceConfig } from '../config/config.ts';
import { systemClock, systemRandom } from '../runtime.ts';
import { embeddedOptions } from '../servers/embedded.ts';

const unread = 'unread';

/** CONFIG_INVALID when the settings of an instance are wrong. `create` checks the settings and opens no socket. It needs no real secrets, so none are read. */
export function checkSettings(instance: InstanceConfig, module: AdapterModule): void {
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

/** The same for a store, and CONFIG_INVALID when this installation lacks what it needs. */
export async function checkStore({ name, url, settings }: InstanceConfig, module: StoreModule): Promise<void> {
  const isSecret = (key: string): boolean => module.secretSettings.includes(key);
  const secrets = Object.keys(settings).filter(isSecret);
  module.create(
    {
      name,
      url,
      settings: Object.fromEntries(Object.entries(settings).filter(([key]) => !isSecret(key))),
      secrets: Object.fromEntries(secrets.map((key) => [key, new Secret(unread)])),
    },
    { clock: systemClock, notice: () => undefined, debug: () => undefined, wires: refuse },
  );
  await module.ready();
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
