/** The parts of a version: `2025.10.3` is newer than `2025.9.1`. Words behind a dash or a plus do not count. */
function partsOf(version: string): readonly number[] {
  return (version.split(/[-+ ]/)[0] ?? '').split('.').map(Number);
}

/** Whether one release is older than another, part by part. False when one of them is no version. */
export function isOlder(version: string, than: string): boolean {
  const [one, other] = [partsOf(version), partsOf(than)];
  if ([...one, ...other].some(Number.isNaN)) return false;
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const [part = 0, wanted = 0] = [one[at], other[at]];
    if (part !== wanted) return part < wanted;
  }
  return false;
}
