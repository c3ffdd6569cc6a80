import { plural } from '../../../plural.ts';
import type { PlanItem } from '../../../ports/plan.ts';
import { guardedTypes } from './asset-types.ts';

/** An asset. In its project, type and name together are unique. */
export interface Asset {
  readonly type: string;
  readonly name: string;
}

/**
 * What happens to the assets of a project when the assets of another project are written into it. Assets with the same
 * type and name are the same asset; case matters. Nothing is ever deleted. `asked`: the options say that the others are
 * kept.
 */
export function planAssets(
  coming: readonly Asset[],
  there: readonly Asset[],
  overwrites: (asset: Asset) => boolean,
  asked: boolean,
): readonly PlanItem[] {
  const present = new Set(there.map(key));
  const arriving = new Set(coming.map(key));
  return [
    ...coming.map((asset): PlanItem => {
      const { type: kind, name } = asset;
      if (!present.has(key(asset))) return { kind, name, action: 'create' };
      if (overwrites(asset)) return { kind, name, action: 'overwrite' };
      return { kind, name, action: 'keep', ...(asked ? { asked } : whyKept(kind)) };
    }),
    ...there
      .filter((asset) => !arriving.has(key(asset)))
      .map(({ type: kind, name }): PlanItem => ({ kind, name, action: 'beside' })),
  ];
}

function whyKept(type: string): { readonly detail?: string } {
  return guardedTypes.includes(type) ? { detail: `${type}s are overwritten only when the type is named` } : {};
}

/** `2 Pipelines, 1 Account`. */
export function countsOf(assets: readonly Asset[]): string {
  const counts = new Map<string, number>();
  for (const { type } of assets) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => plural(count, type)).join(', ');
}

function key({ type, name }: Asset): string {
  return `${type}\n${name}`;
}
