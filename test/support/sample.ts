/**
 * Some of the cases, in their order: the same ones for the same seed (MIGRATOR_TEST_SEED, default 1). With
 * MIGRATOR_TEST_ALL, which `npm run prove` sets, all of them.
 */
export function sample<T>(cases: readonly T[], count: number): readonly T[] {
  if (process.env['MIGRATOR_TEST_ALL'] !== undefined || cases.length <= count) return cases;
  let state = Number(process.env['MIGRATOR_TEST_SEED'] ?? 1);
  const next = (): number => {
    // The minimal standard generator of Park and Miller.
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  next();
  const places = cases.map((_, place) => ({ place, by: next() }));
  const chosen = new Set(
    places
      .sort((one, other) => one.by - other.by)
      .slice(0, count)
      .map(({ place }) => place),
  );
  return cases.filter((_, place) => chosen.has(place));
}
