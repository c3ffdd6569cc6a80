// The newest deployment of each project to each environment and tenant, and a project's releases with their
// deployments.
import { countIn, flagIn } from '../../shared/query.ts';
import type { Json } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';
import { readList } from '../collection.ts';
import { unresolvedDefect } from '../defects.ts';
import { lifecycleEnvironments } from '../lifecycle.ts';
import { findDocument } from '../lookup.ts';
import { invalid, json } from '../refusal.ts';
import { resource } from '../resource.ts';
import { taskResource } from '../tasks.ts';
import { asText } from '../tolerant-json.ts';
import { route, type Route, type Visit } from '../visit.ts';
import { releasesOf } from './releases.ts';

const taskMembers = [
  'QueueTime',
  'StartTime',
  'CompletedTime',
  'State',
  'HasPendingInterruptions',
  'HasWarningsOrErrors',
  'ErrorMessage',
  'Duration',
  'IsCompleted',
];

function item(store: Store, deployment: Entry): Json {
  const { body } = deployment;
  const task = store.get('ServerTasks', asText(body['TaskId']));
  const shown = task === undefined ? {} : taskResource(task);
  const links = resource(deployment)['Links'];
  return {
    Id: deployment.id,
    DeploymentId: deployment.id,
    ...Object.fromEntries(
      ['ProjectId', 'EnvironmentId', 'ReleaseId', 'TaskId', 'TenantId', 'ChannelId', 'Created'].map((name) => [
        name,
        body[name] ?? null,
      ]),
    ),
    ReleaseVersion: store.get('Releases', asText(body['ReleaseId']))?.name ?? null,
    ...Object.fromEntries(taskMembers.map((name) => [name, shown[name] ?? null])),
    IsCurrent: true,
    IsPrevious: false,
    Links: links,
  };
}

/** The newest deployment of each project, environment and tenant. */
function current(store: Store, deployments: readonly Entry[]): readonly Json[] {
  const newest = new Map<string, Entry>();
  for (const one of deployments) {
    const place = ['ProjectId', 'EnvironmentId', 'TenantId'].map((name) => asText(one.body[name])).join('|');
    newest.set(place, one);
  }
  return [...newest.values()].map((one) => item(store, one));
}

function dashboard(visit: Visit) {
  if (flagIn(visit.call, 'includePrevious') === true)
    throw invalid('Previous deployments on the dashboard are not supported by this emulator.');
  const { store } = visit.instance;
  const within = (parameter: string, member: string) => {
    const wanted = new Set(readList(visit, parameter));
    return ({ body }: Entry) => wanted.size === 0 || wanted.has(asText(body[member]));
  };
  const deployments = store
    .all('Deployments', visit.space)
    .filter(within('projects', 'ProjectId'))
    .filter(within('projectId', 'ProjectId'))
    .filter(within('releaseId', 'ReleaseId'))
    .filter(within('environments', 'EnvironmentId'));
  const shown = (kind: string) => store.all(kind, visit.space).map(resource);
  return json(200, {
    Projects: shown('Projects'),
    ProjectGroups: shown('ProjectGroups'),
    Environments: shown('Environments'),
    Tenants: shown('Tenants'),
    Items: current(store, deployments),
    PreviousItems: [],
    IsFiltered: false,
    Links: {},
  });
}

function progression(visit: Visit) {
  const { store } = visit.instance;
  const project = findDocument(visit, 'Projects');
  const lifecycle = store.get('Lifecycles', asText(project.body['LifecycleId']));
  const environments = (lifecycle === undefined ? [] : lifecycleEnvironments(store, lifecycle))
    .map((id) => store.get('Environments', id))
    .filter((one) => one !== undefined)
    .map(({ id, name }) => ({ Id: id, Name: name, Links: {} }));
  const deployments = store.all('Deployments', visit.space);
  const most = countIn(visit.call, 'releaseHistoryCount') ?? 1000;
  const releases = releasesOf(store, project)
    .slice(0, most)
    .map((release) => {
      const own = current(
        store,
        deployments.filter(({ body }) => body['ReleaseId'] === release.id),
      );
      const channel = store.get('Channels', asText(release.body['ChannelId']));
      return {
        Release: resource(release),
        Channel: channel === undefined ? null : resource(channel),
        Deployments: Object.fromEntries(
          [...new Set(own.map((one) => asText(one['EnvironmentId'])))].map((id) => [
            id,
            own.filter((one) => one['EnvironmentId'] === id),
          ]),
        ),
        NextDeployments: unresolvedDefect(store, release) === undefined ? environments.map(({ Id }) => Id) : [],
        HasUnresolvedDefect: unresolvedDefect(store, release) !== undefined,
        ReleaseRetentionPeriod: null,
        TentacleRetentionPeriod: null,
      };
    });
  return json(200, {
    LifecycleEnvironments: {},
    ChannelEnvironments: {},
    Environments: environments,
    Releases: releases,
    Links: {},
  });
}

const dashboardFilters = ['projects', 'projectId', 'releaseId', 'environments', 'includePrevious'];
const view = { scoped: true, permission: 'DeploymentView' };

export const dashboardRoutes: readonly Route[] = [
  route('GET', '/dashboard', { ...view, query: dashboardFilters }, dashboard),
  route('GET', '/dashboard/dynamic', { ...view, query: dashboardFilters }, dashboard),
  route('GET', '/projects/:id/progression', { ...view, query: ['releaseHistoryCount'] }, progression),
];
