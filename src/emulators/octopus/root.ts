import { randomUUID } from 'node:crypto';
import type { Reply } from '../server.ts';
import { defaultSpace, type Instance } from './instance.ts';
import { json } from './refusal.ts';
import { kinds, type Kind } from './kinds.ts';

const linkNames: Readonly<Record<string, string>> = {
  ProjectGroups: 'ProjectGroups',
  DeploymentProcesses: 'DeploymentProcesses',
  ServerTasks: 'Tasks',
};

const listParameters = '{/id}{?skip,ids,take,partialName}';

/** Links to what a space holds, under the names clients know. */
function spaceLinks(base: string): Readonly<Record<string, string>> {
  const documents = kinds
    .filter((kind: Kind) => kind.scoped && kind.name !== 'ServerTasks')
    .map((kind: Kind) => [
      linkNames[kind.name] ?? kind.name,
      `${base}/${kind.route}${kind.prefix === undefined ? listParameters : '{/id}'}`,
    ]);
  return {
    ...(Object.fromEntries(documents) as Record<string, string>),
    Projects: `${base}/projects{/id}{?name,skip,ids,clone,take,partialName,clonedFromProjectId}`,
    Artifacts: `${base}/artifacts{/id}{?skip,take,regarding,ids,partialName,order}`,
    Events: `${base}/events{/id}{?skip,take,regarding,ids}`,
    Packages: `${base}/packages{/id}{?nuGetPackageId,filter,latest,skip,take,includeNotes}`,
    PackagesBulk: `${base}/packages/bulk{?ids}`,
    PackageUpload: `${base}/packages/raw{?replace,overwriteMode}`,
    PackageDeltaSignature: `${base}/packages/{packageId}/{version}/delta-signature`,
    PackageDeltaUpload: `${base}/packages/{packageId}/{baseVersion}/delta{?replace,overwriteMode}`,
    PackageNotesList: `${base}/packages/notes{?packageIds}`,
    BuiltInFeedStats: `${base}/feeds/stats`,
  };
}

function installationId(instance: Instance): string {
  const kept = instance.store.setting('installation-id') ?? randomUUID();
  instance.store.keep('installation-id', kept);
  return kept;
}

/** `GET /api`: who this server is and where everything lies. */
export function rootReply(instance: Instance): Reply {
  const hasDefaultSpace = instance.store.get('Spaces', defaultSpace) !== undefined;
  return json(200, {
    Application: 'Octopus Deploy',
    Version: instance.version,
    ApiVersion: '3.0.0',
    InstallationId: installationId(instance),
    // Members that are false are left out; long-term support is always there from 2020.1 on.
    HasLongTermSupport: true,
    Links: {
      Self: '/api',
      ...(hasDefaultSpace ? spaceLinks(`/api/${defaultSpace}`) : {}),
      CurrentUser: '/api/users/me',
      MaintenanceConfiguration: '/api/maintenanceconfiguration',
      MigrationsImport: '/api/migrations/import',
      MigrationsPartialExport: '/api/migrations/partialexport',
      OctopusServerNodes: '/api/octopusservernodes{/id}{?skip,take,ids,partialName}',
      ServerStatus: '/api/serverstatus',
      ServerHealthStatus: '/api/serverstatus/health',
      SpaceHome: '/api/{spaceId}',
      Spaces: '/api/spaces{/id}{?skip,ids,take,partialName}',
      Tasks:
        '/api/tasks{/id}{?skip,active,environment,tenant,runbook,project,name,node,running,states,hasPendingInterruptions,hasWarningsOrErrors,take,ids,partialName,spaces,includeSystem,description,fromCompletedDate,toCompletedDate,fromQueueDate,toQueueDate,fromStartDate,toStartDate}',
      TaskTypes: '/api/tasks/tasktypes',
      Users: '/api/users{/id}{?skip,take,ids,filter}',
      Web: '/app',
    },
  });
}

export const spaceHomeReply = (space: string): Reply =>
  json(200, {
    Links: {
      Self: `/api/${space}`,
      ...spaceLinks(`/api/${space}`),
      Tasks: `/api/${space}/tasks{/id}{?skip,take,ids,name,states,active,running,partialName}`,
    },
  });
