import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { InventoryItem } from '../../../ports/adapter.ts';
import { isForbidden } from '../../shared/answers.ts';
import { noProjects, severalFit } from '../../shared/match-by-name.ts';
import { isContainer, orgsOf, type Server } from '../server.ts';
import { formatPath, readPath, type ProjectPath } from '../wire/paths.ts';
import type { Entry } from '../wire/schemas.ts';

/** What there is at the path of a project. It is looked up level by level. */
export interface Place {
  /** False when the org does not exist, or the caller may not see it. */
  readonly org: boolean;
  readonly space: boolean;
  /**
   * The caller's rights (R, W, X) in the project, or in the space when the project is missing; undefined when no list
   * says.
   */
  readonly perms: readonly string[] | undefined;
  readonly project: Entry | undefined;
  /** Undefined when the caller may not look. */
  readonly assets: readonly Entry[] | undefined;
  /** A name that differs from the wanted one only in case. */
  readonly nearest: string | undefined;
  readonly serverTime: Date | undefined;
}

const nothing: Place = {
  org: false,
  space: false,
  perms: undefined,
  project: undefined,
  assets: [],
  nearest: undefined,
  serverTime: undefined,
};

/**
 * AUTH_REFUSED (403) when the caller may not list a level. When only the project may not be listed, `assets` is
 * undefined.
 */
export async function lookAt(server: Server, path: ProjectPath, signal: AbortSignal): Promise<Place> {
  const above = await spaceOf(server, path, signal);
  if (!('space' in above)) return above.without;
  const { space } = above;
  const projects = await children(server, [path.org, path.space], signal);
  const project = named(projects?.entries ?? [], path.project);
  const perms = (project ?? space).perms ?? undefined;
  const serverTime = projects?.serverTime;
  const here = { org: true, space: projects !== undefined, perms, project, serverTime };
  if (project === undefined) {
    return { ...here, assets: [], nearest: alike(projects?.entries ?? [], path.project) };
  }
  const assets = await assetsOf(server, path, signal);
  return { ...here, assets, nearest: undefined };
}

/**
 * A project that must be there. Its own list shows that, when there is something in it; otherwise as `lookAt`. `assets` is
 * undefined when the caller may not look.
 */
export async function lookInto(
  server: Server,
  path: ProjectPath,
  signal: AbortSignal,
): Promise<Pick<Place, 'assets' | 'nearest'> & { readonly exists: boolean }> {
  const assets = await assetsOf(server, path, signal);
  if (assets !== undefined && assets.length > 0) return { exists: true, assets, nearest: undefined };
  const { project, ...place } = await lookAt(server, path, signal);
  return { exists: project !== undefined, assets: place.assets, nearest: place.nearest };
}

/** The entry of a project space, or what is to be said of a place without one. */
async function spaceOf(
  server: Server,
  { org, space: name }: ProjectPath,
  signal: AbortSignal,
): Promise<{ readonly space: Entry } | { readonly without: Place }> {
  const { seen, connection } = server;
  const key = `/${org}/${name}`;
  const known = seen.spaces.get(key);
  if (known !== undefined) return { space: known };
  const spaces = await children(server, [org], signal);
  if (spaces === undefined) {
    const { org: own = '' } = connection;
    return { without: { ...nothing, nearest: own.toLowerCase() === org.toLowerCase() ? own : undefined } };
  }
  const { entries, serverTime } = spaces;
  const space = named(entries, name);
  if (space === undefined) return { without: { ...nothing, org: true, nearest: alike(entries, name), serverTime } };
  seen.spaces.set(key, space);
  return { space };
}

async function assetsOf(server: Server, path: ProjectPath, signal: AbortSignal): Promise<readonly Entry[] | undefined> {
  try {
    return (await children(server, [path.org, path.space, path.project], signal))?.entries ?? [];
  } catch (error) {
    if (!isForbidden(error)) throw error;
    server.tools.debug(`${formatPath(path)} may not be listed: ${error.message}`);
    return undefined;
  }
}

async function children({ client }: Server, segments: readonly string[], signal: AbortSignal) {
  try {
    return await client.list(segments, signal);
  } catch (error) {
    if (isMigratorError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

function named(entries: readonly Entry[], name: string): Entry | undefined {
  return entries.find((entry) => isContainer(entry) && entry.name === name);
}

function alike(entries: readonly Entry[], name: string): string | undefined {
  const folded = (text: string): string => text.normalize('NFC').trim().toLowerCase();
  return entries.find((entry) => isContainer(entry) && folded(entry.name) === folded(name))?.name;
}

/** What happens to a place that the caller may not list: it fails the whole list, or is left out. */
type Refused = 'fails' | 'left out';

/** All projects of all spaces of the orgs that the caller sees. */
export async function* projects(
  server: Server,
  refused: Refused,
  signal: AbortSignal,
): AsyncIterable<InventoryItem & ProjectPath> {
  for await (const { org, name: space } of spaces(server, refused, signal)) {
    for (const entry of await containers(server, [org, space], refused, signal)) {
      const path = { org, space, project: entry.name };
      yield {
        kind: 'project',
        id: formatPath(path),
        name: entry.name,
        container: `/${org}/${space}`,
        modifiedAt: entry.time_updated,
        ...path,
      };
    }
  }
}

export async function* spaces(
  server: Server,
  refused: Refused,
  signal: AbortSignal,
): AsyncIterable<InventoryItem & { readonly org: string }> {
  for (const org of await orgsOf(server, signal)) {
    for (const { name, time_updated: modifiedAt } of await containers(server, [org], refused, signal)) {
      yield { kind: 'space', id: `/${org}/${name}`, name, container: `/${org}`, modifiedAt, org };
    }
  }
}

async function containers(
  server: Server,
  segments: readonly string[],
  refused: Refused,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  try {
    return (await server.client.list(segments, signal)).entries.filter(isContainer);
  } catch (error) {
    if (refused === 'fails' || !(isForbidden(error) || isMigratorError(error, 'NOT_FOUND'))) throw error;
    server.tools.debug(`/${segments.join('/')} may not be listed: ${error.message}`);
    return [];
  }
}

export interface Found {
  readonly path: ProjectPath;
  /** Undefined when the caller may not look. */
  readonly assets: readonly Entry[] | undefined;
}

/**
 * The projects that the texts name: by a path, or by a name that only one project has. NOT_FOUND names all missing
 * projects at once; USAGE when a name fits several.
 */
export async function selectProjects(
  server: Server,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<readonly Found[]> {
  if (wanted.length === 0) {
    throw new MigratorError('USAGE', 'no project was named', { hint: 'name one by its path: /org/space/project' });
  }
  const found: Found[] = [];
  const missing: string[] = [];
  const hints: string[] = [];
  const named = await projectsNamed(
    server,
    wanted.filter((text) => readPath(text) === undefined),
    signal,
  );
  for (const text of wanted) {
    const path = readPath(text) ?? named.get(text);
    const place = path === undefined ? undefined : await lookInto(server, path, signal);
    if (path !== undefined && place?.exists === true) {
      found.push({ path, assets: place.assets });
      continue;
    }
    const other = path === undefined ? undefined : await respelled(server, path, signal);
    if (other !== undefined) {
      found.push({ path: other, assets: (await lookInto(server, other, signal)).assets });
      continue;
    }
    missing.push(text);
    if (place?.nearest !== undefined) hints.push(place.nearest);
  }
  if (missing.length === 0) return found;
  throw noProjects(
    missing,
    '',
    hints.length > 0
      ? `paths are case-sensitive: there is ${hints.join(', ')}`
      : 'a project is named by its path: /org/space/project',
  );
}

/**
 * The path whose names are composed of other code points: é as one or as two. Undefined when there is none, USAGE when
 * there are several.
 */
export async function respelled(
  server: Server,
  path: ProjectPath,
  signal: AbortSignal,
): Promise<ProjectPath | undefined> {
  const { space, project } = await spelled(server, path, signal);
  if (space === undefined || project === undefined) return undefined;
  return project === path.project && space === path.space ? undefined : { ...path, space, project };
}

/** The path to write to. A name that exists with other code points is that one: a second one would look the same. */
export async function spelledLike(server: Server, path: ProjectPath, signal: AbortSignal): Promise<ProjectPath> {
  const { space, project } = await spelled(server, path, signal);
  return { ...path, space: space ?? path.space, project: project ?? path.project };
}

/** The names as they are there. Names of plain letters have no other composition, so nothing is read for them. */
async function spelled(
  server: Server,
  path: ProjectPath,
  signal: AbortSignal,
): Promise<{ readonly space?: string | undefined; readonly project?: string | undefined }> {
  const text = `${path.space}/${path.project}`;
  if (text.normalize('NFC') === text.normalize('NFD')) return {};
  const inOrg = await containers(server, [path.org], 'left out', signal);
  const space = composedAs(inOrg, path.space, (name) => `/${path.org}/${name}`);
  if (space === undefined) return {};
  const inSpace = await containers(server, [path.org, space], 'left out', signal);
  return { space, project: composedAs(inSpace, path.project, (name) => formatPath({ ...path, space, project: name })) };
}

function composedAs(entries: readonly Entry[], wanted: string, idOf: (name: string) => string): string | undefined {
  const names = entries.map(({ name }) => name);
  if (names.includes(wanted)) return wanted;
  const fitting = names.filter((name) => name.normalize('NFC') === wanted.normalize('NFC'));
  if (fitting.length > 1) {
    const candidates = fitting.map((name) => ({ id: idOf(name), name }));
    throw severalFit('project', [wanted], candidates);
  }
  return fitting[0];
}

/**
 * The paths of the projects that have these names, by name, among the spaces that the caller may list. USAGE when a
 * name fits several.
 */
export async function projectsNamed(
  server: Server,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ProjectPath>> {
  const { named } = server.seen;
  const unknown = names.filter((name) => !named.has(name));
  const all: ProjectPath[] = [];
  if (unknown.length > 0) {
    for await (const path of projects(server, 'left out', signal)) all.push(path);
  }
  for (const name of unknown) {
    const exact = all.filter(({ project }) => project === name);
    const alike = all.filter(({ project }) => project.normalize('NFC').trim() === name.normalize('NFC').trim());
    const [first, ...others] = exact.length > 0 ? exact : alike;
    if (first !== undefined && others.length > 0 && exact.length === 0) {
      const candidates = alike.map((path) => ({ id: formatPath(path), name: path.project }));
      throw severalFit('project', [name], candidates);
    }
    if (first !== undefined && others.length > 0) {
      throw new MigratorError('USAGE', `more than one project is called ${name}`, {
        hint: `name it by its path: ${[first, ...others].map(formatPath).join(', ')}`,
      });
    }
    if (first !== undefined) named.set(name, first);
  }
  return named;
}
