import { resolve } from 'node:path';
import type { EmulatorOptions } from '../../emulators/index.ts';
import { MigratorError } from '../../errors.ts';
import type { InstanceConfig } from '../config/config.ts';
import { parseDuration } from '../config/duration.ts';
import { embeddedSettings } from '../config/settings.ts';

type EmbeddedOptions = Omit<EmulatorOptions, 'directory'>;

/** Splits the settings of an embedded instance into options of its emulator and settings of its adapter. */
export function embeddedOptions(
  { name, settings }: InstanceConfig,
  { directory, secretSettings }: { readonly directory: string; readonly secretSettings: readonly string[] },
): { readonly options: EmbeddedOptions; readonly settings: Readonly<Record<string, unknown>> } {
  const rest = Object.entries(settings).filter(
    // The emulator creates its own administrator, so secrets of the rc file are not used.
    ([key]) => !secretSettings.includes(key) && !(embeddedSettings as readonly string[]).includes(key),
  );
  return {
    options: {
      ...sample(name, settings),
      ...version(name, settings),
      ...flavor(name, settings),
      ...pace(name, settings),
      ...storage(name, settings, directory),
    },
    settings: Object.fromEntries(rest),
  };
}

type Settings = InstanceConfig['settings'];

function sample(name: string, { sample: value }: Settings): EmbeddedOptions {
  if (value === undefined) return {};
  if (value === 'source' || value === 'target' || value === false) return { sample: value };
  throw new MigratorError('CONFIG_INVALID', `instances.${name}.sample must be source, target or false`);
}

function version(name: string, { version: value }: Settings): EmbeddedOptions {
  if (value === undefined) return {};
  if (typeof value === 'string') return { version: value };
  throw new MigratorError('CONFIG_INVALID', `instances.${name}.version must be a text`, { hint: 'put it in quotes' });
}

function flavor(name: string, { flavor: value }: Settings): EmbeddedOptions {
  if (value === undefined) return {};
  if (value === 'windows' || value === 'linux' || value === 'cloud') return { flavor: value };
  throw new MigratorError('CONFIG_INVALID', `instances.${name}.flavor must be windows, linux or cloud`);
}

function storage(name: string, { storage: value }: Settings, directory: string): EmbeddedOptions {
  if (value === undefined) return {};
  if (typeof value === 'string') return { storage: resolve(directory, value) };
  throw new MigratorError('CONFIG_INVALID', `instances.${name}.storage must be a folder`);
}

function pace(name: string, { pace: value }: Settings): EmbeddedOptions {
  if (value === undefined) return {};
  const duration = typeof value === 'number' ? value : typeof value === 'string' ? parseDuration(value) : undefined;
  if (duration !== undefined) return { pace: duration };
  throw new MigratorError('CONFIG_INVALID', `instances.${name}.pace must be a duration, such as 200ms`);
}
