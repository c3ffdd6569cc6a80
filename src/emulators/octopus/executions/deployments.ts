import { asList, type Json } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import { newId, putDocument, wireDate, type Instance } from '../instance.ts';
import { queueTask } from '../tasks.ts';
import { asText } from '../tolerant-json.ts';

/** What a deployment and a runbook run have in common. */
export interface Target {
  readonly environment: Entry;
  readonly tenant: Entry | undefined;
  readonly username: string;
  /** Members of the request that are kept as they are. */
  readonly given: Json;
}

const keptOf = ({ given }: Target): Json => ({
  Comments: given['Comments'] ?? null,
  FormValues: given['FormValues'] ?? {},
  QueueTime: given['QueueTime'] ?? null,
  QueueTimeExpiry: given['QueueTimeExpiry'] ?? null,
  UseGuidedFailure: given['UseGuidedFailure'] === true,
  ForcePackageDownload: given['ForcePackageDownload'] === true,
  SkipActions: asList(given['SkipActions']),
  SpecificMachineIds: asList(given['SpecificMachineIds']),
  ExcludedMachineIds: asList(given['ExcludedMachineIds']),
});

const forTenant = ({ tenant }: Target) => (tenant === undefined ? '' : ` for ${tenant.name}`);

/** Queues a task and stores its document, in one transaction. */
function begin(
  instance: Instance,
  target: Target,
  kind: 'Deployments' | 'RunbookRuns',
  task: { readonly name: string; readonly title: string; readonly argument: string; readonly projectId: string },
  body: Json,
): Entry {
  const { store } = instance;
  const space = target.environment.container;
  return store.atomically(() => {
    const id = newId(store, kind);
    const queued = queueTask(instance, {
      name: task.name,
      description: task.title,
      arguments: { [task.argument]: id },
      space,
      projectId: task.projectId,
      from: asText(target.given['QueueTime']) || undefined,
      until: asText(target.given['QueueTimeExpiry']) || undefined,
      marks: { $environmentId: target.environment.id, $tenantId: target.tenant?.id ?? null },
    });
    return putDocument(store, kind, {
      Id: id,
      SpaceId: space,
      ProjectId: task.projectId,
      EnvironmentId: target.environment.id,
      TenantId: target.tenant?.id ?? null,
      TaskId: queued.id,
      Created: wireDate(new Date()),
      FailureEncountered: false,
      ...keptOf(target),
      ...body,
    });
  });
}

/** A deployment of a release, with its queued task. */
export function createDeployment(instance: Instance, release: Entry, target: Target): Entry {
  const { body } = release;
  const projectId = asText(body['ProjectId']);
  const project = instance.store.get('Projects', projectId);
  const title = `Deploy ${project?.name ?? projectId} release ${release.name} to ${target.environment.name}${forTenant(target)}`;
  return begin(
    instance,
    target,
    'Deployments',
    { name: 'Deploy', title, argument: 'DeploymentId', projectId },
    {
      Name: `Deploy to ${target.environment.name}${forTenant(target)}`,
      ReleaseId: release.id,
      ChannelId: body['ChannelId'] ?? null,
      DeploymentProcessId: body['ProjectDeploymentProcessSnapshotId'] ?? null,
      ManifestVariableSetId: null,
      ForcePackageRedeployment: target.given['ForcePackageRedeployment'] === true,
      Changes: [],
      ChangesMarkdown: null,
      DeployedBy: target.username,
      DeployedToMachineIds: [],
    },
  );
}

/** A run of a runbook's snapshot, with its queued task. */
export function createRun(instance: Instance, runbook: Entry, snapshot: Entry, target: Target): Entry {
  const projectId = asText(runbook.body['ProjectId']);
  return begin(
    instance,
    target,
    'RunbookRuns',
    {
      name: 'RunbookRun',
      title: `Run ${runbook.name} on ${target.environment.name}${forTenant(target)}`,
      argument: 'RunbookRunId',
      projectId,
    },
    {
      Name: `Run ${runbook.name} on ${target.environment.name}${forTenant(target)}`,
      RunbookId: runbook.id,
      RunbookSnapshotId: snapshot.id,
      FrozenRunbookProcessId: snapshot.body['FrozenRunbookProcessId'] ?? null,
      RunBy: target.username,
    },
  );
}
