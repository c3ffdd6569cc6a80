import { MigratorError } from '../../errors.ts';
import { jsonFault, repeatedKey } from '../../json-text.ts';

/**
 * Reads the text of a file that the user gave with an option. `what` names it. No error quotes it, because it may hold
 * secrets.
 */

/** USAGE when the file was written in an encoding that was not recognized: letters would arrive damaged. */
export function requireText(text: string, what: string, hint: string): void {
  if (/[\0\uFFFD]/u.test(text)) {
    throw new MigratorError('USAGE', `${what} is in an encoding that cannot be read`, { hint });
  }
}

/** USAGE tells the place where the text stops being JSON, or the key that an object has twice. */
export function jsonIn(text: string, what: string, hint: string): unknown {
  const fault = jsonFault(text);
  if (fault !== undefined) {
    const { line, column, expected } = fault;
    throw new MigratorError(
      'USAGE',
      `${what} is not valid JSON at line ${line}, column ${column}: expected ${expected}`,
      {
        hint,
      },
    );
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) {
    throw new MigratorError('USAGE', `an object of ${what} has the key "${twice}" more than once`, {
      hint: 'leave one of them out',
    });
  }
  return JSON.parse(text) as unknown;
}
