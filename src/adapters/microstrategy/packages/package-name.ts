import { MigratorError } from '../../../errors.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { PackageType } from '../objects/object-types.ts';

const longest = 100;

/** The id that is made of a name: `MicroStrategy-Tutorial` for `MicroStrategy Tutorial`. */
export function idFrom(name: string): string {
  const id = name
    .normalize('NFKD')
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
    .slice(0, 60)
    .replace(/[^A-Za-z0-9]+$/, '');
  return id === '' ? 'MicroStrategy' : id;
}

/** The name of a package on the server: its id and version, which make the name unique. */
export function serverName({ id, version }: PackageRef): string {
  return isUnversioned(version) ? id : `${id} ${version}`;
}

/** Packages on the server have no version. Sealed packages have `0.0.0` instead. */
export function isUnversioned(version: string): boolean {
  return version === '' || version === '0.0.0';
}

/**
 * Id and version from the name of a package on the server. A name that somebody else chose becomes the id, and the
 * version is made of the package's own id.
 */
export function refFrom(name: string | undefined, packageId: string): PackageRef {
  const [, id, version] = /^([\w.-]+) (\d+\.\d+\.\d+\S*)$/.exec(name ?? '') ?? [];
  if (id !== undefined && version !== undefined) return { id, version };
  return { id: idFrom(name ?? packageId), version: `1.0.0-p${packageId.toLowerCase()}` };
}

/** USAGE when id and version cannot name a package file. */
export function checkRef({ id, version }: PackageRef): void {
  const good = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(id) && /^\d+\.\d+\.\d+\S*$/.test(version);
  if (good && id.length <= longest && version.length <= longest) return;
  throw new MigratorError('USAGE', `${id} ${version} cannot name a package`, {
    hint: 'ids are letters, digits, . _ and -, versions are numbers such as 1.0.0-run7',
  });
}

/** What the name of a package file tells, because the file cannot be read. */
export interface FileFacts {
  readonly packageType: PackageType;
  readonly purpose: 'object_migration' | 'project_merge';
  /** The id of the source project; undefined for configuration packages. */
  readonly project: string | undefined;
}

/** `Tutorial.1.0.0-run7.project.object_migration.<project id>.mmp` */
export function fileNameOf(ref: PackageRef, { packageType, purpose, project }: FileFacts): string {
  return [ref.id, ref.version, packageType, purpose, ...(project === undefined ? [] : [project]), 'mmp'].join('.');
}

/** The facts from the words of the server. Unknown words mean an object migration of a project. */
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

/** The facts from the name of a file. A name that somebody else chose means an object migration of a project. */
export function factsFrom(path: string): FileFacts {
  const [, type, purpose, project] = facts.exec(path) ?? [];
  return factsOf({ type, purpose, project: { id: project } });
}

/**
 * Id and version from the name of a file that migrator wrote; else the id from a name that is an id, or from any other
 * name.
 */
export function refFromFileName(fileName: string): PackageRef | undefined {
  const [, name] = /^(.+)\.mmp$/i.exec(fileName) ?? [];
  if (name === undefined) return undefined;
  const [, id, version] = /^([\w.-]+?)\.(\d+\.\d+\.\d+(?:-[\w.-]*)?)$/.exec(fileName.replace(facts, '')) ?? [];
  if (id !== undefined && version !== undefined && facts.test(fileName)) return { id, version };
  return { id: isPackageId(name) ? name.toUpperCase() : idFrom(name), version: '' };
}

/** Whether a text has the form of the ids that the servers give to packages. */
export function isPackageId(text: string): boolean {
  return /^[0-9A-Fa-f]{32}$/.test(text);
}
