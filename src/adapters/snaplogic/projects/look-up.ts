import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { InventoryItem } from '../../../ports/adapter.ts';
import { nearest } from '../../../nearest.ts';
import { isForbidden } from '../../shared/answers.ts';
import { isContainer, orgsOf, type Server } from '../server.ts';
import { formatPath, type ProjectPath } from '../wire/paths.ts';
import type { Entry } from '../wire/schemas.ts';

interface Nearest {
  readonly name: string;
  readonly path: string;
  /** It differs from the wanted one only in case. */
  readonly byCase: boolean;
}

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
  /** A path that is like the wanted one, when that does not exist. */
  readonly nearest: Nearest | undefined;
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
    return {
      ...here,
      assets: [],
      nearest: alike(namesIn(projects?.entries ?? []), path.project, [path.org, path.space]),
    };
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
  { org, space: name, project }: ProjectPath,
  signal: AbortSignal,
): Promise<{ readonly space: Entry } | { readonly without: Place }> {
  const { seen, connection } = server;
  const key = `/${org}/${name}`;
  const known = seen.spaces.get(key);
  if (known !== undefined) return { space: known };
  const spaces = await children(server, [org], signal);
  if (spaces === undefined) {
    const { org: own = '' } = connection;
    return { without: { ...nothing, nearest: alike(own === '' ? [] : [own], org, [], [name, project]) } };
  }
  const { entries, serverTime } = spaces;
  const space = named(entries, name);
  if (space === undefined)
    return { without: { ...nothing, org: true, nearest: alike(namesIn(entries), name, [org], [project]), serverTime } };
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

const namesIn = (entries: readonly Entry[]): readonly string[] => entries.filter(isContainer).map(({ name }) => name);

/** The path with the name that is most like the wanted one at its level. */
function alike(
  names: readonly string[],
  wanted: string,
  above: readonly string[],
  below: readonly string[] = [],
): Nearest | undefined {
  const folded = (text: string): string => text.normalize('NFC').trim().toLowerCase();
  const same = names.find((name) => folded(name) === folded(wanted));
  const name = same ?? nearest(wanted, names);
  return name === undefined
    ? undefined
    : { name, path: `/${[...above, name, ...below].join('/')}`, byCase: same !== undefined };
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
  const orgs = await orgsOf(server, signal);
  for (const org of orgs) {
    const found = await containers(server, [org], refused, signal).catch((error: unknown) => {
      throw isForbidden(error) ? withOtherOrgs(error, org, orgs) : error;
    });
    for (const { name, time_updated: modifiedAt } of found) {
      yield { kind: 'space', id: `/${org}/${name}`, name, container: `/${org}`, modifiedAt, org };
    }
  }
}

/** One org that refuses its list blocks those of all orgs, unless the instance means another one. */
function withOtherOrgs(error: MigratorError, org: string, orgs: readonly string[]): MigratorError {
  const others = orgs.filter((other) => other !== org);
  if (others.length === 0) return error;
  const names = others.slice(0, mostOrgs).join(', ') + (others.length > mostOrgs ? ', …' : '');
  return new MigratorError(error.code, `${org} may not be listed: ${error.message}`, {
    hint: `set \`org\` of this instance to the one that is meant: ${names}; ${org} itself may need a right, or \`token\` in place of the password`,
    details: error.details,
    cause: error,
  });
}

const mostOrgs = 5;

export async function containers(
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
