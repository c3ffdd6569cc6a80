import type { Reply } from '../shared/server.ts';
import { newGuid } from './identifiers.ts';
import { isConfigurationType } from './metadata/object-types.ts';
import { ancestorsOf, configuration, findVisible, objectsOf, usersOf, type MetadataObject } from './metadata/object.ts';
import { ancestorList, summaryOf } from './metadata/view.ts';
import { invalid, json, missing, Refusal } from './refusal.ts';
import { pageOf, readFlag, readInteger, totalOf } from './request.ts';
import { route, type Route, type Visit } from './visit.ts';

/** EnumDSSXMLSearchTypes: 1 begins with, 2 equals, 3 a word begins with, 4 contains, 5 ends with. */
function matches(name: string, wanted: string, pattern: number): boolean {
  const [text, part] = [name.toLowerCase(), wanted.toLowerCase()];
  if (pattern === 1) return text.startsWith(part);
  if (pattern === 2) return text === part;
  if (pattern === 3) return text.split(/\s+/).some((word) => word.startsWith(part));
  return pattern === 5 ? text.endsWith(part) : text.includes(part);
}

function typesOf(visit: Visit): readonly number[] {
  const texts = new URL(visit.call.request.url ?? '/', 'http://library').searchParams.getAll('type');
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const number = readInteger(text);
      if (number === undefined) throw invalid('The value of type is invalid.');
      return number;
    });
}

const isOf = (object: MetadataObject, type: number) => object.type === type || object.subtype === type;

/** Reads `<id>;<type>`: the object whose dependencies a search wants. */
const idOf = (text: string | undefined) => text?.split(';')[0]?.toUpperCase();

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

/** A search in a project also finds objects of the configuration, such as users and schedules. */
function scopeOf(visit: Visit): string {
  const types = typesOf(visit);
  const outside = types.length > 0 && types.every(isConfigurationType);
  return outside ? configuration : (visit.project ?? configuration);
}

function searched(visit: Visit): readonly MetadataObject[] {
  const { instance, call } = visit;
  const { store } = instance;
  const scope = scopeOf(visit);
  const [name, root] = [call.query('name'), call.query('root')];
  const types = typesOf(visit);
  const pattern = readInteger(call.query('pattern') ?? 4) ?? 4;
  let found = objectsOf(store, scope).filter(({ type }) => type !== 32);
  const [using, usedBy] = [idOf(call.query('usesObject')), idOf(call.query('usedByObject'))];
  if (using !== undefined) {
    const recursive = readFlag(call.query('usesRecursive')) === true;
    const ids = neighbours(found, using, (id) => usersOf(found, id).map((one) => one.id), recursive);
    found = found.filter(({ id, parent }) => ids.has(id) && parent !== using);
  }
  if (usedBy !== undefined) {
    const recursive = readFlag(call.query('usedByRecursive')) === true;
    const step = (id: string) => findVisible(store, scope, id)?.uses.map((use) => use.id) ?? [];
    const ids = neighbours([...found, ...objectsOf(store, configuration)], usedBy, step, recursive);
    found = [...ids].flatMap((id) => findVisible(store, scope, id) ?? []);
  }
  return found
    .filter((object) => types.length === 0 || types.some((type) => isOf(object, type)))
    .filter((object) => name === undefined || name === '' || matches(object.name, name, pattern))
    .filter((object) => root === undefined || ancestorsOf(store, scope, object).some(({ id }) => id === root));
}

function quickSearch(visit: Visit): Reply {
  const { instance, call, project } = visit;
  const { store } = instance;
  const found = searched(visit);
  const ancestors = readFlag(call.query('getAncestors')) === true;
  const result = pageOf(visit, found).map((object) => ({
    ...summaryOf(store, object),
    ...(ancestors ? { ancestors: ancestorList(store, project ?? configuration, object) } : {}),
    ...(project === undefined ? {} : { projectId: project }),
  }));
  return json(200, { totalItems: found.length, result });
}

/** A search in two steps: the result is stored under an id, and then read page by page. */
function metadataSearches(): readonly Route[] {
  const kept = new Map<string, readonly MetadataObject[]>();
  return [
    route('POST', '/metadataSearches/results', { project: 'heeded' }, (visit) => {
      const found = searched(visit);
      const id = newGuid();
      kept.set(id, found);
      // Nobody reads the result of an old search any more.
      for (const old of [...kept.keys()].slice(0, -100)) kept.delete(old);
      return json(200, { id, totalItems: found.length });
    }),
    route('GET', '/metadataSearches/results', {}, (visit) => {
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
  route('GET', '/searches/results', { project: 'heeded' }, quickSearch),
  ...metadataSearches(),
];
