import { MigratorError } from '../../../errors.ts';

/** What a project holds, by the API's names; people call a Job a task. */
export const assetTypes = ['Account', 'File', 'Job', 'Pipeline', 'Policy'] as const;
/** Policies are not in a project's export. */
export const exportTypes = ['Account', 'File', 'Job', 'Pipeline'] as const;
/** What an import can be told to overwrite; policies it always does. */
export const overwriteTypes = ['Account', 'File', 'Flows', 'Job', 'Pipeline'] as const;

/** Bound to their environment and edited there by hand: overwritten only when they are named. */
export const guardedTypes: readonly string[] = ['Account', 'Job'];

/** The types that a flag names, each once, in the API's spelling. USAGE for one that is unknown or not possible there. */
export function typesOf(words: readonly string[], known: readonly string[], flag: string): readonly string[] {
  const found = words
    .flatMap((word) => word.split(','))
    .map((word) => {
      const plain = word
        .trim()
        .toLowerCase()
        .replace(/^tasks?$/u, 'job');
      const type = known.find((one) => one.toLowerCase() === plain || `${one.toLowerCase()}s` === plain);
      if (type !== undefined) return type;
      throw new MigratorError('USAGE', `--${flag} cannot be ${word.trim()}`, {
        hint: `it is one of ${known.join(', ')}`,
      });
    });
  return known.filter((type) => found.includes(type));
}
