import { MigratorError } from '../../../errors.ts';
import { didYouMean, noProjects, severalFit } from '../../shared/match-by-name.ts';
import type { Server } from '../server.ts';
import { formatPath, readPath, type ProjectPath } from '../wire/paths.ts';
import type { Entry } from '../wire/schemas.ts';
import { containers, lookInto, type Place, projects } from './look-up.ts';

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
  const near: NonNullable<Place['nearest']>[] = [];
  let isPath = false;
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
    isPath ||= path !== undefined;
    if (place?.nearest !== undefined) near.push(place.nearest);
  }
  if (missing.length === 0) return found;
  throw noProjects(
    missing,
    ` on ${server.connection.name}`,
    near.length > 0 && near.every(({ byCase }) => byCase)
      ? `paths are case-sensitive: there is ${near.map(({ path }) => path).join(', ')}`
      : didYouMean(
          near.map(({ path }) => path),
          isPath
            ? `see what there is with: migrator inventory --from ${server.connection.name}`
            : 'a project is named by its path: /org/space/project',
        ),
  );
}

/**
 * The path whose names are composed of other code points: é as one or as two. Undefined when there is none, USAGE when
 * there are several.
 */
async function respelled(server: Server, path: ProjectPath, signal: AbortSignal): Promise<ProjectPath | undefined> {
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
