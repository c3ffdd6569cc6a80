export interface Named {
  readonly id: string;
  readonly name: string;
}

export type Match<Item> =
  | { readonly found: Item; readonly note?: string }
  | { readonly found: undefined; readonly candidates: readonly Item[]; readonly nearest: readonly string[] };

/** One item by id or name: exact first, else the only one that differs in case or in blanks around it, with a note. */
export function match<Item extends Named>(items: readonly Item[], wanted: string): Match<Item> {
  const key = folded(wanted);
  const exact = items.filter(({ id, name }) => name === wanted || folded(id) === key);
  if (exact.length > 1) return { found: undefined, candidates: exact, nearest: [] };
  if (exact[0] !== undefined) return { found: exact[0] };
  const loose = items.filter(({ name }) => folded(name) === key);
  if (loose.length > 1) return { found: undefined, candidates: loose, nearest: [] };
  if (loose[0] !== undefined) return { found: loose[0], note: `took "${loose[0].name}" for "${wanted}"` };
  const nearest = items.filter(({ name }) => folded(name).includes(key) || key.includes(folded(name)));
  return { found: undefined, candidates: [], nearest: nearest.slice(0, 3).map(({ name }) => name) };
}

function folded(text: string): string {
  return text.trim().toLowerCase();
}
