// Lists of a space that are not plain lists of documents, and the order that people give to environments and tag sets.
import { asList, asObjects, isObject, type Json } from '../shared/json.ts';
import type { Entry } from '../shared/store.ts';
import { collection } from './collection.ts';
import { filtersOf, narrowed } from './document-filters.ts';
import { putDocument } from './instance.ts';
import { lifecyclePhases } from './lifecycle.ts';
import { findDocument } from './lookup.ts';
import { paged } from './query.ts';
import { invalid, json } from './refusal.ts';
import { resource } from './resource.ts';
import { asText } from './tolerant-json.ts';
import { route, type Route, type Visit } from './visit.ts';

/** Sets SortOrder by the order of the ids in the body. */
function sortOrder(kind: string): Route['handle'] {
  return async (visit) => {
    const { store } = visit.instance;
    const ids = await visit.body();
    if (!Array.isArray(ids)) throw invalid('Please provide a list of ids.');
    const entries = ids.map((id) => findDocument(visit, kind, asText(id)));
    store.atomically(() => {
      for (const [SortOrder, { id, body }] of entries.entries())
        putDocument(store, kind, { ...body, Id: id, SortOrder });
    });
    return json(200, store.all(kind, visit.space).map(resource));
  };
}

const order = ({ body }: Entry) => Number(body['SortOrder'] ?? 0);

const environments = (visit: Visit) =>
  narrowed(visit, 'Environments', visit.instance.store.all('Environments', visit.space)).toSorted(
    (a, b) => order(a) - order(b),
  );

const inEnvironment = (visit: Visit, id: string) =>
  visit.instance.store
    .all('Machines', visit.space)
    .filter(({ body }) => Array.isArray(body['EnvironmentIds']) && body['EnvironmentIds'].includes(id));

function summary(visit: Visit) {
  const shown = environments(visit).map((environment) => {
    const machines = inEnvironment(visit, environment.id);
    return { Environment: resource(environment), TotalMachines: machines.length, Links: {} };
  });
  return json(200, {
    TotalMachines: shown.reduce((sum, { TotalMachines }) => sum + TotalMachines, 0),
    EnvironmentSummaries: shown,
    Links: {},
  });
}

/** Variables that are scoped to this environment and to no other. */
function singlyScoped(visit: Visit) {
  const { store } = visit.instance;
  const { id } = findDocument(visit, 'Environments');
  const only = (variable: unknown) => {
    const scope = isObject(variable) && isObject(variable['Scope']) ? variable['Scope']['Environment'] : undefined;
    return Array.isArray(scope) && scope.length === 1 && scope[0] === id;
  };
  const map = store.all('Variables', visit.space).flatMap(({ body }) => {
    const names = asList(body['Variables'])
      .filter(only)
      .map((one: unknown) => (isObject(one) ? asText(one['Name']) : ''));
    return names.length === 0 || body['IsFrozen'] === true ? [] : [[asText(body['OwnerId']), names] as const];
  });
  return json(200, {
    HasUnauthorizedProjectVariables: false,
    HasUnauthorizedLibraryVariableSetVariables: false,
    VariableMap: Object.fromEntries(map),
  });
}

function variableNames(visit: Visit) {
  const project = visit.call.query('project');
  const names = visit.instance.store
    .all('Variables', visit.space)
    .filter(({ body }) => body['IsFrozen'] !== true && (project === undefined || body['OwnerId'] === project))
    .flatMap(({ body }) => asObjects(body['Variables']))
    .map((one) => asText(one['Name']));
  return json(200, [...new Set(names)].toSorted());
}

function lifecyclePreview(visit: Visit) {
  const lifecycle = findDocument(visit, 'Lifecycles');
  const phases = lifecyclePhases(visit.instance.store, lifecycle);
  return json(200, { ...resource(lifecycle), Phases: phases.map(({ body }) => body) });
}

/** All different words that the machines of a space have for something. */
const ofMachines =
  (read: (body: Json) => readonly unknown[]): Route['handle'] =>
  (visit) => {
    const words = visit.instance.store
      .all('Machines', visit.space)
      .flatMap(({ body }) => read(body).map((one) => asText(one)));
    return json(200, [...new Set(words)].filter((word) => word !== '').toSorted());
  };

const view = (permission: string) => ({ method: 'GET', scoped: true, permission }) as const;

export const spaceListRoutes: readonly Route[] = [
  route('PUT', '/environments/sortorder', { scoped: true, permission: 'EnvironmentEdit' }, sortOrder('Environments')),
  route('PUT', '/tagsets/sortorder', { scoped: true, permission: 'TagSetEdit' }, sortOrder('TagSets')),
  {
    ...view('EnvironmentView'),
    path: '/environments/v2',
    query: paged(...filtersOf('Environments')),
    handle: (visit) =>
      collection(visit, environments(visit), {
        itemType: 'EnvironmentV2',
        present: (entry) => ({ ...resource(entry), Type: 'Static' }),
        filters: filtersOf('Environments'),
      }),
  },
  { ...view('EnvironmentView'), path: '/environments/summary', query: filtersOf('Environments'), handle: summary },
  { ...view('EnvironmentView'), path: '/environments/:id/singlyScopedVariableDetails', handle: singlyScoped },
  {
    ...view('EnvironmentView'),
    path: '/runbooks/:id/environments',
    handle: (visit) => {
      const { body } = findDocument(visit, 'Runbooks');
      const own = new Set(asList(body['Environments']).map(String));
      const all = environments(visit).filter(({ id }) => body['EnvironmentScope'] !== 'Specified' || own.has(id));
      return json(200, all.map(resource));
    },
  },
  { ...view('EnvironmentView'), path: '/environments/:id/metadata', handle: () => json(200, []) },
  { ...view('MachineView'), path: '/machineroles/all', handle: ofMachines((body) => asList(body['Roles'])) },
  {
    ...view('MachineView'),
    path: '/machines/operatingsystem/shells/all',
    handle: ofMachines((body) => [body['ShellName']]),
  },
  {
    ...view('MachineView'),
    path: '/machines/operatingsystem/names/all',
    handle: ofMachines((body) => [body['OperatingSystem']]),
  },
  { ...view('VariableView'), path: '/variables/names', query: ['project'], handle: variableNames },
  { ...view('LifecycleView'), path: '/lifecycles/:id/preview', handle: lifecyclePreview },
];
