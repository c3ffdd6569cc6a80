import { compareVersions } from './compare-versions.ts';
import { invalid } from './refusal.ts';

/** Whether a version is in a NuGet range: `1.0` means 1.0 or newer, `[1.0,2.0)` excludes 2.0. */
export function fitsRange(version: string, range: string): boolean {
  if (range === '') return true;
  const [, open = '', low = '', comma, high = '', close = ''] = /^([[(])([^,]*)(,?)([^,]*)([\])])$/.exec(range) ?? [];
  if (open === '') return compareVersions(version, range) >= 0;
  if (comma === '') return compareVersions(version, low) === 0;
  const below = low.trim() === '' ? 1 : compareVersions(version, low.trim());
  const above = high.trim() === '' ? -1 : compareVersions(version, high.trim());
  return (open === '[' ? below >= 0 : below > 0) && (close === ']' ? above <= 0 : above < 0);
}

function tagPattern(tag: string): RegExp {
  try {
    return new RegExp(tag);
  } catch {
    throw invalid(`'${tag}' is not a valid regular expression.`);
  }
}

/** Whether the pre-release part of a version matches a channel's pattern. */
export function fitsTag(version: string, tag: string): boolean {
  const preRelease = version.split('+')[0]?.split('-').slice(1).join('-') ?? '';
  return tag === '' || tagPattern(tag).test(preRelease);
}
