import type { PlanItem } from '../../ports/plan.ts';
import { MigratorError } from '../../errors.ts';
import { renamedAssets, type Rename } from './archives/renames.ts';
import type { Expressions } from './archives/expressions.ts';
import { planAssets, type Asset } from './projects/asset-plan.ts';
import { guardedTypes, overwriteTypes } from './projects/asset-types.ts';
import type { Destination } from './projects/destination.ts';

/** What an import does when the project exists. */
export type Duplicates = 'skip' | 'create_new' | 'overwrite';

/** The types that are overwritten when the user names none. */
export function unguarded(): readonly string[] {
  return overwriteTypes.filter((type) => !guardedTypes.includes(type));
}

/** The assets of the package as the import names them, and the expression files. */
export function arriving(
  assets: readonly Asset[],
  renames: readonly Rename[],
  expressions: Expressions | undefined,
): readonly Asset[] {
  const added = new Set(expressions?.names);
  return [
    ...renamedAssets(assets, renames).filter(({ type, name }) => type !== 'File' || !added.has(name)),
    ...[...added].map((name) => ({ type: 'File', name })),
  ];
}

/**
 * USAGE when a name that the user chose, for an account or an expression file, is that of an asset of another type, which
 * comes as well or is there already. A project has each name once, so one of the two would not arrive.
 */
export function requireOwnNames(
  coming: readonly Asset[],
  there: readonly Asset[],
  renames: readonly Rename[],
  expressions: Expressions | undefined,
): void {
  const chosen = [
    ...renames.map(({ to: name }) => ({ type: 'Account', name })),
    ...(expressions?.names ?? []).map((name) => ({ type: 'File', name })),
  ];
  for (const { type, name } of chosen) {
    const isOther = (asset: Asset): boolean => asset.name === name && asset.type !== type;
    const comes = coming.find(isOther);
    const other = comes ?? there.find(isOther);
    if (other === undefined) continue;
    const where = comes === undefined ? 'the destination has' : 'with the package comes';
    throw new MigratorError('USAGE', `${where} a ${other.type} "${name}", so no ${type} can get that name`, {
      hint: 'in a project each name is there once: choose another one',
    });
  }
}

interface Overwriting {
  readonly duplicates: Duplicates;
  readonly types: readonly string[];
  /** The user named the types. */
  readonly named: boolean;
  readonly expressions: Expressions | undefined;
}

/** The import always overwrites policies, and a file that has the name of an expression file. */
export function planOf(
  coming: readonly Asset[],
  { assets: there }: Destination,
  { duplicates, types, named, expressions }: Overwriting,
): readonly PlanItem[] | undefined {
  if (there === undefined) return undefined;
  const present = duplicates === 'create_new' ? [] : there;
  const added = new Set(expressions?.names);
  return planAssets(
    coming,
    present,
    ({ type, name }) => type === 'Policy' || types.includes(type) || (type === 'File' && added.has(name)),
    duplicates === 'skip' || named,
  );
}
