/** -1, 0 or 1: compares the numbers, then the pre-release in the order of SemVer. */
export function compareVersions(a: string, b: string): number {
  const split = (text: string) => {
    const [core = '', ...pre] = text.replace(/^v/i, '').split('+')[0]?.split('-') ?? [];
    return { numbers: core.split('.').map(Number), pre: pre.join('-') };
  };
  const [left, right] = [split(a), split(b)];
  for (let index = 0; index < 4; index += 1) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  if (left.pre === right.pre) return 0;
  if (left.pre === '' || right.pre === '') return left.pre === '' ? 1 : -1;
  return new Intl.Collator('en', { numeric: true }).compare(left.pre, right.pre);
}
