// The query parameters that select documents in lists, for each type of document.
import { isObject } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';
import { readList } from './collection.ts';
import { compareVersions } from './compare-versions.ts';
import { asText } from './tolerant-json.ts';
import type { Visit } from './visit.ts';

/** Whether a document has one of the wanted values, which are in lower case and at least one. */
type Filter = (entry: Entry, wanted: ReadonlySet<string>, store: Store) => boolean;
type Filters = Readonly<Record<string, Filter>>;

const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map((one) =>
    asText(one).toLowerCase(),
  );

const inside = (value: unknown, member: string): unknown => (isObject(value) ? value[member] : undefined);

/** By the value of a member; `Endpoint.Thumbprint` is a member of a member. Each of the members may have it. */
const by =
  (...members: readonly string[]): Filter =>
  ({ body }, wanted) =>
    members.some((path) => texts(path.split('.').reduce<unknown>(inside, body)).some((value) => wanted.has(value)));

const isTrue = (wanted: ReadonlySet<string>): boolean => wanted.has('true') || wanted.has('1');

/** `true` or `false`, as the member is; a member that is absent is false. */
const flag =
  (read: (entry: Entry, store: Store) => unknown): Filter =>
  (entry, wanted, store) =>
    isTrue(wanted) === (read(entry, store) === true);

const taskOf = ({ body }: Entry, store: Store) => store.get('ServerTasks', asText(body['TaskId']))?.body;

const taskState: Filter = (entry, wanted, store) =>
  texts(taskOf(entry, store)?.['State']).some((one) => wanted.has(one));

const time =
  (direction: 1 | -1): Filter =>
  ({ body }, wanted) => {
    const occurred = Date.parse(asText(body['Occurred']));
    return [...wanted].every((text) => {
      return direction * (occurred - Date.parse(text)) >= 0;
    });
  };

/** Tags of one set are alternatives. Of each set that is named, one tag must be there. */
const tags: Filter = ({ body }, wanted) => {
  const own = new Set(texts(body['TenantTags']));
  const setOf = (tag: string) => tag.split('/')[0];
  return [...wanted].every((one) => [...wanted].some((tag) => setOf(tag) === setOf(one) && own.has(tag)));
};

const linkedProject: Filter = ({ body }, wanted) =>
  isObject(body['ProjectEnvironments']) &&
  Object.keys(body['ProjectEnvironments']).some((id) => wanted.has(id.toLowerCase()));

const words =
  (...members: readonly string[]): Filter =>
  ({ name, body }, wanted) => {
    const own = [name.toLowerCase(), ...members.flatMap((member) => texts(body[member]))];
    return [...wanted].some((word) => own.some((text) => text.includes(word)));
  };

const machines: Filters = {
  isDisabled: flag(({ body }) => body['IsDisabled']),
  healthStatuses: (entry, wanted) => wanted.has(asText(entry.body['HealthStatus'] ?? 'Unknown').toLowerCase()),
  commStyles: by('Endpoint.CommunicationStyle'),
  thumbprint: by('Thumbprint', 'Endpoint.Thumbprint'),
  shellNames: by('ShellName'),
};

const executions: Filters = {
  projects: by('ProjectId'),
  environments: by('EnvironmentId'),
  tenants: by('TenantId'),
  taskState,
};

/** Of documents that may belong to a space or to the whole server. The server's own have no space. */
const mixed: Filters = {
  spaces: ({ body }, wanted) =>
    wanted.has('all') || typeof body['SpaceId'] !== 'string' || wanted.has(body['SpaceId'].toLowerCase()),
  includeSystem: (entry, wanted) => typeof entry.body['SpaceId'] === 'string' || isTrue(wanted),
};

/** The parameters of every mixed list. */
export const mixedFilters: readonly string[] = Object.keys(mixed);

const newestOfPackage: Filter = (entry, wanted, store) => {
  if (!isTrue(wanted)) return true;
  const [id, version] = ['PackageId', 'Version'].map((member) => asText(entry.body[member]));
  return !store
    .all(entry.kind, entry.container)
    .some(
      ({ body }) => asText(body['PackageId']) === id && compareVersions(asText(body['Version']), version ?? '') > 0,
    );
};

const byKind: Readonly<Record<string, Filters>> = {
  Accounts: { accountType: by('AccountType') },
  Artifacts: { regarding: by('ServerTaskId', 'RelatedDocumentIds') },
  Certificates: {
    search: words('Notes', 'SubjectCommonName', 'SubjectDistinguishedName', 'Thumbprint'),
    archived: flag(({ body }) => typeof body['Archived'] === 'string' || body['Archived'] === true),
    tenant: by('TenantIds'),
  },
  BuildInformation: {
    packageId: by('PackageId'),
    filter: words('PackageId', 'Version'),
    latest: newestOfPackage,
  },
  Channels: { projectId: by('ProjectId') },
  Deployments: { ...executions, channels: by('ChannelId'), releaseId: by('ReleaseId'), taskId: by('TaskId') },
  Events: {
    ...mixed,
    regarding: by('RelatedDocumentIds'),
    regardingAny: by('RelatedDocumentIds'),
    user: by('UserId'),
    users: by('UserId'),
    projects: by('RelatedDocumentIds'),
    environments: by('RelatedDocumentIds'),
    tenants: by('RelatedDocumentIds'),
    eventCategories: by('Category'),
    from: time(1),
    to: time(-1),
  },
  Feeds: { feedType: by('FeedType') },
  Interruptions: {
    regarding: by('ServerTaskId', 'TaskId', 'RelatedDocumentIds'),
    pendingOnly: (entry, wanted) => !isTrue(wanted) || entry.body['IsPending'] === true,
  },
  LibraryVariableSets: { contentType: by('ContentType') },
  Machines: {
    ...machines,
    roles: by('Roles'),
    tenantIds: by('TenantIds'),
    tenantTags: tags,
    environmentIds: by('EnvironmentIds'),
    deploymentTargetTypes: by('DeploymentTargetType', 'Endpoint.DeploymentTargetType', 'Endpoint.CommunicationStyle'),
  },
  Projects: { clonedFromProjectId: by('ClonedFromProjectId') },
  ProjectTriggers: { runbooks: by('Action.RunbookId'), triggerActionType: by('Action.ActionType') },
  Releases: { searchByVersion: words() },
  Runbooks: { projectIds: by('ProjectId') },
  RunbookRuns: { ...executions, runbooks: by('RunbookId'), taskId: by('TaskId') },
  RunbookSnapshots: { searchByName: words() },
  ScopedUserRoles: mixed,
  // Tag sets were for tenants alone before they had scopes.
  TagSets: { scopes: ({ body }, wanted) => texts(body['Scopes'] ?? 'Tenant').some((one) => wanted.has(one)) },
  Teams: mixed,
  Tenants: { projectId: linkedProject, tags, clonedFromTenantId: by('ClonedFromTenantId') },
  Workers: { ...machines, workerPoolIds: by('WorkerPoolIds') },
};

/** The parameters of all types that hold lists of values. */
export const listFilters: readonly string[] = Object.values(byKind).flatMap((filters) => Object.keys(filters));

/** The parameters that select documents of a type in lists. */
export const filtersOf = (kind: string): readonly string[] => [
  ...['partialName', 'name', 'ids'],
  ...Object.keys(byKind[kind] ?? {}),
];

/** The documents of a list that match all parameters of the query. */
export function narrowed(visit: Visit, kind: string, entries: readonly Entry[]): readonly Entry[] {
  const { store } = visit.instance;
  const contains = ['partialName', 'name'].map((name) => (visit.call.query(name) ?? '').toLowerCase());
  const wanted = (parameter: string) => new Set(readList(visit, parameter)?.map((one) => one.toLowerCase()));
  const ids = wanted('ids');
  const filters = Object.entries(byKind[kind] ?? {}).map(([parameter, filter]) => [wanted(parameter), filter] as const);
  return entries.filter(
    // An empty list does not filter, as on the real server.
    (entry) =>
      contains.every((part) => entry.name.toLowerCase().includes(part)) &&
      (ids.size === 0 || ids.has(entry.id.toLowerCase())) &&
      filters.every(([values, filter]) => values.size === 0 || filter(entry, values, store)),
  );
}
