// Releases, deployments and runbook runs. Older clients make them from documents. The commands of 2022 and later use
// names and let the server choose the rest.
import { flagIn } from '../../shared/query.ts';
import type { Json } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import { needNamed, findDocument } from '../lookup.ts';
import { absent, invalid, json } from '../refusal.ts';
import { resource } from '../resource.ts';
import type { TaskQueue } from '../task-queue.ts';
import { asText, members, readFlag, readText } from '../tolerant-json.ts';
import { route, type Route, type Visit } from '../visit.ts';
import { createDeployment, createRun, type Target } from './deployments.ts';
import { channelOf, createRelease, releasesOf, selectPackages, suggestedVersion } from './releases.ts';
import { createRunbook, createSnapshot, runbooksOf, snapshotOf } from './runbooks.ts';

interface Command {
  readonly text: (name: string) => string | undefined;
  readonly required: (name: string) => string;
  readonly list: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean;
  readonly raw: (name: string) => unknown;
}

async function readCommand(visit: Visit): Promise<Command> {
  const raw = members(await visit.document());
  const text = (name: string) => {
    const value = readText(raw(name), name);
    return value === undefined || value.trim() === '' ? undefined : value;
  };
  return {
    raw,
    text,
    required: (name) => {
      const value = text(name);
      if (value === undefined) throw invalid(`The ${name} field is required.`);
      return value;
    },
    list: (name) => {
      const value = raw(name);
      return Array.isArray(value) ? value.map((one) => asText(one)) : [];
    },
    flag: (name) => readFlag(raw(name), name),
  };
}

const projectOf = (visit: Visit, command: Command) =>
  needNamed(visit.instance.store, 'Projects', visit.space, command.required('ProjectName'));

async function releaseByCommand(visit: Visit) {
  const { instance } = visit;
  const command = await readCommand(visit);
  const project = projectOf(visit, command);
  const channel = channelOf(instance.store, project, command.text('ChannelName'));
  const selected = selectPackages(instance, project, {
    fallback: command.text('PackageVersion'),
    packages: command.list('Packages'),
  });
  const version = command.text('ReleaseVersion') ?? suggestedVersion(instance.store, project) ?? selected[0]?.Version;
  const existing = releasesOf(instance.store, project).find(({ name }) => name === version);
  const release =
    existing !== undefined && command.flag('IgnoreIfAlreadyExists')
      ? existing
      : createRelease(instance, project, channel, {
          Version: version,
          ReleaseNotes: command.text('ReleaseNotes') ?? null,
          IgnoreChannelRules: command.flag('IgnoreChannelRules'),
          SelectedPackages: selected,
        });
  return json(201, { ReleaseId: release.id, ReleaseVersion: release.name, AutomaticallyDeployedEnvironments: '' });
}

async function releaseByDocument(visit: Visit) {
  const { instance, space } = visit;
  const sent = await visit.document();
  const ignored = flagIn(visit.call, 'ignoreChannelRules') === true;
  const body = ignored ? { ...sent, IgnoreChannelRules: true } : sent;
  const project = needNamed(instance.store, 'Projects', space, asText(body['ProjectId']));
  const channel = channelOf(instance.store, project, asText(body['ChannelId']) || undefined);
  return json(201, resource(createRelease(instance, project, channel, body)));
}

const username = ({ user }: Visit) => asText(user.body['Username']);

/** The options of a command, under the names that the document has for them. */
const givenOf = (command: Command, machineIds: (names: readonly string[]) => readonly string[]): Json => ({
  Comments: command.text('Comments') ?? null,
  QueueTime: command.text('RunAt') ?? null,
  QueueTimeExpiry: command.text('NoRunAfter') ?? null,
  UseGuidedFailure: command.flag('UseGuidedFailure'),
  ForcePackageDownload: command.flag('ForcePackageDownload'),
  ForcePackageRedeployment: command.flag('ForcePackageRedeployment'),
  FormValues: command.raw('Variables') ?? {},
  SpecificMachineIds: machineIds(command.list('SpecificMachineNames')),
  ExcludedMachineIds: machineIds(command.list('ExcludedMachineNames')),
});

/** Each environment of a command with each of its tenants; without tenants, each environment once. */
function targetsOf(visit: Visit, command: Command, project: Entry): readonly Target[] {
  const { store } = visit.instance;
  const named = (kind: string) => (text: string) => needNamed(store, kind, visit.space, text);
  const single = command.text('EnvironmentName');
  const names = [...command.list('EnvironmentNames'), ...(single === undefined ? [] : [single])];
  if (names.length === 0) throw invalid('Please name at least one environment.');
  const tags = new Set(command.list('TenantTags'));
  const tagged = store.all('Tenants', visit.space).filter(({ body }) => {
    const [own, links] = [body['TenantTags'], body['ProjectEnvironments']];
    const linked = typeof links === 'object' && links !== null && project.id in links;
    return linked && Array.isArray(own) && own.some((tag) => tags.has(asText(tag)));
  });
  const tenants = new Map([...command.list('Tenants').map(named('Tenants')), ...tagged].map((one) => [one.id, one]));
  const given = givenOf(command, (machines) => machines.map((name) => named('Machines')(name).id));
  return names.map(named('Environments')).flatMap((environment) =>
    (tenants.size === 0 ? [undefined] : [...tenants.values()]).map((tenant) => ({
      environment,
      tenant,
      given,
      username: username(visit),
    })),
  );
}

const documentTarget = (visit: Visit, body: Json): Target => {
  const { store } = visit.instance;
  const tenant = asText(body['TenantId']);
  return {
    environment: needNamed(store, 'Environments', visit.space, asText(body['EnvironmentId'])),
    tenant: tenant === '' ? undefined : needNamed(store, 'Tenants', visit.space, tenant),
    username: username(visit),
    given: body,
  };
};

async function deployByCommand(visit: Visit, queue: TaskQueue, tenanted: boolean) {
  const { instance } = visit;
  const command = await readCommand(visit);
  const project = projectOf(visit, command);
  const version = command.required('ReleaseVersion');
  const release = releasesOf(instance.store, project).find(({ name }) => name.toLowerCase() === version.toLowerCase());
  if (release === undefined) {
    throw invalid(`There is no release with the version '${version}' in the project '${project.name}'.`);
  }
  const targets = targetsOf(visit, command, project);
  if (tenanted && targets.some(({ tenant }) => tenant === undefined)) {
    throw invalid('Please name at least one tenant or tenant tag that is linked to the project.');
  }
  const made = instance.store.atomically(() => targets.map((target) => createDeployment(instance, release, target)));
  queue.kick();
  return json(201, {
    DeploymentServerTasks: made.map(({ id, body }) => ({ DeploymentId: id, ServerTaskId: body['TaskId'] })),
  });
}

async function deployByDocument(visit: Visit, queue: TaskQueue) {
  const { instance, space } = visit;
  const body = await visit.document();
  const release = needNamed(instance.store, 'Releases', space, asText(body['ReleaseId']));
  const made = createDeployment(instance, release, documentTarget(visit, body));
  queue.kick();
  return json(201, resource(made));
}

async function runByCommand(visit: Visit, queue: TaskQueue) {
  const { instance } = visit;
  const command = await readCommand(visit);
  const project = projectOf(visit, command);
  const wanted = command.required('RunbookName').toLowerCase();
  const runbook = runbooksOf(instance.store, project).find(({ id, name, body }) =>
    [id, name, asText(body['Slug'])].some((one) => one.toLowerCase() === wanted),
  );
  if (runbook === undefined) {
    throw invalid(`There is no runbook '${command.required('RunbookName')}' in the project '${project.name}'.`);
  }
  const snapshot = snapshotOf(instance.store, runbook, command.text('Snapshot'));
  const targets = targetsOf(visit, command, project);
  const made = instance.store.atomically(() => targets.map((target) => createRun(instance, runbook, snapshot, target)));
  queue.kick();
  return json(201, {
    RunbookRunServerTasks: made.map(({ id, body }) => ({ RunbookRunId: id, ServerTaskId: body['TaskId'] })),
  });
}

async function runByDocument(visit: Visit, queue: TaskQueue) {
  const { instance, space } = visit;
  const body = await visit.document();
  const runbook = needNamed(instance.store, 'Runbooks', space, asText(body['RunbookId']));
  const snapshot = snapshotOf(instance.store, runbook, asText(body['RunbookSnapshotId']) || undefined);
  const made = createRun(instance, runbook, snapshot, documentTarget(visit, body));
  queue.kick();
  return json(201, resource(made));
}

const ownProject = (visit: Visit, body: Json): Entry =>
  visit.params['id'] === undefined
    ? needNamed(visit.instance.store, 'Projects', visit.space, asText(body['ProjectId']))
    : findDocument(visit, 'Projects');

async function makeRunbook(visit: Visit) {
  const body = await visit.document();
  return json(201, resource(createRunbook(visit.instance.store, ownProject(visit, body), body)));
}

async function makeSnapshot(visit: Visit) {
  const { store } = visit.instance;
  const body = await visit.document();
  const runbook = needNamed(store, 'Runbooks', visit.space, asText(body['RunbookId']));
  const publish = flagIn(visit.call, 'publish') === true;
  return json(201, resource(createSnapshot(store, runbook, body, publish)));
}

/** Replaces a release's snapshot of the variables with their present values. */
function snapshotVariables(visit: Visit) {
  const release = findDocument(visit, 'Releases');
  const project = visit.instance.store.get('Projects', asText(release.body['ProjectId']));
  const snapshot = asText(release.body['ProjectVariableSetSnapshotId']);
  const now = visit.instance.store.get('Variables', asText(project?.body['VariableSetId']));
  const before = visit.instance.store.get('Variables', snapshot);
  if (now === undefined || before === undefined) throw absent(snapshot);
  visit.instance.store.put({ ...before, body: { ...now.body, Id: before.id, IsFrozen: true } });
  return json(200, resource(release));
}

export const executionRoutes = (queue: TaskQueue): readonly Route[] => {
  const post = (path: string, permission: string, handle: Route['handle'], query: readonly string[] = []): Route =>
    route('POST', path, { scoped: true, permission, query }, handle);
  return [
    post('/releases', 'ReleaseCreate', releaseByDocument, ['ignoreChannelRules']),
    post('/releases/create/v1', 'ReleaseCreate', releaseByCommand),
    post('/releases/:id/snapshot-variables', 'ReleaseEdit', snapshotVariables),
    post('/deployments', 'DeploymentCreate', (visit) => deployByDocument(visit, queue)),
    post('/deployments/create/untenanted/v1', 'DeploymentCreate', (visit) => deployByCommand(visit, queue, false)),
    post('/deployments/create/tenanted/v1', 'DeploymentCreate', (visit) => deployByCommand(visit, queue, true)),
    post('/runbooks', 'RunbookEdit', makeRunbook),
    post('/projects/:id/runbooks', 'RunbookEdit', makeRunbook),
    post('/runbookSnapshots', 'RunbookEdit', makeSnapshot, ['publish']),
    post('/projects/:id/runbookSnapshots', 'RunbookEdit', makeSnapshot, ['publish']),
    post('/runbookRuns', 'RunbookRunCreate', (visit) => runByDocument(visit, queue)),
    post('/runbook-runs/create/v1', 'RunbookRunCreate', (visit) => runByCommand(visit, queue)),
  ];
};
