import type { PackageRef } from '../ports/artifact.ts';

/** For the command line: `<id>@<version>`, or only the id if packages have no version. */
export function formatRef({ id, version }: PackageRef): string {
  return version === '' ? id : `${id}@${version}`;
}

/** For sentences: `<id> <version>`, or only the id. */
export function describeRef({ id, version }: PackageRef): string {
  return version === '' ? id : `${id} ${version}`;
}

/** A sealed package always has a version. `0.0.0` means that the server's package has none. */
export function sealedRef({ id, version }: PackageRef): PackageRef {
  return { id, version: version === '' ? '0.0.0' : version };
}
