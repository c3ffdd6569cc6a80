// Routes for the variables of tenants: the older document of all values, and the newer lists of rows.
import { flagIn } from '../shared/query.ts';
import { readList } from './collection.ts';
import { asList, isObject, type Json } from '../shared/json.ts';
import type { Entry } from '../shared/store.ts';
import { narrowed } from './document-filters.ts';
import { findDocument } from './lookup.ts';
import { json } from './refusal.ts';
import { masked } from './sensitive.ts';
import {
  isMissing,
  keepValues,
  keptValue,
  places,
  projectsOf,
  setsOf,
  valuesOf,
  type Place,
} from './tenant-variables.ts';
import { asText, members } from './tolerant-json.ts';
import { route, type Route, type Visit } from './visit.ts';

const tenantOf = (visit: Visit): Entry => findDocument(visit, 'Tenants');

function variablesDocument(visit: Visit, tenant: Entry): Json {
  const { store } = visit.instance;
  const shown = (...path: string[]) => masked(keptValue(tenant, ...path) ?? {});
  return {
    TenantId: tenant.id,
    TenantName: tenant.name,
    SpaceId: tenant.container,
    ProjectVariables: Object.fromEntries(
      projectsOf(store, tenant).map(({ entry: { id, name }, templates, environments }) => [
        id,
        {
          ProjectId: id,
          ProjectName: name,
          Templates: masked(templates),
          Variables: Object.fromEntries(environments.map((environment) => [environment, shown(id, environment)])),
          Links: {},
        },
      ]),
    ),
    LibraryVariables: Object.fromEntries(
      setsOf(store, tenant).map(({ entry: { id, name }, templates }) => [
        id,
        {
          LibraryVariableSetId: id,
          LibraryVariableSetName: name,
          Templates: masked(templates),
          Variables: shown(id),
          Links: {},
        },
      ]),
    ),
    Links: { Self: `/api/${tenant.container ?? ''}/tenants/${tenant.id}/variables` },
  };
}

async function setVariables(visit: Visit) {
  const tenant = tenantOf(visit);
  const get = members(await visit.document());
  const owners = ['ProjectVariables', 'LibraryVariables'].flatMap((name) => {
    const given = get(name);
    return isObject(given) ? Object.entries(given) : [];
  });
  const values = Object.fromEntries(owners.map(([id, one]) => [id, members(one)('Variables') ?? {}]));
  return json(200, variablesDocument(visit, keepValues(visit.instance, tenant, values)));
}

function missing(visit: Visit) {
  const { query } = visit.call;
  const { store } = visit.instance;
  const fits = (wanted: string | undefined, id: string | undefined) =>
    wanted === undefined || wanted === '' || wanted.toLowerCase() === id?.toLowerCase();
  const details = flagIn(visit.call, 'includeDetails') !== false;
  const tenants = store.all('Tenants', visit.space).filter(({ id }) => fits(query('tenantId'), id));
  const rows = tenants.map((tenant) => ({
    TenantId: tenant.id,
    MissingVariables: places(tenant, [...projectsOf(store, tenant), ...setsOf(store, tenant)])
      .filter(isMissing)
      .filter(({ owner }) => owner.environments.length === 0 || fits(query('projectId'), owner.entry.id))
      .filter(({ environment }) => environment === undefined || fits(query('environmentId'), environment))
      .map(({ owner, template, environment }) => ({
        ...(environment === undefined
          ? { LibraryVariableSetId: owner.entry.id }
          : { ProjectId: owner.entry.id, EnvironmentId: environment }),
        VariableTemplateId: template['Id'],
        ...(details ? { VariableTemplateName: template['Name'] } : {}),
        Links: {},
      })),
    Links: {},
  }));
  return json(
    200,
    rows.filter(({ MissingVariables }) => MissingVariables.length > 0),
  );
}

type Kind = 'common' | 'project';

const ownersOf = ({ instance }: Visit, tenant: Entry, kind: Kind) =>
  (kind === 'common' ? setsOf : projectsOf)(instance.store, tenant);

/** The newer documents: one row per value. Values of variable sets (common) and of projects are separate lists. */
function rows(visit: Visit, tenant: Entry, kind: Kind) {
  const all = places(tenant, ownersOf(visit, tenant, kind));
  const row = ({ owner, template, environment, value }: Place) => ({
    Id: value === undefined ? null : `TenantVariables-${tenant.id}-${asText(template['Id'])}-${environment ?? 'all'}`,
    ...(kind === 'common'
      ? { LibraryVariableSetId: owner.entry.id, LibraryVariableSetName: owner.entry.name }
      : { ProjectId: owner.entry.id, ProjectName: owner.entry.name }),
    TemplateId: template['Id'],
    Template: masked(template),
    Value: value === undefined ? masked(template['DefaultValue'] ?? '') : masked(value),
    Scope: { EnvironmentIds: environment === undefined ? [] : [environment] },
  });
  return {
    TenantId: tenant.id,
    Variables: all.filter(({ value }) => value !== undefined).map(row),
    ...(flagIn(visit.call, 'includeMissingVariables') === true
      ? { MissingVariables: all.filter(isMissing).map(row) }
      : {}),
  };
}

/** Replaces all rows of one kind. The body is the list, or an object with the list as Variables. */
function setRows(kind: Kind): Route['handle'] {
  return async (visit) => {
    const tenant = tenantOf(visit);
    const owners = ownersOf(visit, tenant, kind);
    const body = await visit.body();
    const values = valuesOf(Array.isArray(body) ? body : members(body)('Variables'), owners);
    return json(200, rows(visit, keepValues(visit.instance, tenant, values, owners), kind));
  };
}

function tagTest(visit: Visit) {
  const list = (name: string) => readList(visit, name) ?? [];
  const wanted = list('tags');
  const tested = list('tenantIds').map((id) => findDocument(visit, 'Tenants', id));
  const result = tested.map(({ id, body }) => {
    const own = asList(body['TenantTags']).map(String);
    const MissingTags = wanted.filter((tag) => !own.includes(tag));
    const IsMatched = MissingTags.length === 0;
    return [id, { IsMatched, Reason: IsMatched ? '' : 'The tenant lacks tags.', MissingTags }] as const;
  });
  return json(200, Object.fromEntries(result));
}

const view = { scoped: true, permission: 'TenantView' };
const edit = { scoped: true, permission: 'TenantEdit' };

export const tenantRoutes: readonly Route[] = [
  route('GET', '/tenants/tag-test', { ...view, query: ['tenantIds', 'tags'] }, tagTest),
  route(
    'GET',
    '/tenants/variables-missing',
    { ...view, query: ['tenantId', 'projectId', 'environmentId', 'includeDetails'] },
    missing,
  ),
  route('GET', '/tenants/status', view, () => json(200, { Enabled: true, Links: {} })),
  route('GET', '/tenantvariables/all', { ...view, query: ['projectId'] }, (visit) =>
    json(
      200,
      narrowed(visit, 'Tenants', visit.instance.store.all('Tenants', visit.space)).map((tenant) =>
        variablesDocument(visit, tenant),
      ),
    ),
  ),
  route('GET', '/tenants/:id/variables', view, (visit) => json(200, variablesDocument(visit, tenantOf(visit)))),
  route('PUT', '/tenants/:id/variables', edit, setVariables),
  route('GET', '/tenants/:id/commonvariables', { ...view, query: ['includeMissingVariables'] }, (visit) =>
    json(200, rows(visit, tenantOf(visit), 'common')),
  ),
  route('GET', '/tenants/:id/projectvariables', { ...view, query: ['includeMissingVariables'] }, (visit) =>
    json(200, rows(visit, tenantOf(visit), 'project')),
  ),
  route('PUT', '/tenants/:id/commonvariables', edit, setRows('common')),
  route('PUT', '/tenants/:id/projectvariables', edit, setRows('project')),
];
