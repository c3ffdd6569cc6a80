/** Numbers that look random and are the same ones for the same seed. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** True in this share of the calls. */
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Some of the items, at most `most`, in another order. */
  some<T>(items: readonly T[], most: number): readonly T[];
  /** A word that no sample has. */
  word(): string;
}

/** The seed of this run (MIGRATOR_TEST_SEED, default 1). */
export const seed = Number(process.env['MIGRATOR_TEST_SEED'] ?? 1);

/** `more` tells apart several lists of one seed. */
export function randomOf(more: number): Random {
  let state = ((seed * 1_000_003 + more * 7919) % 2_147_483_646) + 1;
  const next = (): number => {
    // The minimal standard generator of Park and Miller.
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  for (let warm = 0; warm < 5; warm += 1) next();
  const random: Random = {
    below: (limit) => Math.floor((next() / 2_147_483_647) * limit),
    chance: (share) => next() / 2_147_483_647 < share,
    pick: (items) => {
      if (items.length === 0) throw new Error('there is nothing to pick');
      return items[random.below(items.length)]!;
    },
    some: (items, most) => {
      const by = items.map((item) => ({ item, at: next() })).sort((one, other) => one.at - other.at);
      return by.slice(0, random.below(Math.min(most, items.length) + 1)).map(({ item }) => item);
    },
    word: () => `planted-${random.below(36 ** 6).toString(36)}`,
  };
  return random;
}
