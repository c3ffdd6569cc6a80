// Values that tenants give to the templates of projects and variable sets. They are kept in the tenant's document, in a
// member that no answer shows: by owner, for projects then by environment, and then by template.
import { asList, asObjects, isObject, memberAt, type Json } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';
import { putDocument, type Instance } from './instance.ts';
import { invalid } from './refusal.ts';
import { sealed } from './sensitive.ts';
import { asText, members } from './tolerant-json.ts';

const kept = '$variables';

/** A stored value, or the values below a shorter path. */
export const keptValue = (tenant: Entry, ...path: readonly string[]): unknown => memberAt(tenant.body[kept], ...path);

/** Keeps the values of all owners that are named; those of the owners in `replaced` go even when they are not. */
export function keepValues(instance: Instance, tenant: Entry, values: Json, replaced: readonly Owner[] = []): Entry {
  const before = keptValue(tenant);
  const gone = new Set(replaced.map(({ entry }) => entry.id));
  const others = Object.entries(isObject(before) ? before : {}).filter(([id]) => !gone.has(id));
  const next = { ...Object.fromEntries(others), ...(sealed(instance.vault, values, before) as Json) };
  return putDocument(instance.store, 'Tenants', { ...tenant.body, [kept]: next });
}

export interface Owner {
  readonly entry: Entry;
  readonly templates: readonly Json[];
  /** Empty for variable sets, whose values are the same in all environments. */
  readonly environments: readonly string[];
}

const templatesOf = (entry: Entry) => asObjects(entry.body['Templates']);

/** The projects a tenant is linked to. */
export function projectsOf(store: Store, tenant: Entry): readonly Owner[] {
  const links = tenant.body['ProjectEnvironments'];
  return Object.entries(isObject(links) ? links : {}).flatMap(([id, environments]) => {
    const entry = store.get('Projects', id);
    const own = asList(environments).map(String);
    return entry === undefined ? [] : [{ entry, templates: templatesOf(entry), environments: own }];
  });
}

/** The variable sets those projects include. */
export function setsOf(store: Store, tenant: Entry): readonly Owner[] {
  const ids = projectsOf(store, tenant).flatMap(({ entry }) => {
    const included = entry.body['IncludedLibraryVariableSetIds'];
    return asList(included).map(String);
  });
  return [...new Set(ids)]
    .map((id) => store.get('LibraryVariableSets', id))
    .filter((entry) => entry !== undefined)
    .map((entry) => ({ entry, templates: templatesOf(entry), environments: [] }));
}

export interface Place {
  readonly owner: Owner;
  readonly template: Json;
  /** Undefined for the template of a variable set. */
  readonly environment: string | undefined;
  readonly value: unknown;
}

export const places = (tenant: Entry, owners: readonly Owner[]): readonly Place[] =>
  owners.flatMap((owner) =>
    owner.templates.flatMap((template) =>
      (owner.environments.length === 0 ? [undefined] : owner.environments).map((environment) => {
        const path = [owner.entry.id, ...(environment === undefined ? [] : [environment]), asText(template['Id'])];
        return { owner, template, environment, value: keptValue(tenant, ...path) };
      }),
    ),
  );

/** True when there is neither a value of the tenant nor a default. */
export const isMissing = ({ value, template }: Place) =>
  (value === undefined || value === '') && ['', undefined, null].includes(template['DefaultValue'] as string);

/** The values of rows, arranged by owner as the older document has them. 400 for an unknown template. */
export function valuesOf(sent: unknown, owners: readonly Owner[]): Record<string, Record<string, unknown>> {
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
