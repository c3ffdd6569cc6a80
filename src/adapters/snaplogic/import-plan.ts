import type { PlanItem } from '../../ports/plan.ts';
import type { Rename } from './archives/accounts.ts';
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
  const names = new Map(renames.map(({ from, to }) => [from, to]));
  return [
    ...assets
      .filter(({ type, name }) => type !== 'File' || !added.has(name))
      .map(({ type, name }) => ({ type, name: type === 'Account' ? (names.get(name) ?? name) : name })),
    ...[...added].map((name) => ({ type: 'File', name })),
  ];
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
