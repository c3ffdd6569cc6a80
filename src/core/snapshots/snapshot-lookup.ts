import type { Depth, Named, Scope, SnapshotItem } from '../../ports/snapshot.ts';
import type { Instance } from '../instance.ts';

/** A snapshot, or a list of other things with names, in memory. */
export interface Held<Item extends Named = SnapshotItem> {
  readonly items: readonly Item[];
  /** By id where the product goes by it. Else by name: as it is written, or in another case when only one fits. */
  find(wanted: Named): Item | undefined;
}

export function held<Item extends Named>(items: readonly Item[]): Held<Item> {
  const exact = new Map<string, Item>();
  const folded = new Map<string, Item | null>();
  for (const item of items) {
    if (item.id !== undefined) exact.set(JSON.stringify([item.kind, 'id', item.id]), item);
    exact.set(JSON.stringify([item.kind, item.name]), item);
    const key = foldedKey(item);
    folded.set(key, folded.has(key) ? null : item);
  }
  return {
    items,
    find: (wanted) =>
      wanted.id === undefined
        ? (exact.get(JSON.stringify([wanted.kind, wanted.name])) ?? folded.get(foldedKey(wanted)) ?? undefined)
        : exact.get(JSON.stringify([wanted.kind, 'id', wanted.id])),
  };
}

function foldedKey({ kind, name }: Named): string {
  return JSON.stringify([kind, name.trim().toLowerCase()]);
}

/** Takes a whole snapshot. Undefined when the product has none. */
export async function take(
  { adapter }: Instance,
  scope: Scope | undefined,
  depth: Depth,
  signal: AbortSignal,
): Promise<Held | undefined> {
  if (adapter.snapshots === undefined || scope === undefined) return undefined;
  const items: SnapshotItem[] = [];
  for await (const item of adapter.snapshots.take(scope, depth, signal)) items.push(item);
  return held(items);
}
