import { MigratorError } from '../../../errors.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { PackageType } from '../objects/object-types.ts';

const longest = 100;

/** A name as an id: `MicroStrategy Tutorial` becomes `MicroStrategy-Tutorial`. */
export function idFrom(name: string): string {
  const id = name
    .normalize('NFKD')
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, 60)
    .replace(/[^A-Za-z0-9]+$/, '');
  return id === '' ? 'MicroStrategy' : id;
}

/** The name that the server knows a package by: id and version, which make it unique. */
export function serverName({ id, version }: PackageRef): string {
  return isUnversioned(version) ? id : `${id} ${version}`;
}

/** Packages have no version on the server; sealed ones are given `0.0.0` for none. */
export function isUnversioned(version: string): boolean {
  return version === '' || version === '0.0.0';
}

/** Id and version from a server's name; a name that somebody else chose becomes an id, with the package's own as version. */
export function refFrom(name: string | undefined, packageId: string): PackageRef {
  const [, id, version] = /^([\w.-]+) (\d+\.\d+\.\d+\S*)$/.exec(name ?? '') ?? [];
  if (id !== undefined && version !== undefined) return { id, version };
  return { id: idFrom(name ?? packageId), version: `1.0.0-p${packageId.toLowerCase()}` };
}

/** USAGE when it cannot name a package file. */
export function checkRef({ id, version }: PackageRef): void {
  const good = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(id) && /^\d+\.\d+\.\d+\S*$/.test(version);
  if (good && id.length <= longest && version.length <= longest) return;
  throw new MigratorError('USAGE', `${id} ${version} cannot name a package`, {
    hint: 'ids are letters, digits, . _ and -, versions are semantic versions such as 1.0.0-run7',
  });
}

/** What the file of a package must tell whoever uploads it, because nothing else does. */
export interface FileFacts {
  readonly packageType: PackageType;
  readonly purpose: 'object_migration' | 'project_merge';
  /** The source project's id; none for configuration packages. */
  readonly project: string | undefined;
}

/** `Tutorial.1.0.0-run7.project.object_migration.<project id>.mmp` */
export function fileNameOf(ref: PackageRef, { packageType, purpose, project }: FileFacts): string {
  return [ref.id, ref.version, packageType, purpose, ...(project === undefined ? [] : [project]), 'mmp'].join('.');
}

/** What the server says of a package; words that are not known are taken for the usual. */
export function factsOf({
  type,
  purpose,
  project,
}: {
  readonly type: string | undefined;
  readonly purpose: string | undefined;
  readonly project?: { readonly id: string | undefined };
}): FileFacts {
  const packageType = type === 'configuration' || type === 'project_security' ? type : 'project';
  return {
    packageType,
    purpose: purpose === 'project_merge' ? purpose : 'object_migration',
    project: packageType === 'configuration' ? undefined : project?.id,
  };
}

const facts =
  /\.(project|configuration|project_security)\.(object_migration|project_merge)(?:\.([0-9A-Fa-f]{32}))?\.mmp$/;

/** What a file's name tells; a file that somebody else named is taken for an object migration of a project. */
export function factsFrom(path: string): FileFacts {
  const [, type, purpose, project] = facts.exec(path) ?? [];
  return factsOf({ type, purpose, project: { id: project } });
}

/** The package that a file's name means: one that this tool named, one named by its id, or any other. */
export function refFromFileName(fileName: string): PackageRef | undefined {
  const [, name] = /^(.+)\.mmp$/i.exec(fileName) ?? [];
  if (name === undefined) return undefined;
  const [, id, version] = /^([\w.-]+?)\.(\d+\.\d+\.\d+(?:-[\w.-]*)?)$/.exec(fileName.replace(facts, '')) ?? [];
  if (id !== undefined && version !== undefined && facts.test(fileName)) return { id, version };
  return { id: isPackageId(name) ? name.toUpperCase() : idFrom(name), version: '' };
}

/** The id of a package as the servers mint them. */
export function isPackageId(text: string): boolean {
  return /^[0-9A-Fa-f]{32}$/.test(text);
}
