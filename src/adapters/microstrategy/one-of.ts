import { MigratorError } from '../../errors.ts';

/** One of the words that the server knows. USAGE names them. */
export function oneOf<Word extends string>(words: readonly Word[], text: string, what: string): Word {
  const found = words.find((word) => word === text.trim().toLowerCase().replaceAll('-', '_'));
  if (found !== undefined) return found;
  throw new MigratorError('USAGE', `${what} cannot be ${text}`, { hint: `choose one of: ${words.join(', ')}` });
}
