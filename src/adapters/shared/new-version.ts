import type { Clock, Random } from '../../ports/runtime.ts';

/** The version of a new package, `1.0.0-20261121T011656-5f3a9c0e`: versions sort by time, and no two are the same. */
export function newVersion({ clock, random }: { readonly clock: Clock; readonly random: Random }): string {
  const time = clock
    .now()
    .toISOString()
    .replaceAll(/[-:]|\.\d+Z$/g, '');
  return `1.0.0-${time}-${Buffer.from(random.bytes(4)).toString('hex')}`;
}
