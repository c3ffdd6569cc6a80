import { MigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';

export const defaultPackageId = 'Octopus.Space.Migration';

// The feed reads id and version from the file name, `<id>.<version>`. It takes as few dotted parts as possible for the
// id. The version is one to four numbers with dots, and may have a pre-release and a build.
const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const version = `\\d+(?:\\.\\d+){0,3}(?:-${identifiers})?(?:\\+${identifiers})?`;
const name = new RegExp(`^(\\w+(?:[.-]\\w+)*?)\\.(${version})$`);
const longest = 100;

/** Id and version as the feed reads them from a file name without its extension; undefined when it cannot read them. */
export function parsePackageName(text: string): PackageRef | undefined {
  const [, id, found] = name.exec(text) ?? [];
  return id === undefined || found === undefined ? undefined : { id, version: found };
}

/** USAGE when the feed would read another id or version from the file name. */
export function checkPackageRef(ref: PackageRef): void {
  const whole = `${ref.id}.${ref.version}`;
  if (ref.id.length > longest || ref.version.length > longest) {
    throw new MigratorError('USAGE', `the package name ${whole.slice(0, 60)}… is too long`);
  }
  const read = parsePackageName(whole);
  if (read === undefined) {
    throw new MigratorError('USAGE', `${whole} is not a package name that Octopus Deploy accepts`, {
      hint: 'ids are letters, digits, _ . and -, versions are numbers such as 1.0.0-run7',
    });
  }
  if (read.id !== ref.id || read.version !== ref.version) {
    throw new MigratorError(
      'USAGE',
      `Octopus Deploy would read the file name ${whole} as ${read.id} version ${read.version}`,
      { hint: 'choose a package id whose last part does not begin with a digit' },
    );
  }
}

export function fileNameOf(ref: PackageRef, extension = '.zip'): string {
  return `${ref.id}.${ref.version}${extension}`;
}
