import { canonical } from '../../canonical.ts';
import type { Named, SnapshotItem } from '../../ports/snapshot.ts';
import type { Held } from './snapshot-lookup.ts';

/** `only-from` and `only-to`: one side has it. `differs`: both have it, and these fields are not equal. */
export interface Difference {
  readonly kind: string;
  readonly name: string;
  readonly difference: 'only-from' | 'only-to' | 'differs';
  readonly fields?: readonly string[] | undefined;
  /** What it is a part of. */
  readonly of?: Named | undefined;
}

export interface Comparison {
  /** The things that are equal on both sides, and how many. */
  readonly same: readonly Named[];
  readonly equal: number;
  readonly differences: readonly Difference[];
}

/** Compares what two sides hold, item by item, without the fields to leave out. Both are snapshots with content. */
export function compare(from: Held, to: Held, without: readonly string[] = []): Comparison {
  const differences: Difference[] = [];
  const same: Named[] = [];
  const found = new Set<SnapshotItem>();
  for (const item of from.items) {
    const { kind, name, of } = item;
    const other = to.find(item) ?? to.find({ kind, name });
    if (other === undefined) {
      differences.push({ kind, name, difference: 'only-from', of });
      continue;
    }
    found.add(other);
    const fields = unequalFields(item, other).filter((field) => !without.includes(field));
    if (fields.length > 0) differences.push({ kind, name, difference: 'differs', fields, of });
    else same.push({ kind, name });
  }
  for (const item of to.items)
    if (!found.has(item)) differences.push({ kind: item.kind, name: item.name, difference: 'only-to' });
  return { same, equal: same.length, differences };
}

function unequalFields({ fields: one = {} }: SnapshotItem, { fields: other = {} }: SnapshotItem): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names]
    .filter((name) => !(name in one && name in other && canonical(one[name]) === canonical(other[name])))
    .sort();
}
