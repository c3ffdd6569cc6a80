/**
 * `merged`: the plan was to keep it, and it changed. `skipped`: the target's stayed, although the source may differ.
 * `not-seen`: it was planned, and the target does not show it.
 */
export const resultActions = [
  'created',
  'overwritten',
  'merged',
  'unchanged',
  'skipped',
  'deleted',
  'failed',
  'not-seen',
] as const;
export type ResultAction = (typeof resultActions)[number];

export function countsOf(items: readonly { readonly action: ResultAction }[]): Readonly<Record<ResultAction, number>> {
  const counts = Object.fromEntries(resultActions.map((action) => [action, 0])) as Record<ResultAction, number>;
  for (const { action } of items) counts[action] += 1;
  return counts;
}

export function byKind(items: readonly { readonly kind: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of items) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

export function added(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const kinds = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(kinds.map((kind) => [kind, (one[kind] ?? 0) + (other[kind] ?? 0)]));
}
