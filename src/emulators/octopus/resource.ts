import { asText } from './tolerant-json.ts';
import type { Entry } from '../store.ts';
import { kindNamed } from './kinds.ts';
import { masked } from './sensitive.ts';

type Links = Readonly<Record<string, string>>;

/** Where documents of a space are: the default space's have no other spelling than the scoped one. */
export const spacePath = (space: string | undefined): string => (space === undefined ? '/api' : `/api/${space}`);

const text = (entry: Entry, name: string) => asText(entry.body[name]);

/** Links beside Self, per document type; clients walk along them instead of building paths. */
const moreLinks: Readonly<Record<string, (base: string, self: string, entry: Entry) => Links>> = {
  Spaces: (_, self, { id }) => ({
    SpaceHome: `/api/${id}`,
    Web: `/app#/${id}`,
    Logo: `${self}/logo`,
    Search: `${self}/search{?keyword}`,
  }),
  Projects: (base, self, entry) => ({
    Variables: `${base}/variables/${text(entry, 'VariableSetId')}`,
    DeploymentProcess: `${base}/deploymentprocesses/${text(entry, 'DeploymentProcessId')}`,
    Releases: `${self}/releases{/version}{?skip,take,searchByVersion}`,
    Channels: `${self}/channels{?skip,take,partialName}`,
    Runbooks: `${self}/runbooks{?skip,take,partialName}`,
    Triggers: `${self}/triggers{?skip,take,partialName}`,
    ProjectGroup: `${base}/projectgroups/${text(entry, 'ProjectGroupId')}`,
    Lifecycle: `${base}/lifecycles/${text(entry, 'LifecycleId')}`,
    Web: `/app#/${entry.container ?? ''}/projects/${entry.id}`,
  }),
  ProjectGroups: (_, self) => ({ Projects: `${self}/projects{?skip,take,partialName}` }),
  Environments: (_, self) => ({ Machines: `${self}/machines{?skip,take,partialName}` }),
  Lifecycles: (_, self) => ({ Projects: `${self}/projects{?skip,take}` }),
  LibraryVariableSets: (base, _, entry) => ({ Variables: `${base}/variables/${text(entry, 'VariableSetId')}` }),
  Channels: (base, self, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    Releases: `${self}/releases{?skip,take}`,
  }),
  DeploymentProcesses: (base, _, entry) => ({ Project: `${base}/projects/${text(entry, 'ProjectId')}` }),
  Releases: (base, self, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    Channel: `${base}/channels/${text(entry, 'ChannelId')}`,
    Deployments: `${self}/deployments{?skip,take}`,
    ProjectVariableSnapshot: `${base}/variables/${text(entry, 'ProjectVariableSetSnapshotId')}`,
    ProjectDeploymentProcessSnapshot: `${base}/deploymentprocesses/${text(entry, 'ProjectDeploymentProcessSnapshotId')}`,
  }),
  Deployments: (base, _, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    Release: `${base}/releases/${text(entry, 'ReleaseId')}`,
    Environment: `${base}/environments/${text(entry, 'EnvironmentId')}`,
    Task: `/api/tasks/${text(entry, 'TaskId')}`,
  }),
  Users: (_, self) => ({ Permissions: `${self}/permissions` }),
};

/** A stored document as clients see it: no sensitive value, with its links. */
export function resource(entry: Entry): Record<string, unknown> {
  const kind = kindNamed(entry.kind);
  const base = spacePath(entry.container);
  const self = `${base}/${kind.route}/${entry.id}`;
  const body = masked(entry.body) as Record<string, unknown>;
  return { ...body, Links: { Self: self, ...moreLinks[entry.kind]?.(base, self, entry) } };
}
