import type { Restoring } from '../../ports/importer.ts';
import type { Archive } from './archives/archive.ts';
import type { Asset } from './projects/asset-plan.ts';
import { overwriteTypes } from './projects/asset-types.ts';
import type { Destination } from './projects/destination.ts';

/** How the import of a backup writes back only what the undone job wrote. */
export interface BroughtBack {
  /** The types that are overwritten. */
  readonly types: readonly string[];
  /** The assets that are taken out of the archive, because the import would write them with others of their type. */
  readonly leaveOut: readonly Asset[];
  /** The tasks that are enabled again. All others stay disabled. */
  readonly enabled: ReadonlySet<string>;
}

/**
 * An import overwrites whole types. The archive is changed only where that would write more than the job wrote: the
 * product says that an import takes the zip as it was exported. Undefined for any other import.
 */
export function restoringOf(
  restores: Restoring | undefined,
  archive: Archive | undefined,
  { assets: there }: Destination,
): BroughtBack | undefined {
  if (restores === undefined || archive === undefined) return undefined;
  const { only } = restores;
  const enabledIn = new Map(archive.tasks.map(({ name, enabled }) => [name, enabled]));
  for (const { kind, name, fields } of only ?? [])
    if (kind === 'Job' && typeof fields?.['enabled'] === 'boolean') enabledIn.set(name, fields['enabled']);
  const enabled = new Set([...enabledIn].flatMap(([name, on]) => (on === true ? [name] : [])));
  if (only === undefined) return { types: overwriteTypes, leaveOut: [], enabled };
  const types = overwriteTypes.filter((type) => only.some(({ kind }) => kind === type));
  // The entry of an asset does not always tell its type. A project has each name once.
  const untyped = ({ type }: Asset) => type === 'Asset';
  const isWanted = (asset: Asset) =>
    only.some(({ kind, name }) => name === asset.name && (kind === asset.type || untyped(asset)));
  const isThere = (asset: Asset) =>
    there?.some(({ type, name }) => name === asset.name && (type === asset.type || untyped(asset)));
  const isSkipped = (asset: Asset) =>
    !untyped(asset) && !types.some((type) => type === asset.type) && isThere(asset) === true;
  return { types, leaveOut: archive.assets.filter((asset) => !isWanted(asset) && !isSkipped(asset)), enabled };
}
