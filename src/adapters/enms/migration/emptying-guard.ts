import { MigratorError } from '../../../errors.ts';
import type { PackageContent } from '../model/package-content.ts';
import { holdersOutside, type Type } from '../model/types-and-relations.ts';

/**
 * Emptying a type takes its objects out of everything that refers to them, and an import brings those relations back
 * only for the types that it imports too. So the types must be closed: nothing outside may refer to what is emptied.
 */
export function requireMayEmpty(
  way: 'web' | 'rest',
  wanted: readonly Type[],
  kind: PackageContent['kind'] | undefined,
): void {
  if (way === 'rest' || kind === 'objects') {
    throw new MigratorError('UNSUPPORTED', 'only an import of migration files can empty the database first', {
      hint: 'export and import with --via web',
    });
  }
  if (kind !== 'migration') {
    throw new MigratorError('USAGE', 'the database is not emptied for files that nobody has looked at');
  }
  const holders = holdersOutside(wanted);
  if (holders.length === 0) return;
  throw new MigratorError(
    'CONFLICT',
    `emptying ${wanted.join(', ')} would take them out of every ${holders.join(', ')} of the target for good`,
    {
      hint: `export and import ${holders.join(', ')} as well, or all types`,
      details: { missing: holders },
    },
  );
}
