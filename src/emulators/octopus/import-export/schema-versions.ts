// The names of the database changes that a server has made. A target must know all that the source has made, which is how
// it tells an older export from a newer one. The names here are our own. Their numbers are like those of real servers:
// the list begins with 271, and version 2024.4.4121 has reached 483.
import { isAtLeast } from '../edition.ts';

const first = 271;
const perRelease = 13;

/** The number of the newest change that a version has. */
export function newestChange(version: string): number {
  const [year = 0, minor = 0, build = 0] = (version.split(/[-+]/)[0] ?? '').split('.').map(Number);
  const release = (year - 2021) * 4 + minor;
  return first + perRelease * release + Math.min(perRelease - 1, Math.floor(build / 1000));
}

export const schemaVersions = (version: string): readonly string[] =>
  Array.from({ length: newestChange(version) - first + 1 }, (_, index) => `Script0${first + index}EmbeddedChange`);

/** The changes of a source that a server of this version does not know. */
export const unknownChanges = (version: string, names: readonly string[]): readonly string[] =>
  names.filter((name) => Number(/^Script(\d+)/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY) > newestChange(version));

/** Since when projects in Git can be exported. */
export const carriesGitProjects = (version: string): boolean => isAtLeast(version, '2025.2.5601');

/** Until then an import refused runbooks without a name or with an emoji in it. */
export const refusesRunbookNames = (version: string): boolean => !isAtLeast(version, '2022.1.2091');
