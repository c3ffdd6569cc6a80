import type { Plan } from './plan.ts';

/** A plan as numbers: first its items, then its waves. A wave stands for all of its items. */
export interface Graph {
  readonly ids: readonly string[];
  /** How many of the nodes are items. */
  readonly items: number;
  /** The nodes that each node needs. Unknown names are left out. */
  readonly needs: readonly (readonly number[])[];
  readonly numberOf: ReadonlyMap<string, number>;
}

export type Needing = Pick<Plan, 'waves' | 'items'>;

export function graphOf({ waves, items }: Needing): Graph {
  const numberOf = new Map(items.map(({ id }, index) => [id, index]));
  const waveNumbers = new Map(waves.map(({ name }, index) => [name, items.length + index]));
  const needed = new Map(
    waves.map(({ name, needs }) => [name, needs.flatMap((other) => waveNumbers.get(other) ?? [])]),
  );
  const members = new Map<string, number[]>(waves.map(({ name }) => [name, []]));
  items.forEach(({ wave }, index) => members.get(wave)?.push(index));
  return {
    ids: [...items.map(({ id }) => id), ...waves.map(({ name }) => name)],
    items: items.length,
    needs: [
      ...items.map(({ wave, needs }) => [
        ...needs.flatMap((id) => numberOf.get(id) ?? []),
        ...(needed.get(wave) ?? []),
      ]),
      ...waves.map(({ name, needs }) => [
        ...(members.get(name) ?? []),
        ...needs.flatMap((other) => waveNumbers.get(other) ?? []),
      ]),
    ],
    numberOf,
  };
}

/** The nodes so that each one comes after all that it needs, and those in circles, which have no such place. */
export function inNeedOrder({ needs }: Graph): { readonly order: readonly number[]; readonly left: readonly number[] } {
  const open = needs.map((list) => list.length);
  const needers: number[][] = needs.map(() => []);
  needs.forEach((list, node) => {
    for (const one of list) needers[one]?.push(node);
  });
  const order = open.flatMap((count, node) => (count === 0 ? [node] : []));
  // The list grows on the way.
  for (const ready of order) {
    for (const node of needers[ready] ?? []) {
      const count = (open[node] ?? 0) - 1;
      open[node] = count;
      if (count === 0) order.push(node);
    }
  }
  return { order, left: open.flatMap((count, node) => (count > 0 ? [node] : [])) };
}
