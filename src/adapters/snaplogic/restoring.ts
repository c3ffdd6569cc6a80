import type { Restoring } from '../../ports/importer.ts';
import type { Archive } from './archives/archive.ts';
import { overwriteTypes } from './projects/asset-types.ts';

/** How the import of a backup writes back only what the undone job wrote. */
export interface BroughtBack {
  /** The types that are overwritten. */
  readonly types: readonly string[];
  /** The tasks that are enabled again. All others stay disabled. */
  readonly enabled: ReadonlySet<string>;
}

/**
 * An import overwrites whole types, and the product says that it takes the zip as it was exported. So the types are those
 * that the job wrote. Undefined for any other import.
 */
export function restoringOf(restores: Restoring | undefined, archive: Archive | undefined): BroughtBack | undefined {
  if (restores === undefined || archive === undefined) return undefined;
  const { only } = restores;
  const enabledIn = new Map(archive.tasks.map(({ name, enabled }) => [name, enabled]));
  for (const { kind, name, fields } of only ?? [])
    if (kind === 'Job' && typeof fields?.['enabled'] === 'boolean') enabledIn.set(name, fields['enabled']);
  const enabled = new Set([...enabledIn].flatMap(([name, on]) => (on === true ? [name] : [])));
  if (only === undefined) return { types: overwriteTypes, enabled };
  const types = overwriteTypes.filter((type) => only.some(({ kind }) => kind === type));
  return { types, enabled };
}
