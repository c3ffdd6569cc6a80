import { MigratorError } from '../../../errors.ts';
import { didYouMean, matchByName, noProjects, severalFit } from '../../shared/match-by-name.ts';
import { idFrom } from '../packages/package-name.ts';
import type { Library } from '../server.ts';
import type { Project } from '../wire/schemas.ts';

export interface Selection {
  readonly project: Project;
  readonly notes: readonly string[];
}

/**
 * The project that a package is made of. NOT_FOUND names all missing projects at once. USAGE when a name fits several
 * projects, or when several are named, because a package belongs to one.
 */
export async function selectProject(
  { client, connection }: Library,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<Selection> {
  const names = wanted.length > 0 || connection.project === undefined ? wanted : [connection.project];
  if (names.length === 0) {
    throw new MigratorError('USAGE', 'no project was named', {
      hint: 'name one with --project, or set `project` of the instance',
    });
  }
  const all = await client.projects(signal);
  const results = names.map((name) => ({ name, result: matchByName(all, name) }));
  const missing = results.filter(({ result }) => result.found === undefined && result.candidates.length === 0);
  if (missing.length > 0) {
    const nearest = missing.flatMap(({ result }) => ('nearest' in result ? result.nearest : []));
    throw notFound(
      missing.map(({ name }) => name),
      nearest,
      all,
      connection.name,
    );
  }
  const chosen = results.map(({ name, result }) => {
    if (result.found !== undefined) return { project: result.found, note: result.note };
    throw severalFit('project', [name], result.candidates);
  });
  const [first, ...others] = new Map(chosen.map((one) => [one.project.id, one])).values();
  if (first === undefined || others.length > 0) {
    throw new MigratorError('USAGE', 'a migration package belongs to one project', {
      hint: 'run the command once for each project',
    });
  }
  return {
    project: first.project,
    notes: [...(first.note === undefined ? [] : [first.note]), ...unloaded(first.project, connection.name)],
  };
}

export interface Wanted {
  /** The project that the user named. When it is undefined, the source's id and name decide. */
  readonly named: string | undefined;
  readonly sourceId?: string | undefined;
  readonly sourceName?: string | undefined;
  /** The id of the package, when only that tells the name of the project. */
  readonly slug?: string | undefined;
}

/**
 * The project that a package goes into: the named one, else the one with the same id, else the one with the same name,
 * else the project of the instance.
 */
export async function selectTarget(
  { client, connection }: Library,
  { named, sourceId, sourceName, slug }: Wanted,
  signal: AbortSignal,
): Promise<Selection> {
  const all = await client.projects(signal);
  const choose = (project: Project, note?: string): Selection => ({
    project,
    notes: [...(note === undefined ? [] : [note]), ...unloaded(project, connection.name)],
  });
  const byName = named ?? (sourceId === undefined && slug === undefined ? connection.project : undefined);
  if (byName !== undefined) {
    const result = matchByName(all, byName);
    if (result.found !== undefined) return choose(result.found, result.note);
    if (result.candidates.length > 0) throw severalFit('project', [byName], result.candidates);
    throw notFound([byName], result.nearest, all, connection.name);
  }
  const same =
    all.find(({ id }) => id.toUpperCase() === sourceId?.toUpperCase()) ??
    only(all.filter(({ name }) => name === sourceName)) ??
    only(all.filter(({ name }) => slug !== undefined && idFrom(name) === slug)) ??
    all.find(({ id, name }) => id === connection.project || name === connection.project);
  if (same !== undefined) return choose(same);
  throw new MigratorError(
    'NOT_FOUND',
    `${connection.name} has no project to import into${sourceName === undefined ? '' : `: none has the id or the name of ${sourceName}`}`,
    {
      hint: `name one with --target-project; there ${all.length === 0 ? 'are none that this account may see' : `are ${some(all)}`}`,
      details: { missing: [sourceName ?? sourceId ?? 'a project'] },
    },
  );
}

function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function some(projects: readonly Project[]): string {
  const names = projects.slice(0, 5).map(({ name }) => name);
  return `${names.join(', ')}${projects.length > names.length ? ' and others' : ''}`;
}

function unloaded({ name, status }: Project, instance: string): string[] {
  return status === undefined || status === 0
    ? []
    : [`project ${name} of ${instance} is not loaded (status ${status}); the server may refuse to work on it`];
}

function notFound(
  missing: readonly string[],
  nearest: readonly string[],
  all: readonly Project[],
  instance: string,
): MigratorError {
  const there = all.length === 0 ? 'the account may see no project' : `there are: ${some(all)}`;
  return noProjects(missing, ` on ${instance}`, didYouMean(nearest, there));
}
