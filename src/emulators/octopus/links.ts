// The links of each document type besides Self. Clients follow them instead of building paths, and some clients fail
// when one is missing. The names are those of a 2023 server. A template offers the parameters that its route takes, and
// what has no route has no link.
import type { Entry } from '../shared/store.ts';
import { asText } from './tolerant-json.ts';

type Links = Readonly<Record<string, string>>;

/** The path below which the documents of a space are; links name the default space too. */
export const spacePath = (space: string | undefined): string => (space === undefined ? '/api' : `/api/${space}`);

const text = (entry: Entry, name: string) => asText(entry.body[name]);

const regarding = (base: string, id: string): Links => ({
  Artifacts: `${base}/artifacts?regarding=${id}`,
  Interruptions: `${base}/interruptions?regarding=${id}`,
});

const byKind: Readonly<Record<string, (base: string, self: string, entry: Entry) => Links>> = {
  Spaces: (_base, _self, { id }) => ({
    SpaceHome: `/api/${id}`,
    Web: `/app#/spaces/${id}`,
  }),
  Projects: (base, self, entry) => ({
    Variables: `${base}/variables/${text(entry, 'VariableSetId')}`,
    DeploymentProcess: `${base}/deploymentprocesses/${text(entry, 'DeploymentProcessId')}`,
    DeploymentSettings: `${self}/deploymentsettings`,
    Releases: `${self}/releases{/version}{?skip,take,searchByVersion}`,
    Channels: `${self}/channels{/id}{?skip,take,partialName}`,
    Runbooks: `${self}/runbooks{?skip,take,partialName}`,
    RunbookSnapshots: `${self}/runbookSnapshots{/name}{?skip,take,searchByName}`,
    Triggers: `${self}/triggers{?skip,take,partialName,triggerActionType,runbooks}`,
    Progression: `${self}/progression{?releaseHistoryCount}`,
    ProjectGroup: `${base}/projectgroups/${text(entry, 'ProjectGroupId')}`,
    Lifecycle: `${base}/lifecycles/${text(entry, 'LifecycleId')}`,
    Summary: `${self}/summary`,
    Metadata: `${self}/metadata`,
    Web: `/app#/${entry.container ?? ''}/projects/${entry.id}`,
  }),
  // Some clients take this link as it is.
  ProjectGroups: (_, self) => ({ Projects: `${self}/projects` }),
  Environments: (_, self) => ({
    Machines: `${self}/machines{?skip,take,partialName,roles,isDisabled,healthStatuses,commStyles,tenantIds,tenantTags,shellNames}`,
    SinglyScopedVariableDetails: `${self}/singlyScopedVariableDetails`,
    Metadata: `${self}/metadata`,
  }),
  MachinePolicies: (_, self) => ({ Machines: `${self}/machines`, Workers: `${self}/workers` }),
  WorkerPools: (_, self) => ({ Workers: `${self}/workers{?skip,take,partialName}` }),
  Lifecycles: (_, self) => ({ Preview: `${self}/preview`, Projects: `${self}/projects` }),
  LibraryVariableSets: (base, _, entry) => ({ Variables: `${base}/variables/${text(entry, 'VariableSetId')}` }),
  Tenants: (_, self, { container, id }) => ({
    Variables: `${self}/variables`,
    CommonVariables: `${self}/commonvariables{?includeMissingVariables}`,
    ProjectVariables: `${self}/projectvariables{?includeMissingVariables}`,
    Web: `/app#/${container ?? ''}/tenants/${id}/overview`,
  }),
  Channels: (base, self, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    Releases: `${self}/releases{?skip,take,searchByVersion}`,
  }),
  DeploymentProcesses: (base, self, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    Template: `${self}/template{?channel}`,
  }),
  Releases: (base, self, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    Channel: `${base}/channels/${text(entry, 'ChannelId')}`,
    Progression: `${self}/progression`,
    Defects: `${self}/defects`,
    ReportDefect: `${self}/defects`,
    ResolveDefect: `${self}/defects/resolve`,
    Deployments: `${self}/deployments{?skip,take}`,
    DeploymentTemplate: `${self}/deployments/template`,
    SnapshotVariables: `${self}/snapshot-variables`,
    Artifacts: `${base}/artifacts?regarding=${entry.id}`,
    ProjectVariableSnapshot: `${base}/variables/${text(entry, 'ProjectVariableSetSnapshotId')}`,
    ProjectDeploymentProcessSnapshot: `${base}/deploymentprocesses/${text(entry, 'ProjectDeploymentProcessSnapshotId')}`,
    Web: `/app#/${entry.container ?? ''}/releases/${entry.id}`,
  }),
  Deployments: (base, _, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    Release: `${base}/releases/${text(entry, 'ReleaseId')}`,
    Environment: `${base}/environments/${text(entry, 'EnvironmentId')}`,
    Task: `/api/tasks/${text(entry, 'TaskId')}`,
    ...regarding(base, entry.id),
    Web: `/app#/${entry.container ?? ''}/deployments/${entry.id}`,
  }),
  Artifacts: (_, self, { body }): Links => (body['$hasContent'] === true ? { Content: `${self}/content` } : {}),
  Runbooks: (base, self, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    RunbookProcesses: `${base}/runbookProcesses/${text(entry, 'RunbookProcessId')}`,
    RunbookSnapshots: `${self}/runbookSnapshots{?skip,take,searchByName}`,
    RunbookEnvironments: `${self}/environments`,
    CreateRunbookRun: `${base}/runbookRuns`,
  }),
  RunbookSnapshots: (base, self, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    Runbook: `${base}/runbooks/${text(entry, 'RunbookId')}`,
    RunbookRuns: `${self}/runbookRuns{?skip,take}`,
  }),
  RunbookRuns: (base, _, entry) => ({
    Project: `${base}/projects/${text(entry, 'ProjectId')}`,
    Runbook: `${base}/runbooks/${text(entry, 'RunbookId')}`,
    RunbookSnapshot: `${base}/runbookSnapshots/${text(entry, 'RunbookSnapshotId')}`,
    Environment: `${base}/environments/${text(entry, 'EnvironmentId')}`,
    Task: `/api/tasks/${text(entry, 'TaskId')}`,
    ...regarding(base, entry.id),
  }),
  Teams: (_, self) => ({ ScopedUserRoles: `${self}/scopeduserroles{?skip,take}` }),
  // Clients up to 2018 look packages up with SearchTemplate.
  Feeds: (_, self) => ({
    SearchTemplate: `${self}/packages{?packageId,partialMatch,includeMultipleVersions,includeNotes,includePreRelease,versionRange,preReleaseTag,take,skip}`,
    SearchPackagesTemplate: `${self}/packages/search{?term,take,skip}`,
    SearchPackageVersionsTemplate: `${self}/packages/versions{?packageId,take,skip,includePreRelease,versionRange,preReleaseTag,filter,includeReleaseNotes}`,
    NotesTemplate: `${self}/packages/notes{?packageId,version}`,
  }),
  Users: (_, self) => ({
    Permissions: `${self}/permissions{?spaces,includeSystem}`,
    PermissionsConfiguration: `${self}/permissions/configuration{?spaces,includeSystem}`,
    Spaces: `${self}/spaces`,
    Teams: `${self}/teams{?spaces,includeSystem}`,
    ApiKeys: `${self}/apikeys{/id}{?skip,take}`,
  }),
};

export function linksOf(entry: Entry, base: string, self: string): Links {
  return { Self: self, ...byKind[entry.kind]?.(base, self, entry) };
}
