import { MigratorError } from '../../errors.ts';

const form = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\.\d+)?$/;

function partsOf(version: string): readonly number[] {
  return (form.exec(version) ?? []).slice(1).map(Number);
}

/** Checks a version like `11.4.0600`; a fourth part is allowed. USAGE otherwise. */
export function checkRelease(version: string): string {
  if (form.test(version)) return version;
  throw new MigratorError('USAGE', `"${version}" is not a version of a MicroStrategy Library`, {
    hint: 'write it like 11.4.0600',
  });
}

/** Negative when the first is the older release; builds of one release are equal. */
export function compareReleases(first: string, second: string): number {
  const [a, b] = [partsOf(first), partsOf(second)];
  const index = a.findIndex((part, at) => part !== b[at]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

/** The form in package files: `11.04.06.00` for `11.4.0600`. */
export function packedRelease(version: string): string {
  const [, major = '0', minor = '0', patch = '0000'] = form.exec(version) ?? [];
  return [major, minor.padStart(2, '0'), patch.slice(0, 2), patch.slice(2)].join('.');
}
