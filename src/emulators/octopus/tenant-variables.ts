// Values that tenants give to the templates of projects and variable sets. They lie in the tenant's document under a
// name that is never shown, by owner, then for projects by environment, then by template.
import { asList, asObjects, isObject, type Json, memberAt } from '../shared/json.ts';
import type { Entry } from '../shared/store.ts';
import { putDocument } from './instance.ts';
import { findDocument } from './lookup.ts';
import { invalid, json } from './refusal.ts';
import { masked, sealed } from './sensitive.ts';
import { asText, members } from './tolerant-json.ts';
import type { Route, Visit } from './visit.ts';

const kept = '$variables';

const tenantOf = (visit: Visit): Entry => findDocument(visit.instance.store, 'Tenants', visit.space, visit.param('id'));

interface Owner {
  readonly entry: Entry;
  readonly templates: readonly Json[];
  /** Empty for variable sets: their values hold in all environments. */
  readonly environments: readonly string[];
}

const templatesOf = (entry: Entry) => asObjects(entry.body['Templates']);

/** The projects a tenant is linked to. */
function projectsOf(visit: Visit, tenant: Entry): readonly Owner[] {
  const links = tenant.body['ProjectEnvironments'];
  return Object.entries(isObject(links) ? links : {}).flatMap(([id, environments]) => {
    const entry = visit.instance.store.get('Projects', id);
    const own = asList(environments).map(String);
    return entry === undefined ? [] : [{ entry, templates: templatesOf(entry), environments: own }];
  });
}

/** The variable sets those projects include. */
function setsOf(visit: Visit, tenant: Entry): readonly Owner[] {
  const ids = projectsOf(visit, tenant).flatMap(({ entry }) => {
    const included = entry.body['IncludedLibraryVariableSetIds'];
    return asList(included).map(String);
  });
  return [...new Set(ids)]
    .map((id) => visit.instance.store.get('LibraryVariableSets', id))
    .filter((entry) => entry !== undefined)
    .map((entry) => ({ entry, templates: templatesOf(entry), environments: [] }));
}

function variablesDocument(visit: Visit, tenant: Entry): Json {
  const values = tenant.body[kept];
  const shown = (...path: string[]) => masked(memberAt(values, ...path) ?? {});
  return {
    TenantId: tenant.id,
    TenantName: tenant.name,
    SpaceId: tenant.container,
    ProjectVariables: Object.fromEntries(
      projectsOf(visit, tenant).map(({ entry: { id, name }, templates, environments }) => [
        id,
        {
          ProjectId: id,
          ProjectName: name,
          Templates: templates,
          Variables: Object.fromEntries(environments.map((environment) => [environment, shown(id, environment)])),
          Links: {},
        },
      ]),
    ),
    LibraryVariables: Object.fromEntries(
      setsOf(visit, tenant).map(({ entry: { id, name }, templates }) => [
        id,
        {
          LibraryVariableSetId: id,
          LibraryVariableSetName: name,
          Templates: templates,
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
  const before = tenant.body[kept];
  const next = { ...(isObject(before) ? before : {}), ...(sealed(visit.instance.vault, values, before) as Json) };
  return json(
    200,
    variablesDocument(visit, putDocument(visit.instance.store, 'Tenants', { ...tenant.body, [kept]: next })),
  );
}

interface Place {
  readonly owner: Owner;
  readonly template: Json;
  /** Undefined for a variable set's template. */
  readonly environment: string | undefined;
  readonly value: unknown;
}

const places = (tenant: Entry, owners: readonly Owner[]): readonly Place[] =>
  owners.flatMap((owner) =>
    owner.templates.flatMap((template) =>
      (owner.environments.length === 0 ? [undefined] : owner.environments).map((environment) => {
        const path = [owner.entry.id, ...(environment === undefined ? [] : [environment]), asText(template['Id'])];
        return { owner, template, environment, value: memberAt(tenant.body[kept], ...path) };
      }),
    ),
  );

/** Without a value of the tenant's own and without a default. */
const isMissing = ({ value, template }: Place) =>
  (value === undefined || value === '') && ['', undefined, null].includes(template['DefaultValue'] as string);

function missing(visit: Visit) {
  const { query } = visit.call;
  const fits = (wanted: string | undefined, id: string | undefined) =>
    wanted === undefined || wanted === '' || wanted.toLowerCase() === id?.toLowerCase();
  const tenants = visit.instance.store.all('Tenants', visit.space).filter(({ id }) => fits(query('tenantId'), id));
  const rows = tenants.map((tenant) => ({
    TenantId: tenant.id,
    MissingVariables: places(tenant, [...projectsOf(visit, tenant), ...setsOf(visit, tenant)])
      .filter(isMissing)
      .filter(({ owner }) => owner.environments.length === 0 || fits(query('projectId'), owner.entry.id))
      .filter(({ environment }) => environment === undefined || fits(query('environmentId'), environment))
      .map(({ owner, template, environment }) => ({
        ...(environment === undefined
          ? { LibraryVariableSetId: owner.entry.id }
          : { ProjectId: owner.entry.id, EnvironmentId: environment }),
        VariableTemplateId: template['Id'],
        VariableTemplateName: template['Name'],
        Links: {},
      })),
    Links: {},
  }));
  return json(
    200,
    rows.filter(({ MissingVariables }) => MissingVariables.length > 0),
  );
}

/** The newer documents: one row per value, common ones and those of projects apart. */
function rows(visit: Visit, tenant: Entry, kind: 'common' | 'project') {
  const all = places(tenant, kind === 'common' ? setsOf(visit, tenant) : projectsOf(visit, tenant));
  const row = ({ owner, template, environment, value }: Place) => ({
    Id: value === undefined ? null : `TenantVariables-${tenant.id}-${asText(template['Id'])}-${environment ?? 'all'}`,
    ...(kind === 'common'
      ? { LibraryVariableSetId: owner.entry.id, LibraryVariableSetName: owner.entry.name }
      : { ProjectId: owner.entry.id, ProjectName: owner.entry.name }),
    TemplateId: template['Id'],
    Template: template,
    Value: value === undefined ? (template['DefaultValue'] ?? '') : masked(value),
    Scope: { EnvironmentIds: environment === undefined ? [] : [environment] },
  });
  return {
    TenantId: tenant.id,
    Variables: all.filter(({ value }) => value !== undefined).map(row),
    ...(visit.call.query('includeMissingVariables')?.toLowerCase() === 'true'
      ? { MissingVariables: all.filter(isMissing).map(row) }
      : {}),
  };
}

/** Values by owner as the older document has them, from rows that name at least their template. */
function valuesOf(sent: unknown, owners: readonly Owner[]): Record<string, Record<string, unknown>> {
  const values: Record<string, Record<string, unknown>> = {};
  for (const get of asObjects(sent).map(members)) {
    const template = asText(get('TemplateId'));
    const owner = owners.find(({ templates }) => templates.some(({ Id }) => Id === template));
    if (owner === undefined) throw invalid(`There is no variable template '${template}' for this tenant.`);
    const own = (values[owner.entry.id] ??= {});
    const environments = memberAt(get('Scope'), 'EnvironmentIds');
    if (owner.entry.kind !== 'Projects') own[template] = get('Value');
    else if (Array.isArray(environments)) {
      for (const environment of environments.map(String)) {
        own[environment] = { ...(own[environment] as Json | undefined), [template]: get('Value') };
      }
    }
  }
  return values;
}

/** Replaces all rows of one kind; the body is the list or holds it as Variables. */
function setRows(kind: 'common' | 'project'): Route['handle'] {
  return async (visit) => {
    const tenant = tenantOf(visit);
    const owners = (kind === 'common' ? setsOf : projectsOf)(visit, tenant);
    const body = await visit.body();
    const values = valuesOf(Array.isArray(body) ? body : members(body)('Variables'), owners);
    const before = tenant.body[kept];
    const owned = new Set(owners.map(({ entry }) => entry.id));
    const others = Object.entries(isObject(before) ? before : {}).filter(([id]) => !owned.has(id));
    const next = { ...Object.fromEntries(others), ...(sealed(visit.instance.vault, values, before) as Json) };
    return json(200, rows(visit, putDocument(visit.instance.store, 'Tenants', { ...tenant.body, [kept]: next }), kind));
  };
}

function tagTest(visit: Visit) {
  const list = (name: string) => (visit.call.query(name) ?? '').split(',').filter((one) => one !== '');
  const wanted = list('tags');
  const tested = list('tenantIds').map((id) => findDocument(visit.instance.store, 'Tenants', visit.space, id));
  const result = tested.map(({ id, body }) => {
    const own = asList(body['TenantTags']).map(String);
    const MissingTags = wanted.filter((tag) => !own.includes(tag));
    const IsMatched = MissingTags.length === 0;
    return [id, { IsMatched, Reason: IsMatched ? '' : 'The tenant lacks tags.', MissingTags }] as const;
  });
  return json(200, Object.fromEntries(result));
}

const view = { method: 'GET', scoped: true, permission: 'TenantView' } as const;
const edit = { method: 'PUT', scoped: true, permission: 'TenantEdit' } as const;

export const tenantRoutes: readonly Route[] = [
  { ...view, path: '/tenants/tag-test', handle: tagTest },
  { ...view, path: '/tenants/variables-missing', handle: missing },
  { ...view, path: '/tenants/status', handle: () => json(200, { Enabled: true, Links: {} }) },
  {
    ...view,
    path: '/tenantvariables/all',
    handle: (visit) =>
      json(
        200,
        visit.instance.store.all('Tenants', visit.space).map((tenant) => variablesDocument(visit, tenant)),
      ),
  },
  {
    ...view,
    path: '/tenants/:id/variables',
    handle: (visit) => json(200, variablesDocument(visit, tenantOf(visit))),
  },
  { ...edit, path: '/tenants/:id/variables', handle: setVariables },
  {
    ...view,
    path: '/tenants/:id/commonvariables',
    handle: (visit) => json(200, rows(visit, tenantOf(visit), 'common')),
  },
  {
    ...view,
    path: '/tenants/:id/projectvariables',
    handle: (visit) => json(200, rows(visit, tenantOf(visit), 'project')),
  },
  { ...edit, path: '/tenants/:id/commonvariables', handle: setRows('common') },
  { ...edit, path: '/tenants/:id/projectvariables', handle: setRows('project') },
];
