/** The numbers of a release such as `11.3.0600` (2021 Update 6). Everything after the numbers is left out. */
function numbersOf(version: string): readonly number[] {
  return (/^\d+(?:\.\d+)*/.exec(version.trim())?.[0] ?? '').split('.').filter(Boolean).map(Number);
}

/** Less than zero when the first release is older; undefined when one of them is no release number. */
export function compareVersions(one: string, other: string): number | undefined {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  if (left.length === 0 || right.length === 0) return undefined;
  for (let place = 0; place < Math.max(left.length, right.length); place += 1) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A package goes only to the same or a newer release (Migration API, compatibility). */
export function versionObstacle(source: string, target: string): string | undefined {
  const order = compareVersions(source, target);
  return order !== undefined && order > 0
    ? `MicroStrategy imports packages of its own or an older release: this one is from ${source}, the target is ${target}`
    : undefined;
}
