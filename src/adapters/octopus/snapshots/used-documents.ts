import { isFields, listOf, wordsOf } from './carried-fields.ts';
import { idOf, tagsOf, type Document, type ProjectContent } from './space-content.ts';

/** The documents of the space that projects share, by kind. */
export type Shared = ReadonlyMap<string, readonly Document[]>;

export interface Used {
  /** Ids of shared documents. */
  readonly shared: ReadonlySet<string>;
  /** Ids of all projects that the given ones refer to, such as those of a Deploy a Release step. */
  readonly projects: ReadonlySet<string>;
}

/**
 * What a partial export of these projects brings along: what they refer to, and so on. Besides, these belong to a
 * project although it does not name them: tenants that are linked to it, the environments of its lifecycles, and the
 * machines there that have a role of its process. `variablesOf` gives the variables of a library set. `alone`: shared
 * documents that come without what they refer to.
 */
export function usedBy(
  contents: readonly ProjectContent[],
  shared: Shared,
  projects: readonly Document[],
  variablesOf: (set: Document) => Document | undefined,
  alone: (kind: string, document: Document) => boolean = () => false,
): Used {
  const lonely = new Set(
    [...shared].flatMap(([kind, documents]) => documents.filter((one) => alone(kind, one)).map(({ Id }) => Id)),
  );
  const known = new Map([...shared.values()].flat().map((document) => [document.Id, document]));
  const projectIds = new Set(projects.map(({ Id }) => Id));
  const chosen = new Set(contents.map(({ project }) => project.Id));
  const tenants = new Set((shared.get('tenant') ?? []).map(({ Id }) => Id));
  const found = new Set<string>();
  const foundProjects = new Set(chosen);
  const queue: Document[] = contents.flatMap((content) => [
    ...documentsOf(content),
    ...belongings(content, shared),
    ...lifecycleEnvironments([content.project, ...(content.own.get('channel') ?? [])], shared, lonely),
  ]);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (known.has(next.Id)) {
      if (found.has(next.Id)) continue;
      found.add(next.Id);
    }
    if (lonely.has(next.Id)) continue;
    // A tenant is exported with its links to exported projects only.
    const document = tenants.has(next.Id) ? onlyLinkedTo(next, chosen) : next;
    for (const word of wordsOf({ ...document, Id: undefined })) {
      const reached = known.get(word);
      if (reached !== undefined && !found.has(word)) queue.push(reached);
      if (projectIds.has(word)) foundProjects.add(word);
    }
    const sets = new Set(tagsOf(document).map((tag) => tag.split('/')[0]));
    queue.push(...(shared.get('tag-set') ?? []).filter(({ Id, Name }) => sets.has(Name) && !found.has(Id)));
    const variables = variablesOf(document);
    if (variables !== undefined) queue.push(variables);
  }
  return { shared: found, projects: foundProjects };
}

export function onlyLinkedTo(tenant: Document, projects: ReadonlySet<string>): Document {
  const links = tenant['ProjectEnvironments'];
  const kept = isFields(links) ? Object.entries(links).filter(([project]) => projects.has(project)) : [];
  return { ...tenant, ProjectEnvironments: Object.fromEntries(kept) };
}

export function documentsOf({ project, process, variables, own, runbookProcesses }: ProjectContent): Document[] {
  const runbooks = own.get('runbook') ?? [];
  return [
    project,
    ...(process === undefined ? [] : [process]),
    ...(variables === undefined ? [] : [variables]),
    ...[...own.values()].flat(),
    ...runbooks.flatMap((runbook) => runbookProcesses.get(idOf(runbook, 'RunbookProcessId')) ?? []),
  ];
}

function belongings({ project, process, own }: ProjectContent, shared: Shared): readonly Document[] {
  const environments = new Set(
    lifecycleEnvironments([project, ...(own.get('channel') ?? [])], shared).map(({ Id }) => Id),
  );
  const roles = rolesOf(process);
  const tenants = (shared.get('tenant') ?? []).filter((tenant) => {
    const links = tenant['ProjectEnvironments'];
    return isFields(links) && project.Id in links;
  });
  const machines = (shared.get('machine') ?? []).filter(
    (machine) => meets(machine['EnvironmentIds'], environments) && meets(machine['Roles'], roles),
  );
  return [...tenants, ...machines];
}

function rolesOf(process: Document | undefined): ReadonlySet<string> {
  const texts = listOf(process?.['Steps']).flatMap((step) => {
    const properties = isFields(step) ? step['Properties'] : undefined;
    const roles = isFields(properties) ? properties['Octopus.Action.TargetRoles'] : undefined;
    return typeof roles === 'string' ? roles.split(',') : [];
  });
  return new Set(texts.map((role) => role.trim()));
}

/** A lifecycle without phases means all environments of the space. */
function lifecycleEnvironments(
  users: readonly Document[],
  shared: Shared,
  lonely: ReadonlySet<string> = new Set(),
): readonly Document[] {
  const environments = shared.get('environment') ?? [];
  const ids = new Set(users.map((user) => idOf(user, 'LifecycleId')));
  return (shared.get('lifecycle') ?? []).flatMap((lifecycle) => {
    if (!ids.has(lifecycle.Id) || lonely.has(lifecycle.Id)) return [];
    const phases = listOf(lifecycle['Phases']).filter(isFields);
    if (phases.length === 0) return environments;
    const targets = phases.flatMap((phase) => [
      ...listOf(phase['OptionalDeploymentTargets']),
      ...listOf(phase['AutomaticDeploymentTargets']),
    ]);
    return environments.filter(({ Id }) => targets.includes(Id));
  });
}

function meets(values: unknown, wanted: ReadonlySet<string>): boolean {
  return listOf(values).some((value) => typeof value === 'string' && wanted.has(value));
}
