import { randomUUID } from 'node:crypto';
import type { Reply } from '../shared/server.ts';
import { offersOf } from './edition.ts';
import { defaultSpace, type Instance } from './instance.ts';
import { json } from './refusal.ts';

/**
 * Links to the lists of a space, with the names of a 2023 server, and its parameters as far as the routes take them.
 * Clients look paths up by these names, and some choose between old and new calls by the parameters that they find.
 */
function spaceLinks(base: string): Readonly<Record<string, string>> {
  return {
    Accounts: `${base}/accounts{/id}{?skip,take,ids,partialName,accountType}`,
    ActionTemplates: `${base}/actiontemplates{/id}{?skip,take,ids,partialName}`,
    Artifacts: `${base}/artifacts{/id}{?skip,take,regarding,ids,partialName}`,
    BuildInformation: `${base}/build-information{/id}{?packageId,filter,latest,skip,take,overwriteMode}`,
    BuildInformationBulk: `${base}/build-information/bulk{?ids}`,
    BuiltInFeedStats: `${base}/feeds/stats`,
    Certificates: `${base}/certificates{/id}{?skip,take,search,archived,tenant,ids,partialName}`,
    Channels: `${base}/channels{/id}{?skip,take,ids,partialName}`,
    Dashboard: `${base}/dashboard{?projectId,releaseId,projects,environments,includePrevious}`,
    DashboardDynamic: `${base}/dashboard/dynamic{?projects,environments,includePrevious}`,
    DeploymentProcesses: `${base}/deploymentprocesses{/id}{?skip,take,ids}`,
    Deployments: `${base}/deployments{/id}{?skip,take,ids,projects,environments,tenants,channels,taskState,partialName}`,
    Environments: `${base}/environments{/id}{?name,skip,ids,take,partialName}`,
    EnvironmentsSummary: `${base}/environments/summary{?ids,partialName}`,
    EnvironmentSortOrder: `${base}/environments/sortorder`,
    Events: `${base}/events{/id}{?skip,regarding,regardingAny,user,users,projects,environments,eventCategories,tenants,from,to,take,ids,spaces,includeSystem}`,
    Feeds: `${base}/feeds{/id}{?skip,take,ids,partialName,feedType,name}`,
    GitCredentials: `${base}/git-credentials{/id}{?skip,take,name}`,
    Interruptions: `${base}/interruptions{/id}{?skip,take,regarding,pendingOnly,ids}`,
    LibraryVariables: `${base}/libraryvariablesets{/id}{?skip,contentType,take,ids,partialName}`,
    Lifecycles: `${base}/lifecycles{/id}{?skip,take,ids,partialName}`,
    MachinePolicies: `${base}/machinepolicies{/id}{?skip,take,ids,partialName}`,
    MachineOperatingSystems: `${base}/machines/operatingsystem/names/all`,
    MachineRoles: `${base}/machineroles/all`,
    MachineShells: `${base}/machines/operatingsystem/shells/all`,
    Machines: `${base}/machines{/id}{?skip,take,name,ids,partialName,roles,isDisabled,healthStatuses,commStyles,tenantIds,tenantTags,environmentIds,thumbprint,shellNames,deploymentTargetTypes}`,
    PackageDeltaSignature: `${base}/packages/{packageId}/{version}/delta-signature`,
    PackageDeltaUpload: `${base}/packages/{packageId}/{baseVersion}/delta{?replace,overwriteMode}`,
    PackageNotesList: `${base}/packages/notes{?packageIds}`,
    Packages: `${base}/packages{/id}{?nuGetPackageId,filter,latest,skip,take,includeNotes}`,
    PackagesBulk: `${base}/packages/bulk{?ids}`,
    PackageUpload: `${base}/packages/raw{?replace,overwriteMode}`,
    ProjectGroups: `${base}/projectgroups{/id}{?skip,take,ids,partialName}`,
    Projects: `${base}/projects{/id}{?name,skip,ids,clone,take,partialName,clonedFromProjectId}`,
    ProjectTriggers: `${base}/projecttriggers{/id}{?skip,take,ids,runbooks}`,
    Proxies: `${base}/proxies{/id}{?skip,take,ids,partialName}`,
    Releases: `${base}/releases{/id}{?skip,ignoreChannelRules,take,ids}`,
    RunbookProcesses: `${base}/runbookProcesses{/id}{?skip,take,ids}`,
    RunbookRuns: `${base}/runbookRuns{/id}{?skip,take,ids,projects,environments,tenants,runbooks,taskState,partialName}`,
    Runbooks: `${base}/runbooks{/id}{?skip,take,ids,partialName,projectIds}`,
    RunbookSnapshots: `${base}/runbookSnapshots{/id}{?skip,take,ids,publish}`,
    Subscriptions: `${base}/subscriptions{/id}{?skip,take,ids,partialName}`,
    TagSets: `${base}/tagsets{/id}{?skip,take,ids,partialName,scopes}`,
    TagSetSortOrder: `${base}/tagsets/sortorder`,
    Tenants: `${base}/tenants{/id}{?skip,projectId,name,tags,take,ids,clone,partialName,clonedFromTenantId}`,
    TenantsMissingVariables: `${base}/tenants/variables-missing{?tenantId,projectId,environmentId,includeDetails}`,
    TenantsStatus: `${base}/tenants/status`,
    TenantTagTest: `${base}/tenants/tag-test{?tenantIds,tags}`,
    TenantVariables: `${base}/tenantvariables/all{?projectId}`,
    VariableNames: `${base}/variables/names{?project}`,
    Variables: `${base}/variables{/id}{?ids}`,
    VersionRuleTest: `${base}/channels/rule-test{?version,versionRange,preReleaseTag,feetType}`,
    WorkerPools: `${base}/workerpools{/id}{?skip,ids,take,partialName}`,
    Workers: `${base}/workers{/id}{?skip,take,name,ids,partialName,isDisabled,healthStatuses,commStyles,workerPoolIds,thumbprint,shellNames}`,
  };
}

const importExportLinks = (base: string): Readonly<Record<string, string>> => ({
  ExportProjects: `${base}/projects/import-export/export`,
  ImportProjects: `${base}/projects/import-export/import`,
  ProjectImportFiles: `${base}/projects/import-export/import-files`,
  ProjectImportPreview: `${base}/projects/import-export/import/preview`,
});

const migrationLinks: Readonly<Record<string, string>> = {
  MigrationsImport: '/api/migrations/import',
  MigrationsPartialExport: '/api/migrations/partialexport',
};

const taskParameters =
  'skip,active,environment,tenant,runbook,project,name,node,running,states,hasPendingInterruptions,hasWarningsOrErrors,take,ids,partialName,spaces,includeSystem,fromCompletedDate,toCompletedDate,fromQueueDate,toQueueDate,fromStartDate,toStartDate';

const serverLinks: Readonly<Record<string, string>> = {
  Self: '/api',
  Authentication: '/api/authentication',
  CommunityActionTemplates: '/api/communityactiontemplates{/id}{?skip,take,ids}',
  CurrentUser: '/api/users/me',
  FeaturesConfiguration: '/api/featuresconfiguration',
  MaintenanceConfiguration: '/api/maintenanceconfiguration',
  OctopusServerClusterSummary: '/api/octopusservernodes/summary',
  OctopusServerNodes: '/api/octopusservernodes{/id}{?skip,take}',
  ScopedUserRoles: '/api/scopeduserroles{/id}{?skip,take,ids,partialName,spaces,includeSystem}',
  ServerHealthStatus: '/api/serverstatus/health',
  ServerStatus: '/api/serverstatus',
  SpaceHome: '/api/{spaceId}',
  Spaces: '/api/spaces{/id}{?skip,ids,take,partialName}',
  Tasks: `/api/tasks{/id}{?${taskParameters}}`,
  Timezones: '/api/serverstatus/timezones',
  TaskTypes: '/api/tasks/tasktypes',
  Teams: '/api/teams{/id}{?skip,take,ids,partialName,spaces,includeSystem}',
  UserRoles: '/api/userroles{/id}{?skip,take,ids,partialName}',
  Users: '/api/users{/id}{?skip,take,ids,filter}',
  Web: '/app',
};

function installationId(instance: Instance): string {
  const kept = instance.store.setting('installation-id') ?? randomUUID();
  instance.store.keep('installation-id', kept);
  return kept;
}

/** The links of a space: what its version has. */
const linksOfSpace = (instance: Instance, base: string) => ({
  ...spaceLinks(base),
  ...(offersOf(instance).importExport ? importExportLinks(base) : {}),
});

/** `GET /api`: which server this is, and the paths of all that it has. */
export function rootReply(instance: Instance): Reply {
  const hasDefaultSpace = instance.store.get('Spaces', defaultSpace) !== undefined;
  return json(200, {
    Application: 'Octopus Deploy',
    Version: instance.version,
    ApiVersion: '3.0.0',
    InstallationId: installationId(instance),
    // Members that would be false are left out. Servers from 2020.1 on always have long-term support.
    HasLongTermSupport: true,
    Links: {
      ...(hasDefaultSpace ? linksOfSpace(instance, `/api/${defaultSpace}`) : {}),
      ...serverLinks,
      ...(offersOf(instance).migrations ? migrationLinks : {}),
    },
  });
}

export const spaceHomeReply = (instance: Instance, space: string): Reply =>
  json(200, {
    Links: {
      Self: `/api/${space}`,
      ...linksOfSpace(instance, `/api/${space}`),
      Tasks: `/api/${space}/tasks{/id}{?${taskParameters}}`,
    },
  });
