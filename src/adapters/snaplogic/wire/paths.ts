import { MigratorError } from '../../../errors.ts';

/** A project on the control plane: its org, its project space and its name. Case matters. */
export interface ProjectPath {
  readonly org: string;
  readonly space: string;
  readonly project: string;
}

const form = '/org/space/project';

/** The spelling that is sent, compared and shown: a slash in front, single slashes, and case as it was typed. */
export function formatPath({ org, space, project }: ProjectPath): string {
  return `/${org}/${space}/${project}`;
}

/** The same as part of a URL. */
export function encodedPath(segments: readonly string[]): string {
  return segments.map((segment) => encodeURIComponent(segment)).join('/');
}

export function segmentsOf({ org, space, project }: ProjectPath): readonly string[] {
  return [org, space, project];
}

export function samePath(one: ProjectPath, other: ProjectPath): boolean {
  return formatPath(one) === formatPath(other);
}

/** Undefined when the text does not have three parts. */
export function readPath(text: string): ProjectPath | undefined {
  // A name may end with a blank, so only blanks before the path are no part of it.
  const [org, space, project, ...rest] = text
    .replace(/^\s+(?=\/)/u, '')
    .split('/')
    .filter((segment) => segment !== '');
  return org === undefined || space === undefined || project === undefined || rest.length > 0
    ? undefined
    : { org, space, project };
}

/** USAGE when the text is no path of a project. `what` names the option or argument of the text. */
export function parsePath(text: string, what: string): ProjectPath {
  const path = readPath(text);
  if (path === undefined) {
    const parts = text.split('/').filter((segment) => segment !== '').length;
    throw new MigratorError('USAGE', `${what} "${text}" must be a path such as ${form}, with three parts`, {
      ...(parts === 2 ? { hint: 'a project space alone is not enough: name the project in it' } : {}),
    });
  }
  for (const segment of segmentsOf(path)) requireName(segment, what);
  return path;
}

/** USAGE for characters that the product does not allow in a name, and for names that would change a URL. */
export function requireName(name: string, what: string): void {
  if (!/[/\\?#\p{Cc}]/u.test(name) && name !== '.' && name !== '..') return;
  throw new MigratorError('USAGE', `${what}: "${name}" cannot be a name in SnapLogic`, {
    hint: 'names hold no / \\ ? # and no control characters',
  });
}
