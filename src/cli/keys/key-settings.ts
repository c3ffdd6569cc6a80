import { resolve } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import type { KeysConfig } from '../config/config.ts';
import type { Context } from '../context.ts';
import { secretFrom } from '../secrets/read-secret.ts';
import { type KeyPlaces, keyPlaces, keyWarnings, readSecretKey } from './key-files.ts';

/** What all parts of the key ring need. */
export interface KeySettings {
  readonly context: Context;
  readonly places: KeyPlaces;
  /** `keys` of the rc file. */
  readonly keys: KeysConfig;
  /** Relative paths of the rc file start here. */
  readonly directory: string;
  readonly file: string | undefined;
  readonly warn: (message: string) => void;
  readonly notice: (message: string) => void;
}

export async function keySettings(context: Context): Promise<KeySettings> {
  const { keys, directory, file } = await context.config();
  const reporter = await context.reporter();
  const told = new Set<string>();
  const warn = (message: string): void => {
    if (!told.has(message)) reporter.report({ type: 'warning', message });
    told.add(message);
  };
  for (const warning of await keyWarnings(context.io)) warn(warning);
  const notice = (message: string) => reporter.report({ type: 'notice', message });
  return { context, places: keyPlaces(context.io), keys, directory, file, warn, notice };
}

/** A place that the user names for a secret key. */
export interface KeySource {
  /** A path, or a reference: `file:path`, `env:NAME`, `command:…`. */
  readonly text: string;
  /** Relative paths start here. */
  readonly directory: string;
  readonly origin: 'rc file' | 'command line';
}

/** The absolute path, or the reference: the same for the same key. */
export const nameOfSource = ({ text, directory }: KeySource): string =>
  /^(?:env|command):/u.test(text) ? text : resolve(directory, text.replace(/^file:/u, ''));

/** NOT_FOUND for a file that does not exist, CONFIG_INVALID for a variable that is not set. */
export function secretKeyText(source: KeySource, { context, warn }: KeySettings): Promise<Secret> {
  const { text, directory, origin } = source;
  if (/^(?:env|command):/u.test(text)) return secretFrom(text, { context, directory, purpose: `key ${text}`, origin });
  return readSecretKey(nameOfSource(source), context.io, warn);
}

/** Asks for the passphrase of a key: by its reference in the rc file, or on the terminal. USAGE without both. */
export function passphraseOf(name: string, settings: KeySettings, setting: 'passphrase' | 'identityPassphrase') {
  const { context, directory, keys } = settings;
  return async (): Promise<Secret> => {
    const reference = keys[setting] ?? 'prompt';
    if (reference === 'prompt' && !(context.io.stdinIsTTY && context.io.stderrIsTTY)) {
      const flag = setting === 'passphrase' ? '--signing-key-passphrase' : '--identity-passphrase';
      throw new MigratorError('USAGE', `"${name}" has a passphrase, and there is no terminal to type it`, {
        hint: `give it as env:NAME, file:path or command:… with ${flag}, or with keys.${setting} in the rc file`,
      });
    }
    return secretFrom(reference, { context, directory, purpose: `passphrase of ${name}`, origin: 'rc file' });
  };
}

/** The key, or undefined when it does not exist yet. */
export async function orAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMigratorError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** False when another run created the key at the same time. Then that key is used. */
export async function createdByUs(writing: Promise<void>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (!isMigratorError(error, 'CONFLICT')) throw error;
    return false;
  }
}
