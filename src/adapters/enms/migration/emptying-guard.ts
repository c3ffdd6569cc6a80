import { MigratorError } from '../../../errors.ts';
import type { Survey } from '../model/package-against-target.ts';
import type { PackageContent } from '../model/package-content.ts';
import { holdersOutside, type Type } from '../model/types-and-relations.ts';

/**
 * Refuses to empty types when relations would be lost. To empty a type removes its objects from everything that refers
 * to them, and an import restores these relations only for the types that it imports. CONFLICT names the other types
 * that refer to the emptied ones.
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
    throw new MigratorError('USAGE', 'the database is not emptied before the files were checked');
  }
  const holders = holdersOutside(wanted);
  if (holders.length === 0) return;
  throw new MigratorError(
    'CONFLICT',
    `emptying ${wanted.join(', ')} would remove them from every ${holders.join(', ')} of the target for good`,
    { hint: `export and import ${holders.join(', ')} as well, or all types`, details: { missing: holders } },
  );
}

/** What emptying destroys besides: for good, or until the backup is brought back. */
export async function lossesOf(
  wanted: readonly Type[],
  { target, holdsPrivate }: Survey,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const has = async (type: Type): Promise<boolean> => wanted.includes(type) && (await target.of(type, signal)).size > 0;
  const losses: string[] = [];
  if (await has('device'))
    losses.push('configurations and operational data of devices are lost for good, also after an undo');
  if (await has('task')) losses.push('no task is active after it, also not after an undo');
  if (!holdsPrivate && ((await has('user')) || (await has('credential'))))
    losses.push('users and credentials lose their passwords and keys, because the package has none');
  return losses;
}
