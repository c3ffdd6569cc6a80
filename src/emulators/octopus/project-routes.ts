// Routes below the path of a project, for what belongs to it.
import type { Json } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';
import { collection } from './collection.ts';
import { createDocument, deleteDocument, replaceDocument } from './document-changes.ts';
import { filtersOf, narrowed } from './document-filters.ts';
import { putDocument } from './instance.ts';
import { kindNamed } from './kinds.ts';
import { spacePath } from './links.ts';
import { findDocument } from './lookup.ts';
import { paged } from './query.ts';
import { absent, json } from './refusal.ts';
import { resource } from './resource.ts';
import { variableSet } from './scope-values.ts';
import { asText } from './tolerant-json.ts';
import { route, type Route, type Visit } from './visit.ts';

const projectOf = (visit: Visit): Entry => findDocument(visit, 'Projects');

/** Routes for the one document of a type that a member of the project refers to. */
function part(
  path: string,
  kindName: string,
  member: string,
  show: (store: Store, entry: Entry) => unknown = (_, entry) => resource(entry),
): readonly Route[] {
  const kind = kindNamed(kindName);
  const find = (visit: Visit) => findDocument(visit, kindName, asText(projectOf(visit).body[member]));
  const route = { path: `/projects/:id/${path}`, scoped: true } as const;
  return [
    {
      ...route,
      method: 'GET',
      permission: kind.view,
      handle: (visit) => json(200, show(visit.instance.store, find(visit))),
    },
    {
      ...route,
      method: 'PUT',
      permission: kind.edit,
      handle: async (visit) => {
        const body = await visit.document();
        const changed = replaceDocument(visit.instance, kind, find(visit), body);
        return json(200, show(visit.instance.store, changed));
      },
    },
  ];
}

/** A document that refers to the project in the path, found by id, name or slug. */
function ownDocument(visit: Visit, kindName: string): Entry {
  const project = projectOf(visit);
  const wanted = visit.param('part').toLowerCase();
  const found = visit.instance.store
    .all(kindName, visit.space)
    .find(
      ({ id, name, body }) =>
        body['ProjectId'] === project.id &&
        [id, name, asText(body['Slug'])].some((one) => one.toLowerCase() === wanted),
    );
  if (found === undefined) throw absent(visit.param('part'));
  return found;
}

const member = (path: string, kindName: string): Route =>
  route('GET', `/projects/:id/${path}/:part`, { scoped: true, permission: kindNamed(kindName).view }, (visit) =>
    json(200, resource(ownDocument(visit, kindName))),
  );

/** The snapshots or runs of a runbook, below the path of its project. */
const ofRunbook = (kindName: string): Route => {
  const kind = kindNamed(kindName);
  return route(
    'GET',
    `/projects/:id/runbooks/:part/${kind.route}`,
    { scoped: true, permission: kind.view, query: paged(...filtersOf(kindName)) },
    (visit) => {
      const { id } = ownDocument(visit, 'Runbooks');
      const own = visit.instance.store.all(kindName, visit.space).filter(({ body }) => body['RunbookId'] === id);
      return collection(visit, narrowed(visit, kindName, own).toReversed(), {
        itemType: kind.item,
        present: resource,
        filters: filtersOf(kindName),
      });
    },
  );
};

const change = (path: string, kindName: string): Route =>
  route('PUT', `/projects/:id/${path}/:part`, { scoped: true, permission: kindNamed(kindName).edit }, async (visit) => {
    const body = await visit.document();
    const found = ownDocument(visit, kindName);
    return json(200, resource(replaceDocument(visit.instance, kindNamed(kindName), found, body)));
  });

const remove = (path: string, kindName: string): Route =>
  route('DELETE', `/projects/:id/${path}/:part`, { scoped: true, permission: kindNamed(kindName).edit }, (visit) => {
    deleteDocument(visit.instance, ownDocument(visit, kindName));
    return json(200, {});
  });

const settings = {
  DefaultGuidedFailureMode: 'EnvironmentDefault',
  DefaultToSkipIfAlreadyInstalled: false,
  DeploymentChangesTemplate: null,
  ForcePackageDownload: false,
  ReleaseNotesTemplate: null,
  VersioningStrategy: null,
} as const;

/** Deployment settings are members of the project, but shown as a document. */
function settingsOf(project: Entry): Json {
  const { body, id, container } = project;
  const own: Json = Object.fromEntries(
    Object.entries(settings).map(([name, otherwise]) => [name, body[name] ?? otherwise]),
  );
  return {
    Id: `deploymentsettings-${id}`,
    SpaceId: container,
    ProjectId: id,
    ConnectivityPolicy: body['ProjectConnectivityPolicy'] ?? {
      SkipMachineBehavior: 'None',
      TargetRoles: [],
      AllowDeploymentsToNoTargets: false,
      ExcludeUnhealthyTargets: false,
    },
    ...own,
    Links: { Self: `${spacePath(container)}/projects/${id}/deploymentsettings` },
  };
}

const settingsRoutes: readonly Route[] = [
  route('GET', '/projects/:id/deploymentsettings', { scoped: true, permission: 'ProjectView' }, (visit) =>
    json(200, settingsOf(projectOf(visit))),
  ),
  route('PUT', '/projects/:id/deploymentsettings', { scoped: true, permission: 'ProjectEdit' }, async (visit) => {
    const sent = await visit.document();
    const project = projectOf(visit);
    const given = Object.fromEntries(Object.entries(sent).filter(([name]) => name in settings));
    const policy = sent['ConnectivityPolicy'];
    const changed = putDocument(visit.instance.store, 'Projects', {
      ...project.body,
      ...given,
      ...(policy === undefined ? {} : { ProjectConnectivityPolicy: policy }),
    });
    return json(200, settingsOf(changed));
  }),
];

export const projectRoutes: readonly Route[] = [
  ...part('deploymentprocesses', 'DeploymentProcesses', 'DeploymentProcessId'),
  ...part('variables', 'Variables', 'VariableSetId', variableSet),
  ...settingsRoutes,
  member('channels', 'Channels'),
  member('runbooks', 'Runbooks'),
  ofRunbook('RunbookSnapshots'),
  ofRunbook('RunbookRuns'),
  member('runbookProcesses', 'RunbookProcesses'),
  member('runbookSnapshots', 'RunbookSnapshots'),
  route('POST', '/projects/:id/channels', { scoped: true, permission: 'ProcessEdit' }, async (visit) => {
    const body = { ...(await visit.document()), ProjectId: projectOf(visit).id };
    return json(201, resource(createDocument(visit.instance, kindNamed('Channels'), visit.space, body)));
  }),
  change('channels', 'Channels'),
  change('runbooks', 'Runbooks'),
  change('runbookProcesses', 'RunbookProcesses'),
  remove('channels', 'Channels'),
  remove('runbooks', 'Runbooks'),
  route('GET', '/projects/:id/summary', { scoped: true, permission: 'ProjectView' }, (visit) => {
    const { store } = visit.instance;
    const project = projectOf(visit);
    const has = (kind: string) => store.all(kind, visit.space).some(({ body }) => body['ProjectId'] === project.id);
    const process = store.get('DeploymentProcesses', asText(project.body['DeploymentProcessId']));
    const steps = process?.body['Steps'];
    return json(200, {
      HasBeenSuccessfullyDeployed: has('Deployments'),
      HasDeploymentProcess: Array.isArray(steps) && steps.length > 0,
      HasRunbooks: has('Runbooks'),
    });
  }),
  route('GET', '/projects/:id/metadata', { scoped: true, permission: 'ProjectView' }, (visit) => {
    projectOf(visit);
    return json(200, []);
  }),
];
