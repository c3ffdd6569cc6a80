import { randomOf } from './random.ts';

/** Whether all cases run, as `npm run prove` asks for. */
export const all = process.env['MIGRATOR_TEST_ALL'] !== undefined;

/** How often a property is tried: a quarter of `count`, and `count` times in `npm run prove`. */
export const runs = (count: number): number => (all ? count : Math.ceil(count / 4));

/** Some of the cases, in their order: the same ones for the same seed. All of them in `npm run prove`. */
export function sample<T>(cases: readonly T[], count: number): readonly T[] {
  if (all || cases.length <= count) return cases;
  const random = randomOf(0);
  const places = cases.map((_, place) => ({ place, by: random.below(2 ** 30) }));
  const chosen = new Set(
    places
      .sort((one, other) => one.by - other.by)
      .slice(0, count)
      .map(({ place }) => place),
  );
  return cases.filter((_, place) => chosen.has(place));
}
