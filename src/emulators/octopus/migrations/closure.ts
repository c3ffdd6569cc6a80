// Finds the documents of a partial export: the projects, what belongs to them, what those refer to, and so on.
import { asList, isObject } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';
import { kindOfId } from '../kinds.ts';
import { lifecycleEnvironments } from '../lifecycle.ts';
import { idsIn } from './model.ts';
import type { ExportRequest } from './request.ts';

export type Exclusions = Pick<
  ExportRequest,
  'IgnoreCertificates' | 'IgnoreMachines' | 'IgnoreDeployments' | 'IgnoreTenants'
>;

/** The types that are left out, even where something refers to them: some by Ignore flags, some by the product always. */
export function excludedKinds(exclusions: Exclusions): ReadonlySet<string> {
  return new Set([
    'RunbookSnapshots',
    ...(exclusions.IgnoreCertificates ? ['Certificates'] : []),
    ...(exclusions.IgnoreMachines ? ['Machines', 'Workers'] : []),
    ...(exclusions.IgnoreDeployments ? ['Deployments', 'ServerTasks'] : []),
    ...(exclusions.IgnoreTenants ? ['Tenants'] : []),
  ]);
}

const ids = (value: unknown): readonly string[] => asList(value).map(String);

const meet = (left: readonly string[], right: ReadonlySet<string>) => left.some((one) => right.has(one));

function rolesOf(process: Entry | undefined): ReadonlySet<string> {
  const steps: unknown = process?.body['Steps'];
  const texts = asList(steps).flatMap((step: unknown) => {
    const properties = isObject(step) ? step['Properties'] : undefined;
    const roles = isObject(properties) ? properties['Octopus.Action.TargetRoles'] : undefined;
    return typeof roles === 'string' ? roles.split(',') : [];
  });
  return new Set(texts.map((role) => role.trim()));
}

/** Documents refer to tag sets by tags like `Set/Tag`, not by id. */
function tagSets(store: Store, entry: Entry): readonly Entry[] {
  const names = new Set(ids(entry.body['TenantTags']).map((tag) => tag.split('/')[0]));
  return store.all('TagSets', entry.container).filter(({ name }) => names.has(name));
}

/** What belongs to a project although the project's document does not refer to it. */
function belongings(store: Store, project: Entry, excluded: ReadonlySet<string>): readonly Entry[] {
  const space = project.container;
  const own = (kind: string) => store.all(kind, space).filter(({ body }) => body['ProjectId'] === project.id);
  const channels = own('Channels');
  const lifecycles = [project, ...channels]
    .map(({ body }) => store.get('Lifecycles', String(body['LifecycleId'])))
    .filter((lifecycle) => lifecycle !== undefined);
  const environments = new Set(lifecycles.flatMap((lifecycle) => lifecycleEnvironments(store, lifecycle)));
  const roles = rolesOf(store.get('DeploymentProcesses', String(project.body['DeploymentProcessId'])));
  const machines = store
    .all('Machines', space)
    .filter(({ body }) => meet(ids(body['EnvironmentIds']), environments) && meet(ids(body['Roles']), roles));
  const tenants = store
    .all('Tenants', space)
    .filter(({ body }) => isObject(body['ProjectEnvironments']) && project.id in body['ProjectEnvironments']);
  // Without its tenant, the deployment would look like one that was made without a tenant.
  const deployments = own('Deployments').filter(
    ({ body }) => !(excluded.has('Tenants') && typeof body['TenantId'] === 'string'),
  );
  const environmentEntries = [...environments]
    .map((id) => store.get('Environments', id))
    .filter((one) => one !== undefined);
  return [
    ...environmentEntries,
    ...channels,
    ...own('Releases'),
    ...own('ProjectTriggers'),
    ...own('Runbooks'),
    ...(excluded.has('Deployments') ? [] : deployments),
    ...(excluded.has('Machines') ? [] : machines),
    ...(excluded.has('Tenants') ? [] : tenants),
  ];
}

/**
 * A tenant is exported only with its links to exported projects. What the variables of a set could be scoped to is
 * computed for each reader, and a client sends it back: it is no part of the set.
 */
function asExported(entry: Entry, projects: ReadonlySet<string>): Entry {
  if (entry.kind === 'Variables') return { ...entry, body: { ...entry.body, ScopeValues: {} } };
  const links = entry.body['ProjectEnvironments'];
  if (entry.kind !== 'Tenants' || !isObject(links)) return entry;
  const kept = Object.entries(links).filter(([project]) => projects.has(project));
  return { ...entry, body: { ...entry.body, ProjectEnvironments: Object.fromEntries(kept) } };
}

/** The documents of an export by id, in the order in which they were found. References to missing documents stay. */
export function collect(store: Store, projects: readonly Entry[], exclusions: Exclusions): ReadonlyMap<string, Entry> {
  const excluded = excludedKinds(exclusions);
  const found = new Map<string, Entry>();
  const projectIds = new Set(projects.map(({ id }) => id));
  const queue: Entry[] = [...projects];
  const lookUp = (id: string): readonly Entry[] => {
    const kind = kindOfId(id);
    // Each document refers to its space. The export adds that one document itself.
    if (kind === undefined || kind.name === 'Spaces' || excluded.has(kind.name)) return [];
    const entry = store.get(kind.name, id);
    return entry === undefined ? [] : [entry];
  };
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (found.has(next.id)) continue;
    if (next.kind === 'Projects') projectIds.add(next.id);
    const entry = asExported(next, projectIds);
    found.set(next.id, next);
    queue.push(...[...idsIn(entry.body)].flatMap(lookUp), ...tagSets(store, entry));
    if (entry.kind === 'Projects') queue.push(...belongings(store, entry, excluded));
  }
  return new Map([...found].map(([id, entry]) => [id, asExported(entry, projectIds)]));
}
