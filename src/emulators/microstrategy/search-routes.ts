import type { Json } from '../shared/json.ts';
import type { Reply } from '../shared/server.ts';
import { newGuid } from './identifiers.ts';
import { isConfigurationType, typeName } from './metadata/object-types.ts';
import { ancestorsOf, configuration, findVisible, objectsOf, usersOf, type MetadataObject } from './metadata/object.ts';
import { ancestorList, summaryOf } from './metadata/view.ts';
import { invalid, json, missing, Refusal } from './refusal.ts';
import { pageOf, readInteger, totalOf } from './request.ts';
import { filtersOf, flagOf, foldersIn, refuseOthers, typesOf } from './search-filter.ts';
import { paged, route, type Route, type Visit } from './visit.ts';

/** Reads `<id>;<type>`: the objects whose dependencies a search wants. */
const idsOf = ({ call }: Visit, name: string): readonly string[] =>
  call.search
    .getAll(name)
    .flatMap((text) => text.split(','))
    .map((text) => (text.split(';')[0] ?? '').toUpperCase())
    .filter((id) => id !== '');

/** The objects that an object needs, or that need it: directly, or also indirectly. */
function neighbours(
  objects: readonly MetadataObject[],
  start: string,
  step: (id: string) => readonly string[],
  recursive: boolean,
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const next of step(id).filter((one) => one !== start && !found.has(one))) {
      found.add(next);
      if (recursive) open.push(next);
    }
  }
  return new Set(objects.map(({ id }) => id).filter((id) => found.has(id)));
}

/**
 * Where a search looks, by EnumDSSXMLSearchDomain: 1 and 2 the project, 3 everything, 4 the configuration. A search in a
 * project for users or schedules finds those of the configuration.
 */
function scopesOf(visit: Visit): readonly string[] {
  const types = typesOf(visit);
  const domain = readInteger(visit.call.query('domain') ?? 2);
  if (domain === undefined || domain < 1 || domain > 4) throw invalid('The value of domain is invalid.');
  const { project } = visit;
  if (project === undefined || domain === 4) return [configuration];
  if (domain === 3) return [project, configuration];
  return types.length > 0 && types.every(isConfigurationType) ? [configuration] : [project];
}

/** The objects that all sets name, or one of them. */
function joined(sets: readonly ReadonlySet<string>[], any: boolean): (id: string) => boolean {
  return (id) => (any ? sets.some((one) => one.has(id)) : sets.every((one) => one.has(id)));
}

function searched(visit: Visit, body: Json = {}): readonly MetadataObject[] {
  const { instance, call, project } = visit;
  const { store } = instance;
  const places = scopesOf(visit);
  const [scope = configuration] = places;
  const root = call.query('root') ?? '';
  const { deep, excluded } = foldersIn(body);
  const [usesRecursive, usesOneOf] = [flagOf(visit, 'usesRecursive'), flagOf(visit, 'usesOneOf')];
  const [usedByRecursive, usedByOneOf] = [flagOf(visit, 'usedByRecursive'), flagOf(visit, 'usedByOneOf')];
  let found: readonly MetadataObject[] = places
    .flatMap((place) => objectsOf(store, place))
    .filter(({ type }) => type !== 32);
  const [using, usedBy] = [idsOf(visit, 'usesObject'), idsOf(visit, 'usedByObject')];
  if (using.length > 0) {
    const all = found;
    const users = using.map((id) =>
      neighbours(all, id, (one) => usersOf(all, one).map((user) => user.id), usesRecursive),
    );
    const fits = joined(users, usesOneOf);
    found = found.filter(({ id, parent }) => fits(id) && !using.includes(parent ?? ''));
  }
  if (usedBy.length > 0) {
    const step = (id: string) => findVisible(store, scope, id)?.uses.map((use) => use.id) ?? [];
    const all = [...found, ...objectsOf(store, configuration)];
    const fits = joined(
      usedBy.map((id) => neighbours(all, id, step, usedByRecursive)),
      usedByOneOf,
    );
    const ids = new Set(all.map(({ id }) => id).filter(fits));
    found = [...ids].flatMap((id) => findVisible(store, scope, id) ?? []);
  }
  const above = (object: MetadataObject) => ancestorsOf(store, project ?? configuration, object).map(({ id }) => id);
  const isIn = (object: MetadataObject) => (deep ? above(object).includes(root) : object.parent === root);
  return filtersOf(visit, body)
    .reduce((left, keep) => left.filter(keep), found)
    .filter((object) => root === '' || isIn(object))
    .filter((object) => excluded.length === 0 || !above(object).some((id) => excluded.includes(id)));
}

function quickSearch(visit: Visit): Reply {
  const { instance, project } = visit;
  const { store } = instance;
  refuseOthers(visit);
  const found = searched(visit);
  const ancestors = flagOf(visit, 'getAncestors');
  const result = pageOf(visit, found).map((object) => ({
    ...summaryOf(store, object),
    ...(ancestors ? { ancestors: ancestorList(store, project ?? configuration, object) } : {}),
    ...(project === undefined ? {} : { projectId: project }),
  }));
  return json(200, { totalItems: found.length, result });
}

/** What every search understands. */
const filters = ['name', 'type', 'pattern', 'domain', 'root', 'beginModificationTime', 'endModificationTime'];
const dependencies = [
  'usesObject',
  'usesRecursive',
  'usesOneOf',
  'usedByObject',
  'usedByRecursive',
  'usedByOneOf',
] as const;
const stored = [...filters, ...dependencies, 'scope'];

/** A search in two steps: the result is stored under an id, and then read page by page. */
function metadataSearches(): readonly Route[] {
  const kept = new Map<string, readonly MetadataObject[]>();
  const keep = (found: readonly MetadataObject[]): Reply => {
    const id = newGuid();
    kept.set(id, found);
    // Nobody reads the result of an old search any more.
    for (const old of [...kept.keys()].slice(0, -100)) kept.delete(old);
    return json(200, { id, totalItems: found.length });
  };
  return [
    route('POST', '/metadataSearches/results', { project: 'heeded', query: stored }, (visit) => keep(searched(visit))),
    // The second version has more filters, some of them in its body.
    route(
      'POST',
      '/v2/metadataSearches/results',
      { project: 'heeded', query: [...stored, 'visibility'] },
      async (visit) => keep(searched(visit, await visit.document())),
    ),
    route('GET', '/metadataSearches/results', { query: paged('searchId') }, (visit) => {
      const id = visit.call.query('searchId');
      if (id === undefined) throw missing('The query parameter searchId is missing.');
      const found = kept.get(id);
      if (found === undefined) throw new Refusal(404, 'ERR004', `The search '${id}' is not found.`);
      return json(
        200,
        pageOf(visit, found).map((object) => summaryOf(visit.instance.store, object)),
        totalOf(found),
      );
    }),
  ];
}

export const searchRoutes = (): readonly Route[] => [
  route(
    'GET',
    '/searches/results',
    { project: 'heeded', query: paged(...stored, 'visibility', 'getAncestors', 'certifiedStatus', 'isCrossCluster') },
    quickSearch,
  ),
  ...metadataSearches(),
  // A search that somebody has saved: what it looks for.
  route('GET', '/searchObjects/:id', { project: 'heeded' }, ({ instance, param, project }) => {
    const found = findVisible(instance.store, project ?? configuration, param('id'));
    if (found?.type !== 39) throw new Refusal(404, 'ERR004', `The search object '${param('id')}' is not found.`);
    const { searched: type } = found.definition;
    const types = typeof type === 'number' ? [typeName(type).toLowerCase().replaceAll(' ', '_')] : [];
    return json(200, { id: found.id, name: found.name, objectTypesQuery: types, includeSubfolders: true });
  }),
];
