import { resolve } from 'node:path';
import type { EmulatorOptions } from '../../emulators/index.ts';
import { MigratorError } from '../../errors.ts';
import type { InstanceConfig } from '../config/config.ts';
import { durationOf, embeddedFault, embeddedSettings, isOfEmulator } from '../config/embedded-settings.ts';

type EmbeddedOptions = Omit<EmulatorOptions, 'directory'>;

/** Splits the settings of an embedded instance into options of its emulator and settings of its adapter. */
export function embeddedOptions(
  { name, product, settings }: InstanceConfig,
  { directory, secretSettings }: { readonly directory: string; readonly secretSettings: readonly string[] },
): { readonly options: EmbeddedOptions; readonly settings: Readonly<Record<string, unknown>> } {
  const rest = Object.entries(settings).filter(
    // The emulator creates its own administrator, so secrets of the rc file are not used.
    ([key]) => !secretSettings.includes(key) && !isOfEmulator(key),
  );
  for (const key of embeddedSettings) {
    const fault = settings[key] === undefined ? undefined : embeddedFault(product, key, settings[key]);
    if (fault === undefined) continue;
    const subject = `instances.${name}.${key}${fault.apart === true ? ':' : ''}`;
    throw new MigratorError('CONFIG_INVALID', `${subject} ${fault.message}`);
  }
  const { pace, storage, ...given } = Object.fromEntries(Object.entries(settings).filter(([key]) => isOfEmulator(key)));
  return {
    options: {
      ...(given as Pick<EmbeddedOptions, 'sample' | 'version' | 'flavor'>),
      ...(pace === undefined ? {} : { pace: durationOf(pace) }),
      ...(typeof storage === 'string' ? { storage: resolve(directory, storage) } : {}),
    },
    settings: Object.fromEntries(rest),
  };
}
