import { MigratorError } from '../../errors.ts';
import type { Options } from '../../ports/options.ts';

/** Options as a product's own code reads them. Whoever calls an adapter without the command line may hand over anything: USAGE says what is wrong. */

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

/** None is an empty list, one text a list of one. */
export function listOf(options: Options, name: string): readonly string[] {
  const value = options[name] ?? [];
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object') throw wrongOption(name, 'a list of texts');
  return value;
}

export function wrongOption(name: string, expected: string): MigratorError {
  return new MigratorError('USAGE', `the option ${name} must be ${expected}`);
}

/** One of the words that the server knows. USAGE names them. */
export function oneOf<Word extends string>(words: readonly Word[], text: string, what: string): Word {
  const found = words.find((word) => word === text.trim().toLowerCase().replaceAll('-', '_'));
  if (found !== undefined) return found;
  throw new MigratorError('USAGE', `${what} cannot be ${text}`, { hint: `choose one of: ${words.join(', ')}` });
}
