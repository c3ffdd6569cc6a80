// What clients ask before they make a release or a deployment: its packages, possible environments and steps.
import { flagIn } from '../../shared/query.ts';
import { asList, asObjects, isObject, type Json } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';
import { unresolvedDefect } from '../defects.ts';
import { lifecycleEnvironments, lifecyclePhases } from '../lifecycle.ts';
import { spacePath } from '../links.ts';
import { findDocument } from '../lookup.ts';
import { invalid, json } from '../refusal.ts';
import { asText, members, readText } from '../tolerant-json.ts';
import { fitsRange, fitsTag } from '../version-rules.ts';
import { route, type Route, type Visit } from '../visit.ts';
import { actionsOf, packagesOf, releasesOf, suggestedVersion } from './releases.ts';

const projectOf = (store: Store, owner: Entry) => store.get('Projects', asText(owner.body['ProjectId']));

function releaseTemplate(visit: Visit, process: Entry) {
  const { store } = visit.instance;
  const project = projectOf(store, process);
  const channel = visit.call.query('channel')?.toLowerCase() ?? '';
  const ofChannel = ({ body }: Entry) => channel === '' || asText(body['ChannelId']).toLowerCase() === channel;
  const last = project === undefined ? undefined : releasesOf(store, project).find(ofChannel);
  const before = last?.body['SelectedPackages'];
  return json(200, {
    DeploymentProcessId: process.id,
    LastReleaseVersion: last?.name ?? null,
    NextVersionIncrement: project === undefined ? null : (suggestedVersion(store, project) ?? null),
    VersioningPackageStepName: null,
    VersioningPackageReferenceName: null,
    Packages: packagesOf(process).map(({ step, action, reference, packageId, feedId }) => ({
      StepName: step,
      ActionName: action,
      PackageReferenceName: reference,
      PackageId: packageId,
      NuGetPackageId: packageId,
      FeedId: feedId,
      FeedName: store.get('Feeds', feedId)?.name ?? null,
      ProjectName: null,
      VersionSelectedLastRelease:
        asObjects(before).find(({ ActionName }) => ActionName === action)?.['Version'] ?? null,
      IsResolvable: !packageId.includes('#{'),
    })),
    Links: { Self: `${spacePath(process.container)}/deploymentprocesses/${process.id}/template` },
  });
}

const lifecycleOf = (store: Store, release: Entry): Entry | undefined => {
  const own = store.get('Channels', asText(release.body['ChannelId']))?.body['LifecycleId'];
  return store.get('Lifecycles', asText(own ?? projectOf(store, release)?.body['LifecycleId']));
};

const environmentsOf = (store: Store, release: Entry): readonly Entry[] => {
  const lifecycle = lifecycleOf(store, release);
  const ids = lifecycle === undefined ? [] : [...new Set(lifecycleEnvironments(store, lifecycle))];
  return ids.map((id) => store.get('Environments', id)).filter((one) => one !== undefined);
};

const releasePath = (release: Entry) => `${spacePath(release.container)}/releases/${release.id}`;

function deploymentTemplate(visit: Visit) {
  const { store } = visit.instance;
  const release = findDocument(visit, 'Releases');
  const project = asText(release.body['ProjectId']);
  const target = (tenant: string) => (environment: Entry) => ({
    Id: environment.id,
    Name: environment.name,
    Links: { Preview: `${releasePath(release)}/deployments/preview/${environment.id}${tenant}{?includeDisabledSteps}` },
  });
  const environments = environmentsOf(store, release);
  return json(200, {
    IsDeploymentProcessModified: false,
    IsVariableSetModified: false,
    IsLibraryVariableSetModified: false,
    DeploymentNotes: release.body['ReleaseNotes'] ?? null,
    PromoteTo: environments.map(target('')),
    TenantPromotions: store.all('Tenants', visit.space).flatMap((tenant) => {
      const links = tenant.body['ProjectEnvironments'];
      const linked = isObject(links) ? links[project] : undefined;
      if (!Array.isArray(linked)) return [];
      const own = environments.filter(({ id }) => linked.includes(id));
      return [{ Id: tenant.id, Name: tenant.name, PromoteTo: own.map(target(`/${tenant.id}`)), Links: {} }];
    }),
    Links: { Self: `${releasePath(release)}/deployments/template` },
  });
}

function previewOf(store: Store, release: Entry, environment: Entry, withDisabled = true): Json {
  const machines = store
    .all('Machines', release.container)
    .filter(({ body }) => Array.isArray(body['EnvironmentIds']) && body['EnvironmentIds'].includes(environment.id));
  const process = store.get('DeploymentProcesses', asText(release.body['ProjectDeploymentProcessSnapshotId']));
  const shown = actionsOf(process).filter(({ action }) => withDisabled || action['IsDisabled'] !== true);
  return {
    StepsToExecute: shown.map(({ step, action }, index) => {
      const properties = step['Properties'];
      const text = isObject(properties) ? asText(properties['Octopus.Action.TargetRoles']) : '';
      const roles = text.split(',').filter((role) => role !== '');
      const fitting = machines.filter(({ body }) => {
        const own = body['Roles'];
        return Array.isArray(own) && own.some((role) => roles.includes(asText(role)));
      });
      return {
        ActionId: action['Id'],
        ActionName: action['Name'],
        ActionNumber: String(index + 1),
        Roles: roles,
        Machines: fitting.map(({ id, name }) => ({ Id: id, Name: name, HasLatestCalamari: true })),
        MachineNames: fitting.map(({ name }) => name),
        CanBeSkipped: true,
        IsDisabled: action['IsDisabled'] === true,
        HasNoApplicableMachines: roles.length > 0 && fitting.length === 0,
        UnavailableMachines: [],
        ExcludedMachines: [],
      };
    }),
    Form: { Values: {}, Elements: [] },
    UseGuidedFailureModeByDefault: false,
    Changes: [],
    ChangesMarkdown: '',
    Links: { Self: `${releasePath(release)}/deployments/preview/${environment.id}` },
  };
}

const preview: Route['handle'] = (visit) => {
  const { store } = visit.instance;
  const release = findDocument(visit, 'Releases');
  const environment = findDocument(visit, 'Environments', visit.param('environment'));
  const withDisabled = flagIn(visit.call, 'includeDisabledSteps') !== false;
  return json(200, previewOf(store, release, environment, withDisabled));
};

async function previews(visit: Visit) {
  const { store } = visit.instance;
  const release = findDocument(visit, 'Releases');
  const wanted = members(await visit.body())('DeploymentPreviews');
  const ids = asList(wanted).map((one) => asText(members(one)('EnvironmentId')));
  return json(
    200,
    ids.map((id) => previewOf(store, release, findDocument(visit, 'Environments', id))),
  );
}

const states: Readonly<Record<string, string>> = { Success: 'Complete', Failed: 'Current', Executing: 'Current' };

function releaseProgression(visit: Visit) {
  const { store } = visit.instance;
  const release = findDocument(visit, 'Releases');
  const lifecycle = lifecycleOf(store, release);
  const deployments = store.all('Deployments', visit.space).filter(({ body }) => body['ReleaseId'] === release.id);
  const state = ({ body }: Entry) => asText(store.get('ServerTasks', asText(body['TaskId']))?.body['State']);
  const phases = lifecycle === undefined ? [] : lifecyclePhases(store, lifecycle);
  return json(200, {
    Phases: phases.map(({ body, environments }) => {
      const own = deployments.filter((one) => environments.includes(asText(one.body['EnvironmentId'])));
      return {
        MinimumEnvironmentsBeforePromotion: 0,
        IsOptionalPhase: false,
        ...body,
        Blocked: false,
        Progress: own.map((one) => states[state(one)]).find((one) => one !== undefined) ?? 'Pending',
        Deployments: own.map((one) => ({ Deployment: { Id: one.id, ...one.body }, Task: { State: state(one) } })),
      };
    }),
    NextDeployments:
      unresolvedDefect(store, release) === undefined ? phases.flatMap(({ environments }) => environments) : [],
    NextDeploymentsMinimumRequired: 0,
    Links: {},
  });
}

/** Feeds whose versions and ranges are those of NuGet. Maven writes and compares them in another way. */
const feedTypes = new Set(
  'builtin nuget docker github helm s3 ociregistry octopusproject awselasticcontainerregistry azurecontainerregistry googlecontainerregistry artifactorygeneric'.split(
    ' ',
  ),
);

/** Tells whether a package version fits a channel's rule. Clients from 2021 on send the parameters in the body. */
async function ruleTest(visit: Visit) {
  const body = members(await visit.body());
  const read = (name: string) => readText(body(name), name) ?? visit.call.query(name) ?? '';
  const feedType = (
    readText(body('feedType'), 'feedType') ??
    visit.call.query('feetType') ??
    visit.call.query('feedType')
  )?.toLowerCase();
  if (feedType !== undefined && feedType !== '' && !feedTypes.has(feedType))
    throw invalid(`Version rules of the feed type '${feedType}' are not supported by this emulator.`);
  const [version, range, tag] = [read('version'), read('versionRange'), read('preReleaseTag')];
  const SatisfiesVersionRange = fitsRange(version, range);
  const SatisfiesPreReleaseTag = fitsTag(version, tag);
  return json(200, {
    SatisfiesVersionRange,
    SatisfiesPreReleaseTag,
    IsSatisfied: SatisfiesVersionRange && SatisfiesPreReleaseTag,
    Errors: [],
    Links: {},
  });
}

const view = { scoped: true, permission: 'ReleaseView' };
// One client misspells the last name.
const ruleParameters = ['version', 'versionRange', 'preReleaseTag', 'feedType', 'feetType'];

const templating = { scoped: true, permission: 'ProcessView', query: ['channel'] };
const previewing = { ...view, query: ['includeDisabledSteps'] };

export const templateRoutes: readonly Route[] = [
  route('GET', '/deploymentprocesses/:id/template', templating, (visit) =>
    releaseTemplate(visit, findDocument(visit, 'DeploymentProcesses')),
  ),
  route('GET', '/projects/:id/deploymentprocesses/template', templating, (visit) => {
    const project = findDocument(visit, 'Projects');
    const process = asText(project.body['DeploymentProcessId']);
    return releaseTemplate(visit, findDocument(visit, 'DeploymentProcesses', process));
  }),
  route('GET', '/releases/:id/deployments/template', view, deploymentTemplate),
  route('GET', '/releases/:id/deployments/preview/:environment', previewing, preview),
  route('GET', '/releases/:id/deployments/preview/:environment/:tenant', previewing, preview),
  route('POST', '/releases/:id/deployments/previews', { ...view, harmless: true }, previews),
  route('GET', '/releases/:id/progression', view, releaseProgression),
  route('GET', '/channels/rule-test', { ...view, query: ruleParameters }, ruleTest),
  route('POST', '/channels/rule-test', { ...view, query: ruleParameters, harmless: true }, ruleTest),
];
