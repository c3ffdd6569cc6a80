import { MigratorError } from '../../errors.ts';
import { wordHint } from '../../nearest.ts';
import type { Options } from '../../ports/options.ts';

/**
 * Reads the options of a request. A caller without the command line may give any value: USAGE says what is wrong with
 * it.
 */

export function flagOf(options: Options, name: string): boolean {
  const value = options[name] ?? false;
  if (typeof value !== 'boolean') throw wrongOption(name, 'true or false');
  return value;
}

export function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  if (value !== undefined && typeof value !== 'string') throw wrongOption(name, 'text');
  return value;
}

/** A list of texts. An absent option is an empty list, and one text is a list of one. */
export function listOf(options: Options, name: string): readonly string[] {
  const value = options[name] ?? [];
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object') throw wrongOption(name, 'a list of texts');
  return value;
}

export function wrongOption(name: string, expected: string): MigratorError {
  const flag = `--${name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
  return new MigratorError('USAGE', `${flag} must be ${expected}`, {
    hint: `correct ${flag}, or leave it out; --help=all says what it takes`,
  });
}

/** One of these words, in any case and with `-` for `_`. USAGE names the words. */
export function oneOf<Word extends string>(words: readonly Word[], text: string, what: string): Word {
  const found = words.find((word) => word === text.trim().toLowerCase().replaceAll('-', '_'));
  if (found !== undefined) return found;
  throw new MigratorError('USAGE', `${what} cannot be ${text}`, { hint: wordHint(text, words) });
}
