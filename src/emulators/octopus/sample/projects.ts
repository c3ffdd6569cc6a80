import type { Json } from '../../shared/json.ts';
import { freeze } from '../executions/releases.ts';
import { builtInFeed } from '../feed.ts';
import { newId, putDocument, slugOf } from '../instance.ts';
import { openTaskLog } from '../task-log.ts';
import { nodeId, putTask } from '../tasks.ts';
import { dated, partId, type SpaceBuilder } from './builder.ts';
import type { SampleProject } from './company-projects.ts';

function steps(project: SampleProject): readonly Json[] {
  return (project.steps ?? ['Deploy']).map((name, index) => ({
    Id: partId(project.name, name),
    Name: name,
    Slug: slugOf(name),
    PackageRequirement: 'LetOctopusDecide',
    Properties: { 'Octopus.Action.TargetRoles': project.roles.join(',') },
    Condition: 'Success',
    StartTrigger: 'StartAfterPrevious',
    Actions: [
      {
        Id: partId(project.name, name, 'action'),
        Name: name,
        ActionType: index === 0 ? 'Octopus.TentaclePackage' : 'Octopus.Script',
        IsDisabled: false,
        Environments: [],
        ExcludedEnvironments: [],
        Channels: [],
        TenantTags: [],
        Packages:
          index === 0
            ? [
                {
                  Name: '',
                  PackageId: project.name.replaceAll(' ', '.'),
                  FeedId: builtInFeed,
                  AcquisitionLocation: 'Server',
                },
              ]
            : [],
        Properties:
          index === 0
            ? {
                'Octopus.Action.Package.FeedId': builtInFeed,
                'Octopus.Action.Package.PackageId': project.name.replaceAll(' ', '.'),
              }
            : {
                'Octopus.Action.Script.Syntax': 'PowerShell',
                'Octopus.Action.Script.ScriptBody': `Write-Host "${name}"`,
              },
      },
    ],
  }));
}

interface Deployed {
  readonly project: SampleProject;
  readonly projectId: string;
  readonly releaseId: string;
  readonly channelId: string;
  readonly version: string;
}

function addDeployment(builder: SpaceBuilder, deployed: Deployed, environment: string, failed: boolean): void {
  const { instance, space } = builder;
  const { project, projectId, releaseId, channelId, version } = deployed;
  const environmentId = builder.idOf('Environments', environment);
  const started = builder.tick();
  const ended = new Date(started.getTime() + 95_000);
  const title = `Deploy ${project.name} release ${version} to ${environment}`;
  const deploymentId = newId(instance.store, 'Deployments');
  const task = putTask(instance, {
    Id: newId(instance.store, 'ServerTasks'),
    SpaceId: space,
    Name: 'Deploy',
    Description: title,
    Arguments: { DeploymentId: deploymentId },
    State: failed ? 'Failed' : 'Success',
    QueueTime: dated(started),
    QueueTimeExpiry: null,
    StartTime: dated(started),
    LastUpdatedTime: dated(ended),
    CompletedTime: dated(ended),
    ServerNode: nodeId,
    ErrorMessage: failed ? 'The step "Deploy" failed on one machine.' : null,
    ProjectId: projectId,
    DeploymentId: deploymentId,
    $environmentId: environmentId,
  });
  const log = openTaskLog(instance.store, task.id, title, () => started);
  for (const step of project.steps ?? ['Deploy']) {
    const node = log.child(`Step: ${step}`);
    node.write('Info', `${step} on the machines in the roles ${project.roles.join(', ')}`);
    node.write('Verbose', `${project.name.replaceAll(' ', '.')} ${version}`);
    if (failed) node.write('Error', 'The remote script failed with exit code 1');
    node.end(failed ? 'Failed' : 'Success');
    if (failed) break;
  }
  log.end(failed ? 'Failed' : 'Success');
  putDocument(instance.store, 'Deployments', {
    Id: deploymentId,
    Name: `Deploy to ${environment}`,
    SpaceId: space,
    ProjectId: projectId,
    ReleaseId: releaseId,
    ChannelId: channelId,
    EnvironmentId: environmentId,
    TenantId: null,
    TaskId: task.id,
    Created: dated(started),
    DeployedBy: 'admin',
    Comments: null,
    FailureEncountered: failed,
    DeployedToMachineIds: [],
  });
}

function addRelease(
  builder: SpaceBuilder,
  project: SampleProject,
  ids: Readonly<Record<'project' | 'channel' | 'process' | 'variables', string>>,
  version: string,
): string {
  const { store } = builder.instance;
  const id = newId(store, 'Releases');
  putDocument(store, 'Releases', {
    Id: id,
    Version: version,
    SpaceId: builder.space,
    ProjectId: ids.project,
    ChannelId: ids.channel,
    Assembled: dated(builder.tick()),
    ReleaseNotes: `${project.name} ${version}`,
    IgnoreChannelRules: false,
    SelectedPackages: [{ ActionName: (project.steps ?? ['Deploy'])[0], Version: version, PackageReferenceName: '' }],
    ProjectDeploymentProcessSnapshotId: freeze(store, 'DeploymentProcesses', ids.process, version),
    ProjectVariableSetSnapshotId: freeze(store, 'Variables', ids.variables, version),
    LibraryVariableSetSnapshotIds: [],
  });
  return id;
}

/**
 * A project with its process, variables, channels, releases and deployments. Older releases reached more environments.
 */
export function addProject(builder: SpaceBuilder, project: SampleProject, path: readonly string[]): string {
  const { store } = builder.instance;
  const id = newId(store, 'Projects');
  const ids = {
    project: id,
    channel: newId(store, 'Channels'),
    process: `deploymentprocess-${id}`,
    variables: `variableset-${id}`,
  };
  const { space } = builder;
  putDocument(store, 'Variables', {
    Id: ids.variables,
    OwnerId: id,
    SpaceId: space,
    Version: 1,
    Variables: builder.variables(project.variables),
    ScopeValues: {},
  });
  putDocument(store, 'DeploymentProcesses', {
    Id: ids.process,
    OwnerId: id,
    ProjectId: id,
    SpaceId: space,
    Version: 1,
    Steps: steps(project),
    LastSnapshotId: null,
  });
  putDocument(store, 'Channels', {
    Id: ids.channel,
    Name: 'Default',
    Description: null,
    SpaceId: space,
    ProjectId: id,
    LifecycleId: null,
    IsDefault: true,
    Rules: [],
    TenantTags: [],
  });
  if (project.hotfixChannel === true) {
    putDocument(store, 'Channels', {
      Id: newId(store, 'Channels'),
      Name: 'Hotfix',
      Description: 'Straight to staging',
      SpaceId: space,
      ProjectId: id,
      LifecycleId: builder.idOf('Lifecycles', 'Hotfix'),
      IsDefault: false,
      Rules: [],
      TenantTags: [],
    });
  }
  putDocument(store, 'Projects', {
    Id: id,
    Name: project.name,
    SpaceId: space,
    Slug: slugOf(project.name),
    Description: project.description,
    ClonedFromProjectId: null,
    IsDisabled: false,
    ProjectGroupId: builder.idOf('ProjectGroups', project.group),
    LifecycleId: builder.idOf('Lifecycles', project.lifecycle),
    VariableSetId: ids.variables,
    DeploymentProcessId: ids.process,
    IncludedLibraryVariableSetIds: project.variableSets.map((name) => builder.idOf('LibraryVariableSets', name)),
    IsVersionControlled: false,
    PersistenceSettings: { Type: 'Database' },
    TenantedDeploymentMode: 'TenantedOrUntenanted',
    DefaultToSkipIfAlreadyInstalled: false,
    DefaultGuidedFailureMode: 'EnvironmentDefault',
    VersioningStrategy: { Template: '#{Octopus.Version.LastMajor}.#{Octopus.Version.NextMinor}.0', DonorPackage: null },
    ReleaseCreationStrategy: { ChannelId: null, ReleaseCreationPackage: null },
    Templates: [],
    AutoCreateRelease: false,
  });
  for (const [index, version] of project.releases.entries()) {
    const releaseId = addRelease(builder, project, ids, version);
    const deployed = { project, projectId: id, releaseId, channelId: ids.channel, version };
    const reached = path.slice(0, Math.max(1, path.length - (project.releases.length - 1 - index)));
    for (const [stage, environment] of reached.entries()) {
      // The last deployment of each project's newest release has failed.
      const failed = index === project.releases.length - 1 && index > 0 && stage === reached.length - 1;
      addDeployment(builder, deployed, environment, failed);
    }
  }
  return id;
}
