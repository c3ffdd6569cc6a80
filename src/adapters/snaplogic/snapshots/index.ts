import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { Options } from '../../../ports/options.ts';
import type { Depth, Named, Scope, SnapshotItem, Snapshots } from '../../../ports/snapshot.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import { removeAll, type Removable } from '../../shared/remove-all.ts';
import { listOf, textOf } from '../../shared/option-values.ts';
import { readRenames } from '../archives/renames.ts';
import { assetOf, emptyKind, isMovable } from '../projects/destination.ts';
import { lookAt } from '../projects/look-up.ts';
import { projectsNamed, spelledLike } from '../projects/select-projects.ts';
import { isContainer, type Server } from '../server.ts';
import { formatPath, parsePath, readPath, segmentsOf, type ProjectPath } from '../wire/paths.ts';
import type { Entry } from '../wire/schemas.ts';
import { readAsset, type Names } from './read-asset.ts';
import { readScope, scopeAt, type Looked } from './scope.ts';

const atOnce = 6;

/**
 * The assets of projects. A listing is one request for 100 assets. Its mark is the time of the last change, as the
 * control plane keeps it: an asset that is overwritten with equal content gets a new one. `content` reads each asset.
 */
export function createSnapshots(server: Server): Snapshots {
  return {
    uncarried: ['enabled'],
    blind: {
      listing: [
        'assets are told apart by type, name and time of change; what is in them is not read',
        'an empty project looks as if it were missing; Snaplexes and folders of a project are left out',
        'what a migration puts into shared folders is not looked at',
      ],
      content: [
        'of a secret value, only whether there is one; a value with a name like a password counts as secret',
        'access rights, owners and versions of assets, whether an account validates, and the Snaplex of a pipeline',
        'references to other assets are compared by label; the pipeline of a task by its name',
        'of a file, only its size and SHA-256; what is in shared folders is not looked at',
      ],
    },
    scopeOf: (projects, options, signal) => scopeOf(server, projects, options, signal),
    take: (scope, depth, signal) => take(server, readScope(scope), depth, signal),
    remove: (scope, items, signal) => remove(server, readScope(scope), items, signal),
  };
}

/**
 * `--dest-path` is the place itself. A path of another org means the same place in the org of the instance, as for a
 * move.
 */
async function scopeOf(
  server: Server,
  projects: readonly string[],
  options: Options,
  signal: AbortSignal,
): Promise<Scope> {
  const renames = listOf(options, 'renameAccount');
  readRenames(renames);
  const placed = textOf(options, 'destPath');
  if (placed !== undefined) {
    if (projects.length > 1) throw new MigratorError('USAGE', '--dest-path works for one project');
    const path = await spelledLike(server, parsePath(placed, '--dest-path'), signal);
    return scopeAt([path], options, renames);
  }
  const { org } = server.connection;
  const paths = projects.map((text) => readPath(text));
  const named = await projectsNamed(
    server,
    projects.filter((_, index) => paths[index] === undefined),
    signal,
  );
  const found = projects.map((text, index) => paths[index] ?? named.get(text));
  return scopeAt(
    found.flatMap((path) => (path === undefined ? [] : [{ ...path, org: org ?? path.org }])),
    options,
    renames,
  );
}

async function* take(
  server: Server,
  { projects, types, renames, numbered, empty }: Looked,
  depth: Depth,
  signal: AbortSignal,
): AsyncIterable<SnapshotItem> {
  const copies = numbered ? await copiesOf(server, projects, signal) : [];
  const lists = inParallel([...projects, ...copies], atOnce, async (path) => ({
    path,
    entries: await entriesOf(server, path, signal),
  }));
  for await (const { path, entries } of lists) {
    if (empty && depth === 'listing' && entries.length === 0 && (await lookAt(server, path, signal)).project) {
      yield { kind: emptyKind, name: formatPath(path) };
    }
    const names = namesIn(entries, renames);
    const items = entries.filter(
      ({ asset_type: type }) => depth === 'listing' || types.length === 0 || types.includes(type ?? ''),
    );
    const itemOf = async (entry: Entry): Promise<SnapshotItem> => {
      const { type: kind, name: stored } = assetOf(entry);
      const name = kind === 'Account' ? (names.renames.get(stored) ?? stored) : stored;
      const mark = entry.time_updated ?? entry.time_created;
      return {
        kind,
        name: nameAt(projects, path, name),
        ...(mark === undefined ? {} : { mark }),
        ...(depth === 'listing' ? {} : { fields: await readAsset(server, path, entry, names, signal) }),
      };
    };
    yield* inParallel(items, atOnce, itemOf);
  }
}

/** Tasks are deleted first, because they use pipelines, which use accounts. */
const deletedFirst = ['Job', 'Pipeline'];

async function remove(
  server: Server,
  { projects }: Looked,
  items: readonly Named[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: Removable[] = [];
  for (const path of projects) {
    for (const entry of await entriesOf(server, path, signal)) {
      const { type: kind, name } = assetOf(entry);
      const item = items.find((one) => one.kind === kind && one.name === nameAt(projects, path, name));
      const segments = [...segmentsOf(path), entry.name];
      if (item !== undefined)
        found.push({ item, remove: () => server.client.remove(segments, kind === 'File', signal) });
    }
  }
  const rank = ({ item }: Removable): number => {
    const place = deletedFirst.indexOf(item.kind);
    return place === -1 ? deletedFirst.length : place;
  };
  return removeAll(found.toSorted((one, other) => rank(one) - rank(other)));
}

function nameAt(projects: readonly ProjectPath[], path: ProjectPath, name: string): string {
  return projects.length === 1 && path === projects[0] ? name : `${path.space}/${path.project}/${name}`;
}

function namesIn(entries: readonly Entry[], renames: readonly string[]): Names {
  const accounts = new Set(entries.flatMap(({ asset_type: type, name }) => (type === 'Account' ? [name] : [])));
  return {
    pipelines: new Map(
      entries.flatMap(({ asset_type: type, name, snode_id: id }) =>
        type === 'Pipeline' && id !== undefined ? [[id, name]] : [],
      ),
    ),
    renames: new Map(readRenames(renames).flatMap(({ from, to }) => (accounts.has(to) ? [] : [[from, to]]))),
  };
}

/** The assets of a project; none when there is no such project. */
async function entriesOf(server: Server, path: ProjectPath, signal: AbortSignal): Promise<readonly Entry[]> {
  try {
    return (await server.client.list(segmentsOf(path), signal)).entries.filter(isMovable);
  } catch (error) {
    if (!isMigratorError(error, 'NOT_FOUND')) throw error;
    if (await isMissing(server, path, signal)) return [];
    throw new MigratorError('AUTH_REFUSED', `${formatPath(path)} is there, and its assets are not shown`, {
      hint: 'the account may lack the right to read the project',
      cause: error,
    });
  }
}

/** `Invoices 1`, `Invoices 2` beside `Invoices`: what the control plane makes of a project that is there already. */
async function copiesOf(
  { client }: Server,
  projects: readonly ProjectPath[],
  signal: AbortSignal,
): Promise<readonly ProjectPath[]> {
  const found: ProjectPath[] = [];
  for (const { org, space, project } of projects) {
    try {
      for (const entry of (await client.list([org, space], signal)).entries) {
        const { name } = entry;
        const isCopy = name.startsWith(`${project} `) && /^\d+$/u.test(name.slice(project.length + 1));
        if (isCopy && isContainer(entry)) found.push({ org, space, project: name });
      }
    } catch (error) {
      // The project space is made by the import.
      if (!isMigratorError(error, 'NOT_FOUND')) throw error;
    }
  }
  return found;
}

/** Whether the lists above the project do not have it. NOT_FOUND when the org is not shown either. */
async function isMissing({ client }: Server, { org, space, project }: ProjectPath, signal: AbortSignal) {
  const has = (entries: readonly Entry[], name: string) =>
    entries.some((entry) => isContainer(entry) && entry.name === name);
  try {
    return !has((await client.list([org, space], signal)).entries, project);
  } catch (error) {
    if (!isMigratorError(error, 'NOT_FOUND')) throw error;
    return !has((await client.list([org], signal)).entries, space);
  }
}
