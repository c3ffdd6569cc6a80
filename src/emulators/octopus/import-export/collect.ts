// Finds the documents of an export: the projects, those that they deploy, what belongs to them, what those refer to.
import { asList, asObject, asObjects, isObject, type Json } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';
import { actionsOf } from '../executions/releases.ts';
import { kindOfId } from '../kinds.ts';
import { asText } from '../tolerant-json.ts';
import { carriedKinds } from './document-types.ts';
import { idsIn } from './ids.ts';
import { membersOf } from './model.ts';

const deployedProject = 'Octopus.Action.DeployRelease.ProjectId';

const owned = (store: Store, kind: string, project: Entry) =>
  store.all(kind, project.container).filter(({ body }) => body['ProjectId'] === project.id);

const processesOf = (store: Store, project: Entry): readonly Entry[] => {
  const process = store.get('DeploymentProcesses', asText(project.body['DeploymentProcessId']));
  const runbooks = owned(store, 'RunbookProcesses', project).filter(({ id }) => !id.includes('-s-'));
  return process === undefined ? runbooks : [process, ...runbooks];
};

/** The projects, and those that their steps of the type Deploy a Release deploy, and so on. */
export function withDeployedProjects(store: Store, ids: readonly string[]): readonly Entry[] {
  const found = new Map<string, Entry>();
  const queue = [...ids];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const project = store.get('Projects', id);
    if (project === undefined || found.has(project.id)) continue;
    found.set(project.id, project);
    for (const process of processesOf(store, project)) {
      queue.push(...actionsOf(process).map(({ action }) => asText(asObject(action['Properties'])[deployedProject])));
    }
  }
  return [...found.values()];
}

export interface TenantValue {
  readonly tenant: Entry;
  readonly owner: Entry;
  readonly environment: string | undefined;
  readonly template: string;
  readonly value: unknown;
}

/** What an export holds. */
export interface ExportSet {
  readonly projects: readonly Entry[];
  /** All documents but settings and the values of tenants, in the order in which they were found. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly values: readonly TenantValue[];
}

/** The lifecycle that every space has. Its environments do not travel for its sake. */
export const isDefaultLifecycle = ({ kind, name }: Entry): boolean =>
  kind === 'Lifecycles' && name === 'Default Lifecycle';

const withMembers = (entry: Entry, members: Json): Entry => ({ ...entry, body: { ...entry.body, ...members } });

/** A document as it is exported: without what the export of its kind leaves out. */
function trimmed(entry: Entry, projects: ReadonlySet<string>): Entry {
  if (entry.kind === 'Tenants') {
    const links = Object.entries(asObject(entry.body['ProjectEnvironments'])).filter(([id]) => projects.has(id));
    return withMembers(entry, { ProjectEnvironments: Object.fromEntries(links) });
  }
  if (entry.kind === 'Teams') return withMembers(entry, { MemberUserIds: [], ExternalSecurityGroups: [] });
  if (entry.kind === 'Projects' && !projects.has(asText(entry.body['ClonedFromProjectId']))) {
    return withMembers(entry, { ClonedFromProjectId: null });
  }
  return entry;
}

/** Whether a document brings along another one to which it refers. */
function brings(entry: Entry, other: Entry): boolean {
  if (isDefaultLifecycle(entry)) return false;
  // Projects come along for their steps alone, tenants for their connections. Credentials of step templates do not.
  if (other.kind === 'Projects' || other.kind === 'Tenants') return false;
  return !(entry.kind === 'ActionTemplates' && other.kind === 'GitCredentials');
}

function belongings(store: Store, project: Entry): readonly Entry[] {
  const own = (kind: string) => owned(store, kind, project);
  const connected = store
    .all('Tenants', project.container)
    .filter(({ body }) => isObject(body['ProjectEnvironments']) && project.id in body['ProjectEnvironments']);
  return [
    ...own('Channels'),
    ...own('Runbooks'),
    ...own('RunbookSnapshots'),
    ...own('RunbookRuns'),
    ...own('Releases'),
    ...own('Deployments'),
    ...connected,
  ];
}

/** The values that tenants give to templates of the exported projects and variable sets. */
function valuesOf(tenant: Entry, owners: readonly Entry[]): readonly TenantValue[] {
  const kept = asObject(tenant.body['$variables']);
  return owners.flatMap((owner) => {
    const own = asObject(kept[owner.id]);
    const templates = new Set(asObjects(owner.body['Templates']).map(({ Id }) => asText(Id)));
    const read = (values: Json, environment: string | undefined) =>
      Object.entries(values)
        .filter(([template]) => templates.has(template))
        .map(([template, value]) => ({ tenant, owner, environment, template, value }));
    if (owner.kind !== 'Projects') return read(own, undefined);
    const links = asList(asObject(tenant.body['ProjectEnvironments'])[owner.id]);
    return links.map(String).flatMap((environment) => read(asObject(own[environment]), environment));
  });
}

/**
 * The documents of an export. `lossy` leaves out what only the values of tenants refer to, as some servers do.
 */
export function collect(store: Store, ids: readonly string[], { lossy }: { readonly lossy: boolean }): ExportSet {
  const projects = withDeployedProjects(store, ids);
  const projectIds = new Set(projects.map(({ id }) => id));
  const found = new Map<string, Entry>();
  const queue: Entry[] = [];
  const lookUp = (from: Entry, value: unknown): readonly Entry[] =>
    idsIn(value).flatMap((id) => {
      const kind = kindOfId(id);
      const entry = kind === undefined || !carriedKinds.has(kind.name) ? undefined : store.get(kind.name, id);
      return entry === undefined || !brings(from, entry) ? [] : [entry];
    });
  const drain = () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (found.has(next.id)) continue;
      const entry = trimmed(next, projectIds);
      found.set(next.id, entry);
      queue.push(...lookUp(entry, membersOf(entry)));
      if (entry.kind === 'Projects') queue.push(...belongings(store, entry));
    }
  };
  queue.push(...projects);
  drain();
  const owners = [...found.values()].filter(({ kind }) => kind === 'Projects' || kind === 'LibraryVariableSets');
  const values = [...found.values()]
    .filter(({ kind }) => kind === 'Tenants')
    .flatMap((tenant) => valuesOf(tenant, owners));
  if (!lossy) {
    for (const { tenant, value } of values) queue.push(...lookUp(tenant, value));
    drain();
  }
  return { projects, entries: found, values };
}
