import { MigratorError } from '../../../errors.ts';
import { wordHint } from '../../../nearest.ts';

/** The types of assets in a project, as the API names them. People call a Job a task. */
export const assetTypes = ['Account', 'File', 'Job', 'Pipeline', 'Policy'] as const;
/** The types in an export. Policies are not exported. */
export const exportTypes = ['Account', 'File', 'Job', 'Pipeline'] as const;
/** The types that an import can be told to overwrite. It always overwrites policies. */
export const overwriteTypes = ['Account', 'File', 'Flows', 'Job', 'Pipeline'] as const;

/** These are bound to their environment and edited there by hand, so they are overwritten only when they are named. */
export const guardedTypes: readonly string[] = ['Account', 'Job'];

/** The types that a flag names, each once, as the API spells them. USAGE for a type that the flag does not know. */
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
        hint: wordHint(word.trim(), known),
      });
    });
  return known.filter((type) => found.includes(type));
}
