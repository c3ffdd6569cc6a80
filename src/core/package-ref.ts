import type { PackageRef } from '../ports/artifact.ts';

/** As it is typed and printed: `<id>@<version>`, or the id alone where packages have no version. */
export function formatRef({ id, version }: PackageRef): string {
  return version === '' ? id : `${id}@${version}`;
}

/** As a sentence names it. */
export function describeRef({ id, version }: PackageRef): string {
  return version === '' ? id : `${id} ${version}`;
}

/** A sealed package always has a version: `0.0.0` stands for none. */
export function sealedRef({ id, version }: PackageRef): PackageRef {
  return { id, version: version === '' ? '0.0.0' : version };
}
