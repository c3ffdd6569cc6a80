import type { InventoryItem } from '../ports/adapter.ts';

export type PlannedAction = 'create' | 'overwrite' | 'keep';

export interface PlanItem {
  readonly kind: string;
  readonly name: string;
  readonly action: PlannedAction;
}

/**
 * What an import would do to the named things, by name, as the products match them. What the target holds beside them
 * is not touched and not listed.
 */
export function planImport(
  wanted: readonly { readonly kind: string; readonly name: string }[],
  existing: readonly InventoryItem[],
  overwrite: boolean,
): readonly PlanItem[] {
  const present = new Set(existing.map((item) => key(item.kind, item.name)));
  return wanted.map(({ kind, name }) => ({
    kind,
    name,
    action: !present.has(key(kind, name)) ? 'create' : overwrite ? 'overwrite' : 'keep',
  }));
}

function key(kind: string, name: string): string {
  return `${kind}\n${name.trim().toLowerCase()}`;
}
