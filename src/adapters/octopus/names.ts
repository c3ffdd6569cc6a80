export interface Named {
  readonly Id: string;
  readonly Name: string;
}

export type Match<Item> =
  | { readonly found: Item; readonly note?: string }
  | { readonly found: undefined; readonly candidates: readonly Item[]; readonly nearest: readonly string[] };

/**
 * One item by name or id. Exact first; else the only one that differs in case or in blanks around it, with a note, as
 * the server itself compares. Several candidates are returned as such, and none with the nearest names there are.
 */
export function match<Item extends Named>(items: readonly Item[], wanted: string): Match<Item> {
  const exact = items.filter(({ Id, Name }) => Name === wanted || Id === wanted);
  if (exact.length > 1) return { found: undefined, candidates: exact, nearest: [] };
  if (exact[0] !== undefined) return { found: exact[0] };
  const loose = items.filter(({ Id, Name }) => folded(Name) === folded(wanted) || folded(Id) === folded(wanted));
  if (loose.length > 1) return { found: undefined, candidates: loose, nearest: [] };
  if (loose[0] !== undefined) return { found: loose[0], note: `took "${loose[0].Name}" for "${wanted}"` };
  return { found: undefined, candidates: [], nearest: nearest(items, wanted) };
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}

function nearest(items: readonly Named[], wanted: string): string[] {
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return items
    .map(({ Name }) => ({ Name, far: distance(folded(Name), folded(wanted)) }))
    .filter(({ Name, far }) => far <= limit || folded(Name).includes(folded(wanted)))
    .sort((one, other) => one.far - other.far)
    .slice(0, 3)
    .map(({ Name }) => Name);
}

/** Levenshtein distance. */
function distance(one: string, other: string): number {
  const letters = Array.from(other);
  let row = Array.from({ length: letters.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(one).entries()) {
    const next = [i + 1];
    for (const [j, opposite] of letters.entries()) {
      const replaced = (row[j] ?? 0) + (letter === opposite ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[letters.length] ?? 0;
}
